// Feeds the graph of trust in memory from the ledger: everything at start, only what is new afterwards.
//
// The sink is core/trust's graph; it takes things in any order and twice, so a feed that broke off is simply run again.
// Edges come in pages by key, so that a million of them never stand in memory at once as rows.

import type { Identity } from '../core/identity.ts';
import type { TrustLevel } from '../core/statement/levels.ts';
import type { ReviewerSet, StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';
import { readLedgerState } from './entries.ts';

/** One subject of one trust statement. */
export interface TrustEdge {
  readonly from: Identity;
  readonly to: Identity;
  readonly level: TrustLevel;
  /** The statement's own date, nanoseconds since 1970. */
  readonly date: bigint;
  readonly index: number;
  readonly id: StatementId;
  readonly overrides: readonly Identity[] | undefined;
}

interface Place {
  readonly index: number;
  readonly id: StatementId;
}

/** Who is fed. core/trust/store.ts says what each means. */
export interface TrustSink {
  addTrust(edge: TrustEdge): void;
  addSet(owner: Identity, set: ReviewerSet, place: Place, date: bigint): void;
  retract(author: Identity, target: StatementId, place: Place): void;
  /** Statements of the author from this index on have no effect; `all` after a hard revocation. */
  revoke(author: Identity, from: number | 'all'): void;
}

const defaultPage = 20_000;

/**
 * Gives the sink everything that entries `from` to the end of the ledger say about trust. Returns the size of the ledger
 * that the sink has then seen: where the next feed starts.
 */
export async function feedTrust(
  db: Queryable,
  sink: TrustSink,
  from: number,
  pageSize = defaultPage,
): Promise<number> {
  const { size } = await readLedgerState(db);
  if (size <= from) return size;
  await feedRevocations(db, sink, from, size);
  await feedEdges(db, sink, from, size, pageSize);
  await feedSets(db, sink, from, size);
  await feedRetractions(db, sink, from, size);
  return size;
}

interface EdgeRow {
  readonly from: Identity;
  readonly to: Identity;
  readonly level: TrustLevel;
  readonly date: string;
  readonly index: number;
  readonly position: number;
  readonly id: StatementId;
  readonly overrides: Identity[] | null;
}

async function feedEdges(
  db: Queryable,
  sink: TrustSink,
  from: number,
  size: number,
  pageSize: number,
): Promise<void> {
  let after = { index: from, position: -1 };
  for (;;) {
    const { rows } = await db.query<EdgeRow>(
      `select
        author as from,
        target as to,
        level,
        date_ns::text as date,
        idx as index,
        position,
        encode(statement_id, 'hex') as id,
        overrides
      from trust_edges
      where (idx, position) > ($1, $2) and idx < $3
      order by idx, position
      limit $4`,
      [after.index, after.position, size, pageSize],
    );
    for (const row of rows) {
      sink.addTrust({ ...row, date: BigInt(row.date), overrides: row.overrides ?? undefined });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last;
  }
}

async function feedSets(db: Queryable, sink: TrustSink, from: number, size: number): Promise<void> {
  const { rows } = await db.query<{
    author: Identity;
    index: number;
    id: StatementId;
    date: string;
    body: ReviewerSet;
  }>(
    `select sets.author, idx as index, encode(id, 'hex') as id, sets.date_ns::text as date, body
    from reviewer_sets as sets
    join statements using (idx)
    where idx >= $1 and idx < $2
    order by idx`,
    [from, size],
  );
  for (const { author, body, index, id, date } of rows)
    sink.addSet(author, body, { index, id }, BigInt(date));
}

async function feedRetractions(db: Queryable, sink: TrustSink, from: number, size: number): Promise<void> {
  const { rows } = await db.query<{ author: Identity; target: StatementId; index: number; id: StatementId }>(
    `select author, encode(target, 'hex') as target, idx as index, encode(id, 'hex') as id
    from retractions
    join statements using (idx, author)
    where idx >= $1 and idx < $2
    order by idx`,
    [from, size],
  );
  for (const { author, target, index, id } of rows) sink.retract(author, target, { index, id });
}

async function feedRevocations(db: Queryable, sink: TrustSink, from: number, size: number): Promise<void> {
  const { rows } = await db.query<{ identity: Identity; voidFrom: number; hardness: string }>(
    `select identity, void_from as "voidFrom", revocation_hardness as hardness
    from certificates
    where void_from is not null and idx >= $1 and idx < $2
    order by idx`,
    [from, size],
  );
  for (const { identity, voidFrom, hardness } of rows)
    sink.revoke(identity, hardness === 'hard' ? 'all' : voidFrom);
}
