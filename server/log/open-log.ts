// The log of the running service: its origin, keys, fence, witnesses and publisher, opened in this order.

import { randomBytes } from 'node:crypto';
import { TrustError } from '../../core/errors.ts';
import { readPublished } from '../../db/checkpoints.ts';
import type { Database } from '../../db/database.ts';
import { lockLedger } from '../../db/entries.ts';
import { extendLog } from '../../db/extend-log.ts';
import { readFreeze, type StoredFreeze } from '../../db/log-freeze.ts';
import { readHead, setOrigin } from '../../db/log-head.ts';
import type { LogConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createCosign } from './cosign.ts';
import { createCosigners } from './cosigners.ts';
import { openFence } from './fence.ts';
import type { LedgerLog } from './ledger-log.ts';
import { openLogKeys } from './log-keys.ts';
import { makeDiscovery, readOwnPolicy } from './own-discovery.ts';
import { createProver } from './prover.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { createHeadSigner } from './sign-head.ts';

/** The log with what only its owner uses. */
export interface OpenLog extends LedgerLog {
  readonly publisher: Publisher;
  close(): Promise<void>;
}

/** How often this process looks whether the log was frozen. */
const freezeSeconds = 5;

export interface OpenLogOptions {
  readonly db: Database;
  readonly config: LogConfig;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * Opens the log and publishes its head. Throws config-invalid for keys, fence or policy that do not fit, ledger-rolled-back
 * and ledger-corrupt when the log must not go on. Witnesses that do not answer are no reason not to start.
 */
export async function openLog({ db, config, clock, log }: OpenLogOptions): Promise<OpenLog> {
  const origin = await settleOrigin(db, config.origin, log);
  const fence = openFence(config.fenceFile);
  const hasPublished = (await readPublished(db)) !== undefined;
  if (hasPublished && fence.last === undefined) {
    log.warn(
      { event: 'fence-missing', file: fence.file },
      `Nothing says outside the database what this log signed last (${fence.file}): the database is believed. Was the file left behind on another machine?`,
    );
  }
  const keys = await openLogKeys({
    file: config.keyFile,
    origin,
    mustExist: fence.last !== undefined || hasPublished,
    warn: (line) => {
      log.warn({ event: 'log-key' }, line);
    },
  });
  const prover = createProver(db);
  const policy = readOwnPolicy(
    config.witnessPolicy,
    keys.signers.map(({ key }) => key),
  );
  const cosigners = createCosigners({
    policy,
    fetch: globalThis.fetch,
    timeoutMs: config.witnessSeconds * 1000,
    maxTries: 3,
    log,
  });
  const publisher = createPublisher({
    ...{ db, fence, clock, log },
    signer: createHeadSigner(origin, keys, fence),
    cosign:
      policy.witnesses.size === 0
        ? undefined
        : createCosign({ policy, cosigners, prover, failOpen: config.witnessMode === 'open', log }),
    refreshSeconds: config.refreshSeconds,
    intervalMs: config.intervalMs,
  });
  let frozen: StoredFreeze | undefined;
  try {
    await completeTree(db);
    await publisher.start();
    frozen = await readFreeze(db);
  } catch (error) {
    await publisher.close();
    throw error;
  }
  const discovery = await makeDiscovery(origin, keys, policy, config.refreshSeconds);
  const watching = watchFreeze(db, (notice) => {
    frozen = notice;
  });
  return {
    published: () => publisher.published(),
    discovery: () => ({ ...discovery, ...(frozen !== undefined && { frozen: frozen.note }) }),
    prover,
    publisher,
    async close() {
      clearInterval(watching);
      await publisher.close();
    },
  };
}

/** A ledger from before the log has entries, and no tree over them yet. */
async function completeTree(db: Database): Promise<void> {
  await db.transaction(async (transaction) => {
    await lockLedger(transaction);
    await extendLog(transaction);
  });
}

/** Looks from time to time whether an operator has frozen the log. */
function watchFreeze(db: Database, tell: (notice: StoredFreeze | undefined) => void): NodeJS.Timeout {
  return setInterval(() => {
    readFreeze(db).then(tell, () => undefined);
  }, freezeSeconds * 1000).unref();
}

/** The origin that the log has, or gets now; another one than it has is refused. */
async function settleOrigin(db: Database, wanted: string | undefined, log: Logger): Promise<string> {
  const existing = (await readHead(db)).origin;
  const origin = existing ?? (await setOrigin(db, wanted ?? `localhost/${randomBytes(8).toString('hex')}`));
  if (existing === undefined) {
    log.warn(
      { event: 'log-origin', origin },
      `This log is now called ${origin}, for ever${wanted === undefined ? ': for a public log set LOG_ORIGIN before its first start' : ''}`,
    );
  }
  if (wanted !== undefined && wanted !== origin) {
    throw new TrustError('config-invalid', `LOG_ORIGIN is ${wanted}, and this log is called ${origin}`, {
      help: 'A log keeps its origin. Leave LOG_ORIGIN out, or give the new log a database of its own.',
    });
  }
  return origin;
}
