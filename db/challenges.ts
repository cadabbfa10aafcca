// The table spent_challenges: what was answered, so that it counts once. Rows go when the challenge would be too old anyway.

import type { Queryable } from './database.ts';

/** Notes that a challenge was answered; false when it had been before. */
export async function spendChallenge(
  db: Queryable,
  challenge: { readonly hash: Uint8Array; readonly expiresAt: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into spent_challenges (hash, expires_at)
    values ($1, $2)
    on conflict do nothing`,
    [challenge.hash, challenge.expiresAt],
  );
  return rowCount === 1;
}
