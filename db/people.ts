// Who somebody is, as far as the ledger knows: the name that their certificate claims, where they say they publish, and
// whether their key still holds. One question for all the identities of a page.
//
// Neither name nor address is verified by anybody: whoever shows them says so.

import type { Identity } from '../core/identity.ts';
import { nameOfUserId, shownLine } from '../core/shown-text.ts';
import type { Queryable } from './database.ts';

export interface Person {
  readonly identity: Identity;
  /** From the newest certificate's first user id, without the address: claimed, not verified. Never empty. */
  readonly name?: string;
  /** Where they last said they publish: any text, so a link only when it is http or https. */
  readonly url?: string;
  /** `unknown`: an OpenPGP identity of which the ledger has no certificate. A crev id is its key, and is always valid. */
  readonly key: 'valid' | 'expired' | 'revoked' | 'unknown';
}

interface Row {
  readonly identity: Identity;
  readonly url: string | null;
  readonly userId: string | null;
  readonly certified: boolean;
  readonly revoked: boolean;
  readonly expires: Date | null;
}

/** What is known of each of the identities, those the ledger never heard of included; `now` decides what has expired. */
export async function describeIdentities(
  db: Queryable,
  identities: Iterable<Identity>,
  now: Date = new Date(),
): Promise<Map<Identity, Person>> {
  const asked = [...new Set(identities)];
  if (asked.length === 0) return new Map();
  const { rows } = await db.query<Row>(
    `select
      asked.identity,
      identities.url,
      certificates.user_ids[1] as "userId",
      certificates.identity is not null as certified,
      certificates.revoked_at is not null as revoked,
      certificates.expires
    from unnest($1::text[]) as asked (identity)
    left join identities on identities.identity = asked.identity
    left join certificates on certificates.identity = asked.identity`,
    [asked],
  );
  return new Map(rows.map((row) => [row.identity, describe(row, now)]));
}

function describe({ identity, url, userId, ...row }: Row, now: Date): Person {
  const name = userId === null ? '' : nameOfUserId(userId);
  return {
    identity,
    ...(name !== '' && { name }),
    ...(url !== null && { url: shownLine(url, 2048) }),
    key: keyState(identity, row, now),
  };
}

function keyState(
  identity: Identity,
  { certified, revoked, expires }: Pick<Row, 'certified' | 'revoked' | 'expires'>,
  now: Date,
): Person['key'] {
  if (revoked) return 'revoked';
  if (expires !== null && expires <= now) return 'expired';
  return certified || identity.startsWith('crev:') ? 'valid' : 'unknown';
}
