// By which ways an account can be entered. Who takes one away must not take the last.

import { TrustError } from '../core/errors.ts';
import type { Database, Queryable } from './database.ts';

export interface WaysIn {
  readonly hasPassword: boolean;
  readonly keys: number;
  readonly passkeys: number;
  readonly logins: number;
}

/** The ways into an account. */
export async function readWaysIn(db: Queryable, accountId: string): Promise<WaysIn> {
  const { rows } = await db.query<WaysIn>(
    `select
      password is not null as "hasPassword",
      (
        select count(*)::integer
        from account_keys
        where account_id = $1
      ) as keys,
      (
        select count(*)::integer
        from passkeys
        where account_id = $1
      ) as passkeys,
      (
        select count(*)::integer
        from account_logins
        where account_id = $1
      ) as logins
    from accounts
    where id = $1`,
    [accountId],
  );
  return rows[0] ?? { hasPassword: false, keys: 0, passkeys: 0, logins: 0 };
}

/**
 * Takes a way into an account away, unless it is the last: then throws request-invalid. False when `remove` found nothing to
 * remove.
 */
export async function removeWayIn(
  db: Database,
  accountId: string,
  remove: (transaction: Queryable) => Promise<boolean>,
): Promise<boolean> {
  return db.transaction(async (transaction) => {
    // Two removals at the same time must not each leave the other's.
    await transaction.query('select 1 from accounts where id = $1 for update', [accountId]);
    if (!(await remove(transaction))) return false;
    const { hasPassword, keys, passkeys, logins } = await readWaysIn(transaction, accountId);
    if (hasPassword || keys + passkeys + logins > 0) return true;
    throw new TrustError('request-invalid', 'This is the last way into your account.', {
      help: 'Add another key, a passkey or a password first, or delete the account.',
    });
  });
}
