// The table accounts: who may sign in, and whom they trust directly.

import { TrustError } from '../core/errors.ts';
import type { Identity, Root } from '../core/identity.ts';
import { addAccountKey } from './account-keys.ts';
import type { Queryable } from './database.ts';
import { codeOf } from './failures.ts';

export interface Account {
  readonly id: string;
  /** Only for those who sign in with a password. */
  readonly userName: string | undefined;
  /** Keys whose possession was proven, the first one first. */
  readonly keys: readonly Identity[];
  readonly roots: readonly Root[];
  readonly createdAt: Date;
}

interface Row extends Omit<Account, 'userName'> {
  readonly userName: string | null;
}

const select = `
  select
    id,
    user_name as "userName",
    array(
      select identity
      from account_keys
      where account_id = accounts.id
      order by proven_at, identity
    ) as keys,
    roots,
    created_at as "createdAt"
  from accounts`;

/** The account of an id; undefined when it was deleted. */
export async function findAccount(db: Queryable, id: string): Promise<Account | undefined> {
  return readOne(await db.query<Row>(`${select} where id = $1`, [id]));
}

/** The account that has proven to hold this key. */
export async function findAccountByKey(db: Queryable, identity: Identity): Promise<Account | undefined> {
  return readOne(
    await db.query<Row>(
      `${select}
      where id = (select account_id from account_keys where identity = $1)`,
      [identity],
    ),
  );
}

export interface NewAccount {
  readonly userName?: string;
  /** Hash of the password, with its parameters. */
  readonly password?: string;
  readonly keys?: readonly Identity[];
  readonly at: Date;
}

/**
 * Makes an account and returns it; in a transaction when it comes with keys. Throws name-taken when another account has the
 * user name or a key.
 */
export async function createAccount(transaction: Queryable, account: NewAccount): Promise<Account> {
  const { userName, password, keys = [], at } = account;
  const { rows } = await transaction.query<{ id: string }>(
    `insert into accounts (user_name, password, created_at)
    values ($1, $2, $3)
    on conflict do nothing
    returning id`,
    [userName ?? null, password ?? null, at],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new TrustError('name-taken', 'That user name is taken.');
  for (const identity of keys) await addAccountKey(transaction, id, identity, at);
  const made = await findAccount(transaction, id);
  if (made === undefined) throw new Error('An account that was made is not there.');
  return made;
}

/** Keeps whom an account trusts directly. */
export async function setRoots(db: Queryable, id: string, roots: readonly Root[]): Promise<void> {
  await db.query('update accounts set roots = $2 where id = $1', [id, roots]);
}

/** Id and password hash of the account with a user name; undefined when nobody has it. */
export async function findPassword(
  db: Queryable,
  userName: string,
): Promise<{ readonly id: string; readonly password: string } | undefined> {
  const { rows } = await db.query<{ id: string; password: string }>(
    `select id, password
    from accounts
    where user_name = $1 and password is not null`,
    [userName],
  );
  return rows[0];
}

/** Keeps the hash of a new password. */
export async function setPassword(db: Queryable, id: string, password: string): Promise<void> {
  await db.query('update accounts set password = $2 where id = $1', [id, password]);
}

/** Gives an account a user name and a password, so that it can be entered that way. Throws name-taken. */
export async function setUserName(
  db: Queryable,
  id: string,
  { userName, password }: { readonly userName: string; readonly password: string },
): Promise<void> {
  try {
    await db.query('update accounts set user_name = $2, password = $3 where id = $1', [
      id,
      userName,
      password,
    ]);
  } catch (cause) {
    if (codeOf(cause) !== '23505') throw cause;
    throw new TrustError('name-taken', 'That user name is taken.', { cause });
  }
}

function readOne({ rows }: { rows: Row[] }): Account | undefined {
  const [row] = rows;
  return row && { ...row, userName: row.userName ?? undefined };
}
