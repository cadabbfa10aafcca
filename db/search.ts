// What a search looks up: by digest, key id, address and the beginning of a package's name. Each question has its index, and an end.

import type { Identity } from '../core/identity.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';
import type { NamedVersion } from './site-reviews.ts';

/** A package version that a digest was found at, and under which kind of digest. */
export interface DigestHit extends NamedVersion {
  readonly key: string;
}

/** The package versions that a digest of any kind was signed for, weak ones and bases of differences included. */
export async function findDigest(db: Queryable, hex: string, limit: number): Promise<DigestHit[]> {
  const { rows } = await db.query<DigestHit>(
    `select distinct subjects.package, subjects.version, sharing.key
    from (
      select key, idx, role
      from subject_digests
      where value = $1
      limit 2000
    ) as sharing
    join subjects using (idx, role)
    order by subjects.package, subjects.version, sharing.key
    limit $2`,
    [bytea(hex), limit],
  );
  return rows;
}

/** The identities that have a signing key of this id (16 upper-case hex digits). */
export async function findKeyId(db: Queryable, keyId: string, limit: number): Promise<Identity[]> {
  const { rows } = await db.query<{ identity: Identity }>(
    `select identity
    from certificates
    where key_ids(signing_keys) @> array[$1::text]
    order by identity
    limit $2`,
    [keyId, limit],
  );
  return rows.map(({ identity }) => identity);
}

/** The identities whose user ids hold exactly this address (lower case). */
export async function findAddress(db: Queryable, address: string, limit: number): Promise<Identity[]> {
  const { rows } = await db.query<{ identity: Identity }>(
    `select identity
    from certificates
    where user_id_addresses(user_ids) @> array[$1::text]
    order by identity
    limit $2`,
    [address, limit],
  );
  return rows.map(({ identity }) => identity);
}

/** The identities that say that they publish at an address that begins so (lower case). */
export async function findUrl(db: Queryable, beginning: string, limit: number): Promise<Identity[]> {
  const { rows } = await db.query<{ identity: Identity }>(
    `select identity
    from identities
    where url is not null and lower(url) collate "C" >= $1 and lower(url) collate "C" < $1 || chr(1114111)
    order by lower(url) collate "C"
    limit $2`,
    [beginning, limit],
  );
  return rows.map(({ identity }) => identity);
}

/** Those of the identities that have signed something or have a certificate. */
export async function findKnown(db: Queryable, identities: readonly Identity[]): Promise<Identity[]> {
  const { rows } = await db.query<{ identity: Identity }>(
    `select identity
    from identities
    where identity = any ($1::text[])`,
    [identities],
  );
  return rows.map(({ identity }) => identity);
}

/** A package that a search found, and how much is said of it. */
export interface FoundPackage {
  readonly package: string;
  readonly versions: number;
  readonly reviewers: number;
}

/** The last part of a package purl, lower case and encoded, as the index has it. */
const nameOf = `lower(substring(package from '[^/]+$')) collate "C"`;

/**
 * The packages whose name begins so (lower case, encoded as in a purl), in the order of their names; `within` is what the
 * purl has to begin with, or without `pkg:` in front, a namespace that it has to have. Goes from name to name in the index, so that a package of ten thousand reviews costs one step.
 */
export async function findPackages(
  db: Queryable,
  beginning: string,
  within: string,
  limit: number,
): Promise<FoundPackage[]> {
  const { rows } = await db.query<FoundPackage>(
    `with recursive found as (
      (
        select ${nameOf} as name, package, 1 as step
        from subjects
        where ${nameOf} >= $1 and ${nameOf} < $1 || chr(1114111)
        order by ${nameOf}, package
        limit 1
      )
      union all
      select next.name, next.package, found.step + 1
      from found
      cross join lateral (
        select ${nameOf} as name, package
        from subjects
        where (${nameOf}, package) > (found.name, found.package) and ${nameOf} < $1 || chr(1114111)
        order by ${nameOf}, package
        limit 1
      ) as next
      where found.step < 500
    )
    select matching.package, counted.versions, counted.reviewers
    from (
      select package, step
      from found
      where case when starts_with($2, 'pkg:') or $2 = '' then starts_with(package, $2) else strpos(package, '/' || $2 || '/') > 0 end
      order by step
      limit $3
    ) as matching
    cross join lateral (
      select count(distinct version) as versions, count(distinct author) as reviewers
      from subjects
      where subjects.package = matching.package and role <> 'base'
    ) as counted
    order by matching.step`,
    [beginning, within, limit],
  );
  return rows;
}
