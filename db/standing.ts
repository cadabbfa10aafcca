// Whether a statement still stands: its author's key, its retraction, and newer words of the same author on the same subject.
//
// The same rules as for verdicts: newer is decided by the author's own date, then by the place in the ledger; a review is
// superseded only by one of the same bytes.

import { compareDigests, type DigestSet } from '../core/digest/digest-set.ts';
import { packagePurl, parsePurl } from '../core/digest/purl.ts';
import type { Identity } from '../core/identity.ts';
import type { Revocation } from '../core/statement/verified.ts';
import { identityOf, type StatementId } from '../core/statement/statement.ts';
import type { Queryable } from './database.ts';
import { nanoseconds } from './parameters.ts';
import type { StoredStatement } from './statements.ts';

/** A statement by its id and its place in the ledger. */
export interface Place {
  readonly id: StatementId;
  readonly index: number;
}

/** A newer statement of the same author; `about` names the identities for which a trust statement is superseded. */
export interface NewerWord extends Place {
  readonly about?: Identity;
}

/** What the author's newest certificate says about their key. */
export interface KeyState {
  readonly expires: Date | undefined;
  readonly revocation: Revocation | undefined;
  /** Statements from this index on have no effect; 0 after a hard revocation. */
  readonly voidFrom: number | undefined;
}

/** The state of the key behind an identity; undefined when the ledger has no certificate of it, as for crev ids. */
export async function findKeyState(db: Queryable, identity: Identity): Promise<KeyState | undefined> {
  const { rows } = await db.query<{
    expires: Date | null;
    hardness: Revocation['hardness'] | null;
    at: Date | null;
    reason: string | null;
    voidFrom: number | null;
  }>(
    `select
      expires,
      revocation_hardness as hardness,
      revoked_at as at,
      revocation_reason as reason,
      void_from as "voidFrom"
    from certificates
    where identity = $1`,
    [identity],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { expires, hardness, at, reason, voidFrom } = row;
  const isRevoked = hardness !== null && at !== null && reason !== null;
  return {
    expires: expires ?? undefined,
    revocation: isRevoked ? { hardness, at, reason } : undefined,
    voidFrom: voidFrom ?? undefined,
  };
}

/** Where an entry stands that is no secret: its kind, whose it is, and the id of its statement or certificate. */
export async function findEntry(
  db: Queryable,
  index: number,
): Promise<{ readonly id: StatementId; readonly kind: string; readonly author: Identity } | undefined> {
  const { rows } = await db.query<{ id: StatementId; kind: string; author: Identity }>(
    `select encode(statement_id, 'hex') as id, kind, author
    from entries
    where idx = $1`,
    [index],
  );
  return rows[0];
}

/** The newer statements that supersede this one: at most one, or one for each identity that a trust statement is about. */
export async function findNewerWords(db: Queryable, stored: StoredStatement): Promise<NewerWord[]> {
  const { statement, author, index } = stored;
  const after = [nanoseconds(statement.date), index];
  switch (statement.kind) {
    case 'package review':
      return newerAbout(db, 'review', author, statement.package, after);
    case 'source':
      return newerAbout(db, 'source', author, statement.package, after);
    case 'reviewer set':
      return newerSet(db, author, statement.name, after);
    case 'trust':
      return newerTrust(db, author, statement.ids.map(identityOf), after);
    case 'retraction':
      return [];
  }
}

async function newerAbout(
  db: Queryable,
  role: 'review' | 'source',
  author: Identity,
  subject: { readonly purl: string; readonly digests: DigestSet },
  after: readonly unknown[],
): Promise<NewerWord[]> {
  const purl = parsePurl(subject.purl);
  const { rows } = await db.query<Place & { purl: string; digests: DigestSet }>(
    `select
      encode(statements.id, 'hex') as id,
      statements.idx as index,
      statements.body -> 'package' ->> 'purl' as purl,
      statements.body -> 'package' -> 'digests' as digests
    from (
      select idx
      from subjects
      where package = $1 and version = $2 and author = $3 and role = $4
      -- keeps the planner from walking the ledger backwards in search of them
      offset 0
    ) as said
    join statements using (idx)
    where statements.retracted_by is null and (statements.date_ns, statements.idx) > ($5::bigint, $6::bigint)
    order by statements.date_ns desc, statements.idx desc
    limit 100`,
    [packagePurl(purl), purl.version ?? '', author, role, ...after],
  );
  const newest = rows.find(
    (row) => row.purl === subject.purl && compareDigests(row.digests, subject.digests).relation === 'same',
  );
  return newest === undefined ? [] : [{ id: newest.id, index: newest.index }];
}

async function newerSet(
  db: Queryable,
  author: Identity,
  name: string,
  after: readonly unknown[],
): Promise<NewerWord[]> {
  const { rows } = await db.query<Place>(
    `select encode(statements.id, 'hex') as id, statements.idx as index
    from reviewer_sets
    join statements using (idx)
    where
      reviewer_sets.author = $1
      and reviewer_sets.name = $2
      and statements.retracted_by is null
      and (reviewer_sets.date_ns, reviewer_sets.idx) > ($3::bigint, $4::bigint)
    order by reviewer_sets.date_ns desc, reviewer_sets.idx desc
    limit 1`,
    [author, name, ...after],
  );
  return rows;
}

async function newerTrust(
  db: Queryable,
  author: Identity,
  about: readonly Identity[],
  after: readonly unknown[],
): Promise<NewerWord[]> {
  const { rows } = await db.query<Place & { about: Identity }>(
    `select distinct on (trust_edges.target)
      trust_edges.target as about,
      encode(trust_edges.statement_id, 'hex') as id,
      trust_edges.idx as index
    from unnest($2::text[]) as asked (target)
    join trust_edges using (target)
    join statements on statements.idx = trust_edges.idx
    where
      trust_edges.author = $1
      and statements.retracted_by is null
      and (trust_edges.date_ns, trust_edges.idx) > ($3::bigint, $4::bigint)
    order by trust_edges.target, trust_edges.date_ns desc, trust_edges.idx desc`,
    [author, about, ...after],
  );
  return rows;
}
