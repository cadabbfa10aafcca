// A process that mirrors a folder with a commit after every bundle, for tests that kill it: arguments are the ledger's
// folder, the mirror's, and the log's verifier key. Prints the size that it begins with, every size that it gets to, and `done`.

import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { parseVerifierKey } from '../../../core/log/note-key.ts';
import { policyOfLogs } from '../../../core/log/witness-policy.ts';
import { makeFolderSource } from '../../../cli/ledger/folder-source.ts';
import { runMirror } from '../../../cli/mirror/run-mirror.ts';
import { openPool } from '../../../cli/mirror/verify-pool.ts';

const [from = '', folder = '', vkey = ''] = process.argv.slice(2);
const source = makeFolderSource(from);
const keys = [parseVerifierKey(vkey)];
let isFirst = true;
await runMirror({
  ...{ folder, source, pool: openPool(1), commitEntries: 1 },
  checkpoint: await openCheckpoint(await source.checkpoint(), keys),
  policy: policyOfLogs(keys),
  clock: () => new Date(),
  signal: new AbortController().signal,
  progress: (done) => {
    console.log(`${isFirst ? 'from' : 'at'} ${done}`);
    isFirst = false;
  },
});
console.log('done');
