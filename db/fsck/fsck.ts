// Examines a ledger: everything that can be derived again is derived again and compared, from the entries to the last
// projection. It changes nothing, goes on after what it finds, and names the entry that each finding concerns.
//
// It works on one snapshot, in one transaction that is rolled back: the service may run meanwhile. What it needs in memory
// does not grow with the ledger.

import { TrustError } from '../../core/errors.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import type { Database, Queryable } from '../database.ts';
import { codeOf } from '../failures.ts';
import type { VerifyStatement } from '../replay.ts';
import { checkFreeze } from './check-freeze.ts';
import { checkLedger } from './check-ledger.ts';
import { checkProjections, shadowProjections } from './check-projections.ts';
import { Findings, type Finding } from './findings.ts';
import { readSize } from './read-size.ts';

export type { Finding } from './findings.ts';

export interface FsckOptions {
  /** Keys of the log, retired ones too: who may have signed its checkpoints. */
  readonly keys: readonly VerifierKey[];
  /** The origin that the log should have; that of its keys when left out. */
  readonly origin?: string | undefined;
  /** How a statement's document is verified; core's verifyDocument when left out. */
  readonly verify?: VerifyStatement | undefined;
  /** Told how many of the entries are done. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Most findings that are kept; 100 when left out. */
  readonly limit?: number | undefined;
}

export interface FsckReport {
  /** How many entries there are. */
  readonly size: number;
  readonly findings: readonly Finding[];
  /** How many there were, kept or not. */
  readonly total: number;
}

/** Examines the ledger. Throws only what keeps it from examining: database-unavailable, or a missing right. */
export async function fsck(db: Database, options: FsckOptions): Promise<FsckReport> {
  let report: FsckReport | undefined;
  const done = new Error('rolled back');
  try {
    await db.transaction(async (transaction) => {
      report = await examine(transaction, options);
      throw done;
    });
  } catch (error) {
    if (error !== done) throw error;
  }
  if (report === undefined) throw new TrustError('internal', 'The examination ended without a report');
  return report;
}

async function examine(transaction: Queryable, options: FsckOptions): Promise<FsckReport> {
  const findings = new Findings(options.limit ?? 100);
  await transaction.query('set transaction isolation level repeatable read');
  await transaction.query('set local statement_timeout = 0');
  await transaction.query('set local idle_in_transaction_session_timeout = 0');
  await shadowProjections(transaction);

  let size = 0;
  const isReadable = await section(transaction, 'entries', findings, async () => {
    const found = await readSize(transaction, findings);
    const { head } = found;
    size = found.size;
    // Keys are named like their log, and what they are named is part of what they sign with.
    const origin = options.origin ?? options.keys[0]?.name ?? head.origin;
    if (head.origin !== undefined && head.origin !== origin) {
      findings.add('log_head', undefined, `it is the log ${head.origin}, and not ${origin ?? ''}`);
    }
    const root = await checkLedger(transaction, {
      ...{ size, head, origin, findings },
      ...{ keys: options.keys, verify: options.verify },
      progress: (count) => options.progress?.(count, size),
    });
    await checkFreeze(transaction, { origin, size, root }, options.keys, findings);
  });
  // Without what was replayed there is nothing to compare with.
  if (isReadable) {
    await section(transaction, 'projections', findings, () => checkProjections(transaction, findings));
  }
  return { size, findings: findings.kept, total: findings.total };
}

/** Data that PostgreSQL can't read (XX, 22, 58), or that contradicts a constraint when it is projected again (23). */
const unreadable = /^(?:XX|22|23|58)...$/;

/** Runs a part; what can't even be read is a finding, and the rest goes on. Returns whether it could be read. */
async function section(
  transaction: Queryable,
  name: string,
  findings: Findings,
  part: () => Promise<void>,
): Promise<boolean> {
  await transaction.query('savepoint fsck');
  try {
    await part();
    await transaction.query('release savepoint fsck');
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (!unreadable.test(code) && code !== 'ledger-corrupt') throw error;
    await transaction.query('rollback to savepoint fsck');
    const reason = error instanceof Error ? error.message : String(error);
    findings.add(name, undefined, `it can't be read to its end: ${reason}`);
    return false;
  }
}
