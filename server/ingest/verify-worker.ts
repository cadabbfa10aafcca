// Entry file of a verification thread. Runs compiled, from dist/: worker threads of Node 20 cannot load TypeScript.

import workerpool from 'workerpool';
import { createJobRunner } from './verify-job.ts';

workerpool.worker({ verify: createJobRunner() });
