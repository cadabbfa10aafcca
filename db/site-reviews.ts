// Reviews as the pages of packages list them: by package and version, the newest entry first, retracted ones and those of revoked
// keys included, because whoever reads a page is told and not protected.
//
// Every question begins at an index and ends at a limit. Fences (`offset 0`) keep the planner from walking the whole ledger
// backwards in the hope of finding a few rows of one package.

import { digestEntries, digestKeys, type DigestSet } from '../core/digest/digest-set.ts';
import type { Identity } from '../core/identity.ts';
import type { PackageReview, StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

/** A review in a list. */
export interface ListedReview {
  readonly id: StatementId;
  readonly index: number;
  readonly author: Identity;
  readonly recordedAt: Date;
  readonly statement: PackageReview;
  /** Whether its author has retracted it, with effect. */
  readonly isRetracted: boolean;
  /** Whether the revocation of the author's key takes its effect away. */
  readonly isVoid: boolean;
}

const listed = `
  encode(statements.id, 'hex') as id,
  statements.idx as index,
  statements.author,
  statements.recorded_at as "recordedAt",
  statements.body as statement,
  coalesce(statements.retracted_by < certificates.void_from, statements.retracted_by is not null) as "isRetracted",
  coalesce(statements.idx >= certificates.void_from, false) as "isVoid"`;
const voiding = `left join certificates
    on certificates.identity = statements.author and certificates.void_from is not null`;

export interface ReviewList {
  /** Purl without version. */
  readonly package: string;
  /** Empty for reviews of a purl without one; undefined for all versions. */
  readonly version?: string | undefined;
  /** Only entries with a lower index. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Reviews of a package, or of one of its versions. */
export async function listReviews(db: Queryable, list: ReviewList): Promise<ListedReview[]> {
  const { rows } = await db.query<ListedReview>(
    `with page as (
      select idx
      from (
        select idx
        from subjects
        where package = $1 ${list.version === undefined ? '' : 'and version = $4'} and role = 'review'
        offset 0
      ) as said
      where idx < $2
      order by idx desc
      limit $3
    )
    select ${listed}
    from page
    join statements using (idx)
    ${voiding}
    order by statements.idx desc`,
    [
      list.package,
      list.before ?? Number.MAX_SAFE_INTEGER,
      list.limit,
      ...(list.version === undefined ? [] : [list.version]),
    ],
  );
  return rows;
}

/** The newest reviews of all. */
export async function listNewestReviews(db: Queryable, limit: number): Promise<ListedReview[]> {
  const { rows } = await db.query<ListedReview>(
    `select ${listed}
    from (
      select *
      from statements
      where kind = 'package review'
      order by idx desc
      limit $1
    ) as statements
    ${voiding}
    order by statements.idx desc`,
    [limit],
  );
  return rows;
}

/** Reviews by one author, the newest entry first. */
export async function listReviewsBy(
  db: Queryable,
  list: { readonly author: Identity; readonly before?: number | undefined; readonly limit: number },
): Promise<ListedReview[]> {
  const { rows } = await db.query<ListedReview>(
    `select ${listed}
    from (
      select *
      from statements
      where author = $1 and idx < $2 and kind = 'package review'
      order by idx desc
      limit $3
    ) as statements
    ${voiding}
    order by statements.idx desc`,
    [list.author, list.before ?? Number.MAX_SAFE_INTEGER, list.limit],
  );
  return rows;
}

/** What one review that stands says its bytes are. */
export interface ReviewedBytes {
  readonly version: string;
  readonly index: number;
  readonly author: Identity;
  readonly digests: DigestSet;
}

/** Which bytes the newest reviews of a package, or of one version, are of; what is retracted or void is left out. */
export async function listReviewedBytes(
  db: Queryable,
  list: Omit<ReviewList, 'before'>,
): Promise<ReviewedBytes[]> {
  const { rows } = await db.query<ReviewedBytes>(
    `with newest as (
      select idx, version
      from (
        select idx, version
        from subjects
        where package = $1 ${list.version === undefined ? '' : 'and version = $3'} and role = 'review'
        offset 0
      ) as said
      order by idx desc
      limit $2
    )
    select
      newest.version,
      statements.idx as index,
      statements.author,
      statements.body -> 'package' -> 'digests' as digests
    from newest
    join statements using (idx)
    ${voiding}
    where
      coalesce(statements.idx < certificates.void_from, true)
      and coalesce(statements.retracted_by >= certificates.void_from, statements.retracted_by is null)
    order by statements.idx desc`,
    [list.package, list.limit, ...(list.version === undefined ? [] : [list.version])],
  );
  return rows;
}

/** How much is said about one version of a package. */
export interface VersionCount {
  /** Empty for reviews of the package without a version. */
  readonly version: string;
  readonly reviews: number;
  readonly reviewers: number;
  /** Ledger index of the newest review. */
  readonly newest: number;
}

/** The versions of a package that were reviewed, the one with the newest entry first. */
export async function countVersions(db: Queryable, name: string, limit: number): Promise<VersionCount[]> {
  const { rows } = await db.query<VersionCount>(
    `select version, count(*) as reviews, count(distinct author) as reviewers, max(idx) as newest
    from subjects
    where package = $1 and role = 'review'
    group by version
    order by newest desc
    limit $2`,
    [name, limit],
  );
  return rows;
}

/** A package version by its names. */
export interface NamedVersion {
  readonly package: string;
  readonly version: string;
}

/** What else goes by these bytes: other package versions that share a strong digest with the set. */
export async function findSameBytes(
  db: Queryable,
  digests: DigestSet,
  except: NamedVersion,
  limit: number,
): Promise<NamedVersion[]> {
  const strong = digestEntries(digests).filter(([key]) => !digestKeys[key].weak);
  if (strong.length === 0) return [];
  const { rows } = await db.query<NamedVersion>(
    `select distinct subjects.package, subjects.version
    from (
      select idx, role
      from unnest($1::text[], $2::bytea[]) as wanted (key, value)
      join subject_digests using (value, key)
      where role <> 'base'
      limit 2000
    ) as sharing
    join subjects using (idx, role)
    where (subjects.package, subjects.version) <> ($3, $4)
    order by subjects.package, subjects.version
    limit $5`,
    [strong.map(([key]) => key), strong.map(([, hex]) => bytea(hex)), except.package, except.version, limit],
  );
  return rows;
}
