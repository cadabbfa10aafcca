// What the page of an identity shows beside its reviews: whom it trusts and who trusts it, reviewer sets that it owns or stands in,
// what it withdrew, and the versions of its certificate.
//
// Of several statements of one author about the same person the newest counts, by its own date; retracted ones and those of
// revoked keys are left out. Each list reads the newest few hundred and no more: who is trusted by more people than that is
// shown by those who said so last.

import type { Identity, Root } from '../core/identity.ts';
import type { TrustLevel } from '../core/statement/levels.ts';
import type { Retraction, StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';

/** Trust that somebody put into somebody by a statement of their own. */
export interface TrustRow {
  readonly identity: Identity;
  readonly level: TrustLevel;
  readonly index: number;
}

/** Most edges that one list looks at. */
const maxEdges = 2000;

const standing = `
  coalesce(edges.idx < certificates.void_from, true)
  and coalesce(statements.retracted_by >= certificates.void_from, statements.retracted_by is null)`;
const facts = `
  join statements on statements.idx = edges.idx
  left join certificates on certificates.identity = edges.author and certificates.void_from is not null`;

/** Who trusts an identity, and how far; the newest first. */
export async function findTrustedBy(db: Queryable, identity: Identity, limit: number): Promise<TrustRow[]> {
  const { rows } = await db.query<TrustRow>(
    `select author as identity, level, idx as index
    from (
      select distinct on (edges.author) edges.author, edges.level, edges.idx
      from (
        select author, level, idx, date_ns
        from trust_edges
        where target = $1
        order by idx desc
        limit ${maxEdges}
      ) as edges
      ${facts}
      where ${standing}
      order by edges.author, edges.date_ns desc, edges.idx desc
    ) as newest
    order by idx desc
    limit $2`,
    [identity, limit],
  );
  return rows;
}

/** Whom an identity trusts, and how far; the newest first. */
export async function findTrusts(db: Queryable, identity: Identity, limit: number): Promise<TrustRow[]> {
  const { rows } = await db.query<TrustRow>(
    `select target as identity, level, idx as index
    from (
      select distinct on (edges.target) edges.target, edges.level, edges.idx
      from (
        select trust_edges.*
        from (
          select idx
          from statements
          where author = $1 and kind <> 'package review' and kind = 'trust'
          order by idx desc
          limit ${maxEdges}
        ) as said
        join trust_edges using (idx)
        limit ${maxEdges}
      ) as edges
      ${facts}
      where ${standing}
      order by edges.target, edges.date_ns desc, edges.idx desc
    ) as newest
    order by idx desc
    limit $2`,
    [identity, limit],
  );
  return rows;
}

/** A reviewer set as it stands. */
export interface SetRow {
  readonly owner: Identity;
  readonly name: string;
  readonly title: string;
  readonly index: number;
  readonly members: number;
}

const newestSets = `
  select sets.author as owner, sets.name, sets.title, sets.idx as index, (
    select count(*)
    from reviewer_set_members
    where reviewer_set_members.idx = sets.idx
  ) as members
  from reviewer_sets as sets
  join statements on statements.idx = sets.idx
  left join certificates on certificates.identity = sets.author and certificates.void_from is not null
  where
    coalesce(sets.idx < certificates.void_from, true)
    and coalesce(statements.retracted_by >= certificates.void_from, statements.retracted_by is null)
    and not exists (
      select
      from reviewer_sets as newer
      join statements as newer_statements on newer_statements.idx = newer.idx
      where
        newer.author = sets.author
        and newer.name = sets.name
        and (newer.date_ns, newer.idx) > (sets.date_ns, sets.idx)
        and newer_statements.retracted_by is null
    )`;

/** The reviewer sets of an identity, as they stand. */
export async function findOwnSets(db: Queryable, owner: Identity, limit: number): Promise<SetRow[]> {
  const { rows } = await db.query<SetRow>(
    `${newestSets} and sets.author = $1
    order by sets.idx desc
    limit $2`,
    [owner, limit],
  );
  return rows;
}

/** The reviewer sets that stand and name somebody a member, with the level. */
export async function findMemberships(
  db: Queryable,
  member: Identity,
  limit: number,
): Promise<(SetRow & { readonly level: TrustLevel })[]> {
  const { rows } = await db.query<SetRow & { level: TrustLevel }>(
    `select sets.*, named.level
    from (
      select idx, level
      from reviewer_set_members
      where member = $1
      order by idx desc
      limit 200
    ) as named
    cross join lateral (${newestSets} and sets.idx = named.idx) as sets
    order by named.idx desc
    limit $2`,
    [member, limit],
  );
  return rows;
}

/** The newest reviewer sets of all that stand. */
export async function findNewestSets(db: Queryable, limit: number): Promise<SetRow[]> {
  const { rows } = await db.query<SetRow>(
    `select sets.*
    from (
      select idx
      from statements
      where kind = 'reviewer set'
      order by idx desc
      limit 200
    ) as newest
    cross join lateral (${newestSets} and sets.idx = newest.idx) as sets
    order by newest.idx desc
    limit $1`,
    [limit],
  );
  return rows;
}

/** Titles of those of the reviewer sets that stand, by `owner#name`. */
export async function findSetTitles(db: Queryable, roots: readonly Root[]): Promise<Map<string, string>> {
  const pairs = roots.map((root) => root.split('#')).filter((parts) => parts.length === 2);
  if (pairs.length === 0) return new Map();
  const { rows } = await db.query<{ root: string; title: string }>(
    `select wanted.author || '#' || wanted.name as root, sets.title
    from unnest($1::text[], $2::text[]) as wanted (author, name)
    cross join lateral (
      select title
      from reviewer_sets
      where reviewer_sets.author = wanted.author and reviewer_sets.name = wanted.name
      order by date_ns desc, idx desc
      limit 1
    ) as sets`,
    [pairs.map(([owner]) => owner), pairs.map(([, name]) => name)],
  );
  return new Map(rows.map(({ root, title }) => [root, title]));
}

/** What an identity withdrew, the newest first. */
export async function findRetractions(
  db: Queryable,
  author: Identity,
  limit: number,
): Promise<
  readonly { readonly index: number; readonly target: StatementId; readonly reason: Retraction['reason'] }[]
> {
  const { rows } = await db.query<{ index: number; target: StatementId; reason: Retraction['reason'] }>(
    `select idx as index, encode(retractions.target, 'hex') as target, retractions.reason
    from (
      select idx
      from statements
      where author = $1 and kind <> 'package review' and kind = 'retraction'
      order by idx desc
      limit $2
    ) as said
    join retractions using (idx)
    order by idx desc`,
    [author, limit],
  );
  return rows;
}

/** The first entry of an identity, what it says of its address, and since when an account here has proven to hold it. */
export async function findIdentityFacts(
  db: Queryable,
  identity: Identity,
): Promise<{ readonly firstIndex: number | undefined; readonly provenAt: Date | undefined }> {
  const { rows } = await db.query<{ firstIndex: number | null; provenAt: Date | null }>(
    `select
      (select first_idx from identities where identity = $1) as "firstIndex",
      (select proven_at from account_keys where identity = $1) as "provenAt"`,
    [identity],
  );
  const [row] = rows;
  return { firstIndex: row?.firstIndex ?? undefined, provenAt: row?.provenAt ?? undefined };
}
