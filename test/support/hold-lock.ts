// A program to kill: takes the lock of a data folder and holds it. Says `locked`, or the code of the error.

import { isTrustError } from '../../core/errors.ts';
import { lockFolder } from '../../db/embedded-lock.ts';

try {
  await lockFolder(process.argv[2] ?? '');
  process.stdout.write('locked\n');
} catch (error) {
  process.stdout.write(`${isTrustError(error) ? error.code : String(error)}\n`);
}
setInterval(() => undefined, 60_000);
