// The table sessions. Rows are known by the SHA-256 of the id in the cookie: reading the table lets nobody in.

import type { Queryable } from './database.ts';

/** A session for showing to its owner. */
export interface SessionRow {
  /** Hex of the hash: names it, and gives no access. */
  readonly sidHash: string;
  readonly userAgent: string | undefined;
  readonly createdAt: Date;
  readonly seenAt: Date;
}

export interface SessionWrite {
  readonly sidHash: Uint8Array;
  readonly accountId: string | undefined;
  /** What express-session keeps, as JSON. */
  readonly data: string;
  readonly userAgent: string | undefined;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** What a session keeps, as JSON; undefined when there is none, or it is over. */
export async function readSession(db: Queryable, sidHash: Uint8Array, now: Date): Promise<unknown> {
  const { rows } = await db.query<{ data: unknown }>(
    'select data from sessions where sid_hash = $1 and expires_at > $2',
    [sidHash, now],
  );
  return rows[0]?.data;
}

/** Keeps a session. */
export async function writeSession(db: Queryable, session: SessionWrite): Promise<void> {
  const { sidHash, accountId, data, userAgent, now, expiresAt } = session;
  await db.query(
    `insert into sessions (sid_hash, account_id, data, user_agent, created_at, seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $5, $6)
    on conflict (sid_hash) do update
    set
      account_id = excluded.account_id,
      data = excluded.data,
      user_agent = excluded.user_agent,
      seen_at = excluded.seen_at,
      expires_at = excluded.expires_at`,
    [sidHash, accountId ?? null, data, userAgent ?? null, now, expiresAt],
  );
}

/** Notes that a session was used; once a minute is enough. */
export async function touchSession(db: Queryable, sidHash: Uint8Array, now: Date): Promise<void> {
  await db.query(
    `update sessions
    set seen_at = $2
    where sid_hash = $1 and seen_at < $2::timestamptz - interval '1 minute'`,
    [sidHash, now],
  );
}

/** Ends a session. */
export async function deleteSession(db: Queryable, sidHash: Uint8Array): Promise<void> {
  await db.query('delete from sessions where sid_hash = $1', [sidHash]);
}

/** The sessions of an account that go on, the one used last first. */
export async function listSessions(db: Queryable, accountId: string, now: Date): Promise<SessionRow[]> {
  const { rows } = await db.query<Omit<SessionRow, 'userAgent'> & { userAgent: string | null }>(
    `select
      encode(sid_hash, 'hex') as "sidHash",
      user_agent as "userAgent",
      created_at as "createdAt",
      seen_at as "seenAt"
    from sessions
    where account_id = $1 and expires_at > $2
    order by seen_at desc`,
    [accountId, now],
  );
  return rows.map((row) => ({ ...row, userAgent: row.userAgent ?? undefined }));
}

/** Ends one session of an account, or all but one; returns how many. */
export async function endSessions(
  db: Queryable,
  accountId: string,
  which: { readonly only: Uint8Array } | { readonly allBut: Uint8Array },
): Promise<number> {
  const { rowCount } =
    'only' in which
      ? await db.query('delete from sessions where account_id = $1 and sid_hash = $2', [
          accountId,
          which.only,
        ])
      : await db.query('delete from sessions where account_id = $1 and sid_hash <> $2', [
          accountId,
          which.allBut,
        ]);
  return rowCount ?? 0;
}

/** Removes sessions and spent challenges that are over. */
export async function pruneSessions(db: Queryable, now: Date): Promise<void> {
  await db.query('delete from sessions where expires_at <= $1', [now]);
  await db.query('delete from spent_challenges where expires_at <= $1', [now]);
}
