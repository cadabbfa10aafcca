// The site's style sheet and browser modules for the tests: built from the sources as they are, before anything loads them,
// so that no test ever sees yesterday's bundle. (server/site/assets.ts looks at them when it is imported.)

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectRoot } from '../../server/project-root.ts';

/** Runs `npm run build:browser`; throws with what it said when the modules do not build. */
export async function buildBrowser(): Promise<void> {
  const options = { cwd: projectRoot, shell: process.platform === 'win32' };
  await promisify(execFile)('npm', ['run', '--silent', 'build:browser'], options);
}
