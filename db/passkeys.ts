// The table passkeys: WebAuthn credentials by which accounts can be entered.

import type { Queryable } from './database.ts';

/** Most passkeys of an account. */
export const maxPasskeys = 20;

/** A passkey for showing to its owner. */
export interface PasskeyRow {
  readonly credentialId: Uint8Array;
  readonly name: string;
  readonly addedAt: Date;
  readonly usedAt: Date | undefined;
}

/** A passkey for checking what it signed. */
export interface Passkey {
  readonly credentialId: Uint8Array;
  readonly accountId: string;
  /** COSE key. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
}

export interface NewPasskey extends Passkey {
  readonly transports: readonly string[];
  readonly name: string;
  readonly addedAt: Date;
}

/** Keeps a new passkey; false when it is known already, or the account has as many as it may. */
export async function addPasskey(db: Queryable, passkey: NewPasskey): Promise<boolean> {
  const { credentialId, accountId, publicKey, counter, transports, name, addedAt } = passkey;
  const { rowCount } = await db.query(
    `insert into passkeys (credential_id, account_id, public_key, counter, transports, name, added_at)
    select $1, $2, $3, $4, $5, $6, $7
    where (
      select count(*)
      from passkeys
      where account_id = $2
    ) < $8
    on conflict do nothing`,
    [credentialId, accountId, publicKey, counter, transports, name, addedAt, maxPasskeys],
  );
  return rowCount === 1;
}

/** The passkey of a credential id; undefined when nobody has it. */
export async function findPasskey(db: Queryable, credentialId: Uint8Array): Promise<Passkey | undefined> {
  const { rows } = await db.query<Passkey>(
    `select
      credential_id as "credentialId",
      account_id as "accountId",
      public_key as "publicKey",
      counter
    from passkeys
    where credential_id = $1`,
    [credentialId],
  );
  return rows[0];
}

/**
 * Notes a use. False when the counter has not grown since it was read, though the passkey counts: then there may be a copy
 * of it.
 */
export async function notePasskeyUse(
  db: Queryable,
  credentialId: Uint8Array,
  counter: number,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update passkeys
    set counter = $2, used_at = $3
    where credential_id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`,
    [credentialId, counter, at],
  );
  return rowCount === 1;
}

/** The passkeys of an account, the oldest first. */
export async function listPasskeys(db: Queryable, accountId: string): Promise<PasskeyRow[]> {
  const { rows } = await db.query<Omit<PasskeyRow, 'usedAt'> & { usedAt: Date | null }>(
    `select
      credential_id as "credentialId",
      name,
      added_at as "addedAt",
      used_at as "usedAt"
    from passkeys
    where account_id = $1
    order by added_at, credential_id`,
    [accountId],
  );
  return rows.map((row) => ({ ...row, usedAt: row.usedAt ?? undefined }));
}

/** Takes a passkey from an account; false when the account has no such passkey. */
export async function removePasskey(
  db: Queryable,
  accountId: string,
  credentialId: Uint8Array,
): Promise<boolean> {
  const { rowCount } = await db.query('delete from passkeys where account_id = $1 and credential_id = $2', [
    accountId,
    credentialId,
  ]);
  return rowCount === 1;
}
