// The table api_tokens: what programs send in place of a session. Known by the SHA-256 of the token, which is shown once.

import type { Account } from './accounts.ts';
import { findAccount } from './accounts.ts';
import type { Queryable } from './database.ts';

/** What a token may be used for. */
export const tokenScopes = ['account:read', 'drafts', 'submit'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** Most tokens of an account. */
export const maxTokens = 50;

/** A token for showing to its owner. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly usedAt: Date | undefined;
}

interface Row extends Omit<ApiToken, 'expiresAt' | 'usedAt'> {
  readonly expiresAt: Date | null;
  readonly usedAt: Date | null;
}

export interface NewToken {
  readonly accountId: string;
  readonly name: string;
  readonly hash: Uint8Array;
  readonly scopes: readonly TokenScope[];
  readonly expiresAt: Date | undefined;
  readonly now: Date;
}

/** Keeps a new token; false when the account has as many as it may. */
export async function addToken(db: Queryable, token: NewToken): Promise<boolean> {
  const { accountId, name, hash, scopes, expiresAt, now } = token;
  const { rowCount } = await db.query(
    `insert into api_tokens (account_id, name, hash, scopes, created_at, expires_at)
    select $1, $2, $3, $4, $5, $6
    where (
      select count(*)
      from api_tokens
      where account_id = $1
    ) < $7`,
    [accountId, name, hash, scopes, now, expiresAt ?? null, maxTokens],
  );
  return rowCount === 1;
}

/** The tokens of an account, expired ones too, the newest first. */
export async function listTokens(db: Queryable, accountId: string): Promise<ApiToken[]> {
  const { rows } = await db.query<Row>(
    `select
      id,
      name,
      scopes,
      created_at as "createdAt",
      expires_at as "expiresAt",
      used_at as "usedAt"
    from api_tokens
    where account_id = $1
    order by created_at desc, id`,
    [accountId],
  );
  return rows.map((row) => ({
    ...row,
    expiresAt: row.expiresAt ?? undefined,
    usedAt: row.usedAt ?? undefined,
  }));
}

/** Whose token this is, and what for; notes its use, once a minute. Undefined when it is unknown or expired. */
export async function useToken(
  db: Queryable,
  hash: Uint8Array,
  now: Date,
): Promise<{ account: Account; scopes: readonly TokenScope[] } | undefined> {
  const { rows } = await db.query<{ id: string; accountId: string; scopes: TokenScope[]; isStale: boolean }>(
    `select
      id,
      account_id as "accountId",
      scopes,
      used_at is null or used_at < $2::timestamptz - interval '1 minute' as "isStale"
    from api_tokens
    where hash = $1 and (expires_at is null or expires_at > $2)`,
    [hash, now],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.isStale) await db.query('update api_tokens set used_at = $2 where id = $1', [row.id, now]);
  const account = await findAccount(db, row.accountId);
  return account && { account, scopes: row.scopes };
}

/** Takes back a token of an account; false when the account has no such token. */
export async function revokeToken(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from api_tokens where account_id = $1 and id::text = $2', [
    accountId,
    id,
  ]);
  return rowCount === 1;
}
