// npm run export [-- DIR]: writes the published ledger as static files, into DIR or to where the configuration says.
//
// It takes the same configuration as the service, and the log's key file for what discovery says. It signs nothing. On the
// embedded database stop the service first; on PostgreSQL it may run. Exit status: 0 the target is up to date, 1 it is not, 2
// the configuration or the arguments can't be used.

import { parseArgs } from 'node:util';
import { isTrustError, TrustError } from '../core/errors.ts';
import { openDatabase } from '../db/connect.ts';
import { readConfig, type Config } from './config.ts';
import { configuredTargets } from './export/configured-targets.ts';
import { exportLedger } from './export/export-ledger.ts';
import type { ExportTarget } from './export/export-target.ts';
import { openFolderTarget } from './export/folder-target.ts';
import { readDiscovery } from './log/own-discovery.ts';
import { createProver } from './log/prover.ts';

const progressMs = 250;

async function run(config: Config, targets: readonly (() => Promise<ExportTarget>)[]): Promise<void> {
  const { databaseUrl, databaseOwnerUrl, dataDir, ledgerLog } = config;
  const db = await openDatabase({ databaseUrl, ownerUrl: databaseOwnerUrl, dataDir });
  try {
    const discovery = await readDiscovery(db, ledgerLog);
    const log = { discovery: () => discovery, prover: createProver(db) };
    for (const open of targets) {
      const target = await open();
      const { size, written } = await exportLedger(db, log, target, { progress: showProgress() });
      process.stdout.write(
        `${target.place} holds ${size.toLocaleString('en')} entries; ${written.toLocaleString('en')} files written.\n`,
      );
    }
  } finally {
    await db.close();
  }
}

/** Tells how far it is, on standard error, once it takes its time. */
function showProgress(): (done: number, total: number) => void {
  let last = Date.now() + 3 * progressMs;
  return (done, total) => {
    if (Date.now() - last < progressMs && done < total) return;
    if (last > Date.now()) return;
    last = Date.now();
    const end = done < total ? '' : '\n';
    process.stderr.write(
      `\r${done.toLocaleString('en')} of ${total.toLocaleString('en')} entries written${end}`,
    );
  };
}

/** Where to write: the folder of the command line, else what is configured. Throws usage. */
function targetsOf(args: readonly string[], config: Config): (() => Promise<ExportTarget>)[] {
  const help = 'Run npm run export -- DIR, or set EXPORT_DIR or EXPORT_S3_ENDPOINT.';
  let folders: string[];
  try {
    folders = parseArgs({ args: [...args], allowPositionals: true, options: {} }).positionals;
  } catch (cause) {
    throw new TrustError('usage', 'It takes no options', { help, cause });
  }
  const [folder] = folders;
  if (folders.length > 1) throw new TrustError('usage', 'It takes one folder', { help });
  const targets =
    folder === undefined ? configuredTargets(config.exportTo) : [() => openFolderTarget(folder)];
  if (targets.length === 0) throw new TrustError('usage', 'There is nowhere to write to', { help });
  return targets;
}

try {
  const config = readConfig(process.env);
  await run(config, targetsOf(process.argv.slice(2), config));
} catch (error) {
  process.stderr.write(`export: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof TrustError && error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
  process.exitCode = isTrustError(error, 'config-invalid') || isTrustError(error, 'usage') ? 2 : 1;
}
