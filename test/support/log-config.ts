// Where the log of a test's service keeps its key and its fence: a folder of its own, or one that two services share.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type LogConfig } from '../../server/config.ts';

const made: string[] = [];
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which goes when the test process ends. */
export function logFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-log-'));
  made.push(folder);
  return folder;
}

/** The configuration of a log without witnesses, with key and fence in `folder`. */
export function testLogConfig(folder: string = logFolder()): LogConfig {
  return readConfig({ DATA_DIR: folder, LOG_ORIGIN: 'ledger.test' }).ledgerLog;
}
