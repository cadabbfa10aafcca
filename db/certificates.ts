// Reading certificates: the newest form of each, with the ledger indices of its versions.

import type { Identity } from '../core/identity.ts';
import type { Certificate, Revocation } from '../core/statement/verified.ts';
import type { Queryable } from './database.ts';

export interface StoredCertificate extends Certificate {
  /** Ledger indices of its versions, oldest first. */
  readonly indices: readonly number[];
  /** Time of the newest version's entry. */
  readonly recordedAt: Date;
}

interface Row {
  readonly identity: Identity;
  readonly id: string;
  readonly armored: string;
  readonly algorithm: string;
  readonly created: Date;
  readonly expires: Date | null;
  readonly signingKeys: string[];
  readonly userIds: string[];
  readonly hardness: Revocation['hardness'] | null;
  readonly revokedAt: Date | null;
  readonly reason: string | null;
  readonly indices: string[];
  readonly recordedAt: Date;
}

/** The certificates of those of the identities that have one, in no particular order. */
export async function findCertificates(
  db: Queryable,
  identities: readonly Identity[],
): Promise<StoredCertificate[]> {
  const { rows } = await db.query<Row>(
    `select
      identity,
      encode(id, 'hex') as id,
      armored,
      algorithm,
      created,
      expires,
      signing_keys as "signingKeys",
      user_ids as "userIds",
      revocation_hardness as hardness,
      revoked_at as "revokedAt",
      revocation_reason as reason,
      array(
        select idx::text
        from entries
        where author = identity and kind = 'certificate'
        order by entries.idx
      ) as indices,
      (
        select recorded_at
        from entries
        where entries.idx = certificates.idx
      ) as "recordedAt"
    from certificates
    where identity = any ($1::text[])`,
    [identities],
  );
  return rows.map(readRow);
}

/** The certificate of an identity, undefined when the ledger has none: core's CertificateLookup, given a database. */
export async function findCertificate(
  db: Queryable,
  identity: Identity,
): Promise<StoredCertificate | undefined> {
  return (await findCertificates(db, [identity]))[0];
}

/** The certificate that a key or signing subkey belongs to, by its fingerprint; the oldest where several claim it. */
export async function findCertificateBySigningKey(
  db: Queryable,
  fingerprint: string,
): Promise<StoredCertificate | undefined> {
  const { rows } = await db.query<{ identity: Identity }>(
    `select identity
    from certificates
    where signing_keys @> array[$1]
    order by idx, identity
    limit 1`,
    [fingerprint],
  );
  const [row] = rows;
  return row && findCertificate(db, row.identity);
}

/** Ids (hex) of the newest certificates of those of the identities that have one: the cheap way to see what changed. */
export async function findCertificateIds(
  db: Queryable,
  identities: readonly Identity[],
): Promise<Map<Identity, string>> {
  const { rows } = await db.query<{ identity: Identity; id: string }>(
    `select identity, encode(id, 'hex') as id
    from certificates
    where identity = any ($1::text[])`,
    [identities],
  );
  return new Map(rows.map(({ identity, id }) => [identity, id]));
}

function readRow({ hardness, revokedAt, reason, expires, indices, ...row }: Row): StoredCertificate {
  const isRevoked = hardness !== null && revokedAt !== null && reason !== null;
  return {
    ...row,
    expires: expires ?? undefined,
    revocation: isRevoked ? { hardness, at: revokedAt, reason } : undefined,
    indices: indices.map(Number),
  };
}
