// npm run rebuild: writes every projection anew from the ledger's entries and documents, each verified again.
//
// It takes the same configuration as the service. On the embedded database stop the service first; on PostgreSQL it may
// run, and whoever asks meanwhile waits. Exit status: 0 rebuilt, 1 the ledger contradicts itself or cannot be reached, 2
// the configuration is not valid.

import { isTrustError, TrustError } from '../core/errors.ts';
import { openDatabase } from '../db/connect.ts';
import { rebuildProjections } from '../db/rebuild.ts';
import { readConfig } from './config.ts';

try {
  const { databaseUrl, databaseOwnerUrl, dataDir } = readConfig(process.env);
  const db = await openDatabase({ databaseUrl, ownerUrl: databaseOwnerUrl, dataDir });
  try {
    const size = await rebuildProjections(db, {
      progress: (done) => process.stderr.write(`\r${done.toLocaleString('en')} entries read`),
    });
    process.stderr.write('\n');
    process.stdout.write(`Rebuilt from ${size.toLocaleString('en')} entries.\n`);
  } finally {
    await db.close();
  }
} catch (error) {
  process.stderr.write(`rebuild: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof TrustError && error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
  process.exitCode = isTrustError(error, 'config-invalid') ? 2 : 1;
}
