// Signing in by a proven key: the first proof makes an account, later ones lead to it.

import { createAccount, findAccountByKey, type Account } from '../../db/accounts.ts';
import { spendChallenge } from '../../db/challenges.ts';
import type { Database } from '../../db/database.ts';
import { spent } from './challenge.ts';
import type { ProvenKey } from './prove-key.ts';

export interface SignedInByKey {
  readonly account: Account;
  readonly isNew: boolean;
}

/** The account of a key, made when it has none. Throws challenge-invalid when the challenge was answered before. */
export async function signInByKey(
  db: Database,
  { identity, challenge }: Pick<ProvenKey, 'identity' | 'challenge'>,
  now: Date,
): Promise<SignedInByKey> {
  return db.transaction(async (transaction) => {
    if (!(await spendChallenge(transaction, challenge))) throw spent();
    const account = await findAccountByKey(transaction, identity);
    if (account !== undefined) return { account, isNew: false };
    return { account: await createAccount(transaction, { keys: [identity], at: now }), isNew: true };
  });
}
