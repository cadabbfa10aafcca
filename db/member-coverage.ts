// What the members of a set have reviewed: how much, and the newest. Bounded whatever they have written: of each member
// the newest statements are looked at, so for very busy members the counts are least values, and say so.

import type { Identity } from '../core/identity.ts';
import type { PackageReview, StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';

/** How many of a member's newest statements are looked at, and how many in all. */
const perMember = 1000;
const inAll = 10_000;

// Reviews that their author withdrew, or whose key was revoked before, don't count.
const holds = `
  coalesce(statements.idx < certificates.void_from, true)
  and (statements.retracted_by is null or coalesce(certificates.void_from <= statements.retracted_by, false))`;

/** A package version that a member reviewed. */
export interface CoveredVersion {
  readonly author: Identity;
  readonly package: string;
  readonly version: string;
}

export interface Coverage {
  readonly versions: readonly CoveredVersion[];
  /** Whether there is more than was looked at. */
  readonly more: boolean;
}

/** The package versions that these people reviewed. */
export async function findCoverage(db: Queryable, members: readonly Identity[]): Promise<Coverage> {
  const { rows } = await db.query<CoveredVersion & { busiest: number; looked: number }>(
    `with looked as (
      select member.identity, newest.idx, count(*) over (partition by member.identity) as written
      from unnest($1::text[]) as member (identity)
      cross join lateral (
        select statements.idx
        from statements
        left join certificates on certificates.identity = statements.author
        where statements.author = member.identity and statements.kind = 'package review' and ${holds}
        order by statements.idx desc
        limit $2
      ) as newest
      limit $3
    )
    select distinct
      subjects.author,
      subjects.package,
      subjects.version,
      (select max(written) from looked) as busiest,
      (select count(*) from looked) as looked
    from looked
    join subjects on subjects.idx = looked.idx and subjects.role = 'review'`,
    [members, perMember, inAll],
  );
  const [first] = rows;
  return {
    versions: rows.map(({ author, package: name, version }) => ({ author, package: name, version })),
    more: first !== undefined && (first.busiest >= perMember || first.looked >= inAll),
  };
}

/** A review as lists show it. */
export interface ListedReview {
  readonly id: StatementId;
  readonly index: number;
  readonly author: Identity;
  readonly recordedAt: Date;
  readonly review: PackageReview;
}

/** The newest reviews by any of these people, the last recorded first. */
export async function findNewestReviews(
  db: Queryable,
  members: readonly Identity[],
  limit: number,
): Promise<ListedReview[]> {
  const { rows } = await db.query<ListedReview>(
    `select
      encode(statements.id, 'hex') as id,
      statements.idx as index,
      statements.author,
      statements.recorded_at as "recordedAt",
      statements.body as review
    from statements
    where statements.idx in (
      select newest.idx
      from unnest($1::text[]) as member (identity)
      cross join lateral (
        select statements.idx
        from statements
        left join certificates on certificates.identity = statements.author
        where statements.author = member.identity and statements.kind = 'package review' and ${holds}
        order by statements.idx desc
        limit $2
      ) as newest
      order by newest.idx desc
      limit $2
    )
    order by statements.idx desc`,
    [members, limit],
  );
  return rows;
}
