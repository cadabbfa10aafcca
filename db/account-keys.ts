// The table account_keys: which keys an account has proven to hold. One key belongs to at most one account.

import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Queryable } from './database.ts';
import { codeOf } from './failures.ts';

export interface AccountKey {
  readonly identity: Identity;
  /** What its owner calls it. */
  readonly label: string | undefined;
  readonly provenAt: Date;
}

/** Notes that an account has proven to hold a key. Throws name-taken when another account has. */
export async function addAccountKey(
  db: Queryable,
  accountId: string,
  identity: Identity,
  at: Date,
): Promise<void> {
  try {
    await db.query('insert into account_keys (identity, account_id, proven_at) values ($1, $2, $3)', [
      identity,
      accountId,
      at,
    ]);
  } catch (cause) {
    if (codeOf(cause) !== '23505') throw cause;
    throw new TrustError('name-taken', 'An account has proven to hold that key already.', { cause });
  }
}

/** The keys of an account, the first one first. */
export async function listAccountKeys(db: Queryable, accountId: string): Promise<AccountKey[]> {
  const { rows } = await db.query<Omit<AccountKey, 'label'> & { label: string | null }>(
    `select identity, label, proven_at as "provenAt"
    from account_keys
    where account_id = $1
    order by proven_at, identity`,
    [accountId],
  );
  return rows.map((row) => ({ ...row, label: row.label ?? undefined }));
}

/** Calls a key of an account something; an empty label takes the name away. False when the account has no such key. */
export async function labelKey(
  db: Queryable,
  accountId: string,
  identity: Identity,
  label: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update account_keys
    set label = nullif($3, '')
    where account_id = $1 and identity = $2`,
    [accountId, identity, label],
  );
  return rowCount === 1;
}

/** Takes a key from an account; false when the account has no such key. What it signed stays. */
export async function removeAccountKey(
  db: Queryable,
  accountId: string,
  identity: Identity,
): Promise<boolean> {
  const { rowCount } = await db.query('delete from account_keys where account_id = $1 and identity = $2', [
    accountId,
    identity,
  ]);
  return rowCount === 1;
}
