// Projection of OpenPGP certificates: the table certificates, which holds the newest form of each.
//
// Every logged version is an entry, and what is logged is always the merged form, so the newest is the last one logged.
// A revocation is given as the ledger index from which the key's statements have no effect (core/trust takes it the same
// way): 0 when it is hard; else the first entry taken at or after the time that the revocation names, and at the latest
// the certificate's own. A revocation can only reach further back, never less far.

import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';
import type { PlacedCertificate } from './placed.ts';

/** Puts certificates, in ledger order, in place of what the table has for their identities. */
export async function projectCertificates(
  db: Queryable,
  certificates: readonly PlacedCertificate[],
): Promise<void> {
  // One by one, so that a later version of the same certificate finds the earlier one. They are few.
  for (const { index, certificate } of certificates) {
    await db.query(
      `insert into certificates (
        idx, identity, id, armored, algorithm, created, expires, signing_keys, user_ids,
        revocation_hardness, revoked_at, revocation_reason, void_from
      )
      values (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
        case $10::text
          when 'hard' then 0
          when 'soft' then least($1, (select min(idx) from entries where recorded_at >= $11))
        end
      )
      on conflict (identity) do update
      set
        idx = excluded.idx,
        id = excluded.id,
        armored = excluded.armored,
        algorithm = excluded.algorithm,
        created = excluded.created,
        expires = excluded.expires,
        signing_keys = excluded.signing_keys,
        user_ids = excluded.user_ids,
        revocation_hardness = excluded.revocation_hardness,
        revoked_at = excluded.revoked_at,
        revocation_reason = excluded.revocation_reason,
        void_from = least(certificates.void_from, excluded.void_from)`,
      [
        index,
        certificate.identity,
        bytea(certificate.id),
        certificate.armored,
        certificate.algorithm,
        certificate.created,
        certificate.expires ?? null,
        certificate.signingKeys,
        certificate.userIds,
        certificate.revocation?.hardness ?? null,
        certificate.revocation?.at ?? null,
        certificate.revocation?.reason ?? null,
      ],
    );
  }
}
