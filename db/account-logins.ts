// The table account_logins: who an OpenID Connect provider says that somebody is, and whose account that leads to.

import { TrustError } from '../core/errors.ts';
import { findAccount, type Account } from './accounts.ts';
import type { Queryable } from './database.ts';

/** Somebody, as a provider names them: unique only together. */
export interface Login {
  readonly issuer: string;
  readonly subject: string;
}

/** The account that a login leads to; undefined when nobody has used it here. */
export async function findAccountByLogin(
  db: Queryable,
  { issuer, subject }: Login,
): Promise<Account | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `select account_id as id
    from account_logins
    where issuer = $1 and subject = $2`,
    [issuer, subject],
  );
  return rows[0] && findAccount(db, rows[0].id);
}

/** Lets a login lead to an account. Throws name-taken when it leads to one already. */
export async function addLogin(
  db: Queryable,
  accountId: string,
  { issuer, subject }: Login,
  at: Date,
): Promise<void> {
  const { rowCount } = await db.query(
    `insert into account_logins (issuer, subject, account_id, added_at)
    values ($1, $2, $3, $4)
    on conflict do nothing`,
    [issuer, subject, accountId, at],
  );
  if (rowCount !== 1) {
    throw new TrustError('name-taken', 'That login leads to an account already.', {
      help: 'Sign in by it, and delete that account or disconnect the login there.',
    });
  }
}

/** The logins that lead to an account, the oldest first. */
export async function listLogins(db: Queryable, accountId: string): Promise<(Login & { addedAt: Date })[]> {
  const { rows } = await db.query<Login & { addedAt: Date }>(
    `select issuer, subject, added_at as "addedAt"
    from account_logins
    where account_id = $1
    order by added_at, issuer, subject`,
    [accountId],
  );
  return rows;
}

/** Lets a login lead to an account no more; false when it did not. */
export async function removeLogin(
  db: Queryable,
  accountId: string,
  { issuer, subject }: Login,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from account_logins where account_id = $1 and issuer = $2 and subject = $3',
    [accountId, issuer, subject],
  );
  return rowCount === 1;
}
