// Appends verified statements, each at the very second at which it was judged.

import type { Identity } from '../../core/identity.ts';
import { appendStatements } from '../../db/append.ts';
import { findCertificateIds } from '../../db/certificates.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { readLedgerState, type Receipt } from '../../db/entries.ts';
import type { FollowedGraph } from '../trust-graph.ts';
import type { Publisher } from '../log/publisher.ts';
import type { LedgerTime } from './ledger-time.ts';
import type { Verified } from './verifier.ts';

/** Stands for a statement that has to be judged again: its author's certificate or the ledger's time moved on. */
export const outdated = Symbol('outdated');

export interface AppendDeps {
  readonly db: Database;
  readonly graph: FollowedGraph;
  readonly time: LedgerTime;
  readonly publisher: Publisher;
}

/** Appends statements; a receipt or `outdated` for each, in their order. Rejects when the database fails. */
export async function appendVerified(
  deps: AppendDeps,
  statements: readonly Verified[],
): Promise<(Receipt | typeof outdated)[]> {
  const results: (Receipt | typeof outdated)[] = statements.map(() => outdated);
  const bySecond = new Map<number, number[]>();
  for (const [position, { at }] of statements.entries()) {
    bySecond.set(at, [...(bySecond.get(at) ?? []), position]);
  }
  for (const [at, positions] of [...bySecond].sort(([a], [b]) => a - b)) {
    const group = positions.flatMap((position) => statements[position] ?? []);
    const receipts = await appendSecond(deps, group, new Date(at));
    positions.forEach((position, place) => {
      results[position] = receipts[place] ?? outdated;
    });
  }
  return results;
}

/** Thrown under the lock, so that the transaction ends, and caught here. */
class Moved extends Error {
  readonly stale: ReadonlySet<Verified>;

  constructor(stale: ReadonlySet<Verified>) {
    super('The ledger moved on.');
    this.stale = stale;
  }
}

async function appendSecond(
  { db, graph, time, publisher }: AppendDeps,
  group: readonly Verified[],
  at: Date,
): Promise<(Receipt | typeof outdated)[]> {
  let fresh = group;
  while (fresh.length > 0) {
    const batch = fresh;
    try {
      const receipts = await appendStatements(
        db,
        batch.map(({ statement }) => statement),
        at,
        async (transaction) => {
          await publisher.guard(transaction);
          await checkCurrent(transaction, batch, at, time);
        },
      );
      graph.note(
        receipts.flatMap((receipt, position) => {
          const verified = batch[position]?.statement;
          return verified === undefined ? [] : [{ receipt, verified }];
        }),
      );
      const byItem = new Map<Verified, Receipt | undefined>(
        batch.map((item, position) => [item, receipts[position]]),
      );
      return group.map((item) => byItem.get(item) ?? outdated);
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
      fresh = batch.filter((item) => !error.stale.has(item));
    }
  }
  return group.map(() => outdated);
}

/** Rejects with Moved when some statements were judged by another certificate or before the ledger's last second. */
async function checkCurrent(
  transaction: Queryable,
  batch: readonly Verified[],
  at: Date,
  time: LedgerTime,
): Promise<void> {
  const { lastRecordedAt } = await readLedgerState(transaction);
  if (lastRecordedAt !== undefined && lastRecordedAt > at) {
    time.learn(lastRecordedAt);
    throw new Moved(new Set(batch));
  }
  const authors = new Set<Identity>();
  for (const { used } of batch) if (used !== undefined) authors.add(used.author);
  if (authors.size === 0) return;
  const newest = await findCertificateIds(transaction, [...authors]);
  const stale = batch.filter(({ used }) => used !== undefined && newest.get(used.author) !== used.id);
  if (stale.length > 0) throw new Moved(new Set(stale));
}
