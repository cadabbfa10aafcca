// What a published statement changed: which earlier statements of its author it replaces or withdraws, and whether it counts
// itself. Read from the ledger, so the page says the same whenever it is opened.

import { currentReviews } from '../../core/closure/current-reviews.ts';
import type { LedgerStatement } from '../../core/closure/evidence.ts';
import type { PackageReview, StatementId, TrustStatement } from '../../core/statement/statement.ts';
import { identityOf } from '../../core/statement/statement.ts';
import { parseInstant } from '../../core/time.ts';
import type { Queryable } from '../../db/database.ts';
import { findStatements, findStatementsById, type StoredStatement } from '../../db/statements.ts';

/** How a statement stands to the others of its author. */
export interface Changes {
  /** Whether it counts: false when it is retracted, or a later-dated one of its author says otherwise. */
  readonly counts: 'yes' | 'retracted' | 'superseded';
  /** Earlier statements that it replaces. */
  readonly replaces: readonly StoredStatement[];
  /** For a retraction: what it withdraws. */
  readonly withdraws: StoredStatement | undefined;
}

/** Most earlier statements that are looked at. */
const maxEarlier = 200;

/** What a statement changed. */
export async function changesOf(db: Queryable, stored: StoredStatement): Promise<Changes> {
  const { statement } = stored;
  const nothing: Changes = {
    counts: stored.retractedBy === undefined ? 'yes' : 'retracted',
    replaces: [],
    withdraws: undefined,
  };
  switch (statement.kind) {
    case 'package review':
      return { ...nothing, ...(await reviewChanges(db, stored, statement)) };
    case 'trust':
    case 'reviewer set':
      return { ...nothing, ...(await laterWins(db, stored)) };
    case 'retraction': {
      const [withdraws] = await findStatementsById(db, [statement.statement]);
      return { ...nothing, withdraws };
    }
    case 'source':
      return nothing;
  }
}

async function reviewChanges(
  db: Queryable,
  stored: StoredStatement,
  { package: { purl } }: PackageReview,
): Promise<Partial<Changes>> {
  if (stored.retractedBy !== undefined) return {};
  const found = await findStatements(db, {
    purl,
    author: stored.author,
    kind: 'package review',
    limit: maxEarlier,
  });
  const standing = [stored, ...found.filter(({ id }) => id !== stored.id)].filter(
    ({ retractedBy }) => retractedBy === undefined,
  );
  const before = currentIds(standing.filter(({ index }) => index < stored.index));
  const after = currentIds(standing.filter(({ index }) => index <= stored.index));
  const now = currentIds(standing);
  return {
    counts: now.has(stored.id) ? 'yes' : 'superseded',
    replaces: standing.filter(({ id }) => before.has(id) && !after.has(id)),
  };
}

function currentIds(statements: readonly StoredStatement[]): Set<StatementId> {
  const reviews = statements.flatMap(({ id, index, author, statement }): LedgerStatement<PackageReview>[] =>
    statement.kind === 'package review' ? [{ id, index, author, statement }] : [],
  );
  return new Set(currentReviews(reviews).map(({ id }) => id));
}

/** Trust in the same identities, or the set of the same name: the one with the later date counts, then the later entry. */
async function laterWins(db: Queryable, stored: StoredStatement): Promise<Partial<Changes>> {
  if (stored.retractedBy !== undefined) return {};
  const { author, kind } = stored;
  const found = await findStatements(db, { author, kind, limit: maxEarlier });
  const rivals = found.filter(
    (other) => other.id !== stored.id && other.retractedBy === undefined && isSameSubject(stored, other),
  );
  return {
    counts: rivals.some((other) => isLater(other, stored) && coversAll(other, stored)) ? 'superseded' : 'yes',
    replaces: rivals.filter((other) => isLater(stored, other)).slice(0, 1),
  };
}

function isSameSubject({ statement: a }: StoredStatement, { statement: b }: StoredStatement): boolean {
  if (a.kind === 'reviewer set' && b.kind === 'reviewer set') return a.name === b.name;
  if (a.kind !== 'trust' || b.kind !== 'trust') return false;
  const ids = subjectsOf(a);
  return [...subjectsOf(b)].some((id) => ids.has(id));
}

function coversAll({ statement: later }: StoredStatement, { statement }: StoredStatement): boolean {
  if (later.kind !== 'trust' || statement.kind !== 'trust') return true;
  const ids = subjectsOf(later);
  return [...subjectsOf(statement)].every((id) => ids.has(id));
}

function subjectsOf(statement: TrustStatement): Set<string> {
  return new Set(statement.ids.map(identityOf));
}

function isLater(a: StoredStatement, b: StoredStatement): boolean {
  const [left, right] = [parseInstant(a.statement.date), parseInstant(b.statement.date)];
  return left === right ? a.index > b.index : left > right;
}
