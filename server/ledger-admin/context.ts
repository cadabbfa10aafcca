// What every command of the operator needs: the configuration of the service, its database, keys, fence and witnesses.

import { openDatabase } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { readConfig, type Config } from '../config.ts';
import { openFence, type Fence } from '../log/fence.ts';
import { loadKeyFile, type KeyFile } from './keys.ts';

export interface Output {
  /** A line of the result. */
  readonly print: (line: string) => void;
  /** A line for whoever watches. */
  readonly note: (line: string) => void;
  /** Progress that replaces the one before. */
  readonly progress: (done: number, total: number) => void;
  /** Whether results are JSON. */
  readonly json: boolean;
}

export interface Context {
  readonly config: Config;
  readonly keyFile: KeyFile;
  readonly fence: Fence;
  readonly db: Database;
}

/** The key file alone, by the configuration of the service. Throws config-invalid. */
export async function openKeyFile(env: NodeJS.ProcessEnv): Promise<KeyFile> {
  const { keyFile, origin } = readConfig(env).ledgerLog;
  return loadKeyFile(keyFile, origin);
}

/** Runs `work` with everything open, and closes it. Throws config-invalid, database-unavailable, and what `work` throws. */
export async function withLedger<Result>(
  env: NodeJS.ProcessEnv,
  output: Output,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env);
  const keyFile = await loadKeyFile(config.ledgerLog.keyFile, config.ledgerLog.origin);
  const fence = openFence(config.ledgerLog.fenceFile);
  const db = await openDatabase({
    databaseUrl: config.databaseUrl,
    ownerUrl: config.databaseOwnerUrl,
    dataDir: config.dataDir,
    log: output.note,
  });
  try {
    return await work({ config, keyFile, fence, db });
  } finally {
    await db.close();
  }
}
