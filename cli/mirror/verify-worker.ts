// Entry file of a verification thread. Runs compiled, from dist/: worker threads of Node 20 cannot load TypeScript.

import workerpool from 'workerpool';
import { runJob } from './verify-pool.ts';

workerpool.worker({ runJob });
