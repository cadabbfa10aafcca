// Reviewer sets as the ledger holds them: the one in force, its earlier versions, and all sets that there are.
//
// A set is what its owner's newest statement of that name says, by the statement's own date and then by its place in the
// ledger, of those that were not withdrawn and whose key was not revoked: the same rule as core/trust/statements.ts.

import type { Identity } from '../core/identity.ts';
import type { ReviewerSet, StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';

/** One version of a set. */
export interface PublishedSet {
  readonly id: StatementId;
  readonly index: number;
  readonly recordedAt: Date;
  readonly set: ReviewerSet;
  /** Withdrawn by its author, or void because the key was revoked. */
  readonly state: 'holds' | 'retracted' | 'void';
}

// An empty void_from is none; a retraction that comes after the revocation is void itself.
const stands = 'coalesce(sets.idx < certificates.void_from, true)';
const withdrawn =
  'coalesce(statements.retracted_by < coalesce(certificates.void_from, statements.retracted_by + 1), false)';

const source = `
  reviewer_sets as sets
  join statements on statements.idx = sets.idx
  left join certificates on certificates.identity = sets.author`;

/** SQL for the index of the statement that defines a set now; owner and name are SQL expressions. */
export function currentSetIndex(owner: string, name: string): string {
  return `
    select sets.idx
    from ${source}
    where sets.author = ${owner} and sets.name = ${name} and ${stands} and not ${withdrawn}
    order by sets.date_ns desc, sets.idx desc
    limit 1`;
}

const columns = `
  encode(statements.id, 'hex') as id,
  sets.idx as index,
  statements.recorded_at as "recordedAt",
  statements.body as set,
  case when not ${stands} then 'void' when ${withdrawn} then 'retracted' else 'holds' end as state`;

/** The version of a set that is in force; undefined when there is none, or none holds any more. */
export async function findCurrentSet(
  db: Queryable,
  owner: Identity,
  name: string,
): Promise<PublishedSet | undefined> {
  const { rows } = await db.query<PublishedSet>(
    `select ${columns}
    from ${source}
    where sets.idx = (${currentSetIndex('$1', '$2')})`,
    [owner, name],
  );
  return rows[0];
}

/** The versions of a set, the last recorded first, from below the index `before`. */
export async function findSetVersions(
  db: Queryable,
  owner: Identity,
  name: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<PublishedSet[]> {
  const { rows } = await db.query<PublishedSet>(
    `select ${columns}
    from ${source}
    where sets.author = $1 and sets.name = $2 and sets.idx < $3
    order by sets.idx desc
    limit $4`,
    [owner, name, before ?? Number.MAX_SAFE_INTEGER, limit],
  );
  return rows;
}

/** One version of a set by its ledger index; undefined when that is something else. */
export async function findSetVersion(
  db: Queryable,
  owner: Identity,
  name: string,
  index: number,
): Promise<PublishedSet | undefined> {
  const { rows } = await db.query<PublishedSet>(
    `select ${columns}
    from ${source}
    where sets.idx = $3 and sets.author = $1 and sets.name = $2`,
    [owner, name, index],
  );
  return rows[0];
}

/** A set as lists show it. */
export interface ListedSet {
  readonly owner: Identity;
  readonly name: string;
  /** As its last statement says. */
  readonly title: string;
  readonly index: number;
  readonly recordedAt: Date;
  readonly members: number;
}

/**
 * Sets that no organisation here publishes, the last recorded first, from below the index `before`; those whose last
 * statement was withdrawn or is void are left out.
 */
export async function listSetsElsewhere(
  db: Queryable,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<ListedSet[]> {
  const { rows } = await db.query<ListedSet>(
    `select
      sets.author as owner,
      sets.name,
      sets.title,
      sets.idx as index,
      statements.recorded_at as "recordedAt",
      (
        select count(*)
        from reviewer_set_members
        where reviewer_set_members.idx = sets.idx and level in ('low', 'medium', 'high')
      ) as members
    from ${source}
    where
      sets.idx < $1
      and ${stands}
      and not ${withdrawn}
      and not exists (
        select
        from reviewer_sets as later
        where later.author = sets.author and later.name = sets.name and later.idx > sets.idx
      )
      and not exists (
        select
        from organisations
        where organisations.identity = sets.author and organisations.set_name = sets.name
      )
    order by sets.idx desc
    limit $2`,
    [before ?? Number.MAX_SAFE_INTEGER, limit],
  );
  return rows;
}
