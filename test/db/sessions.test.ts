import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { createAccount } from '../../db/accounts.ts';
import type { Database } from '../../db/database.ts';
import {
  deleteSession,
  endSessions,
  listSessions,
  pruneSessions,
  readSession,
  touchSession,
  writeSession,
} from '../../db/sessions.ts';
import { describeDatabases } from '../support/database.ts';

const minute = 60_000;
const now = new Date('2026-11-22T12:00:00Z');
const later = (minutes: number): Date => new Date(now.getTime() + minutes * minute);
const hash = (name: string): Uint8Array => createHash('sha256').update(name).digest();
const hex = (name: string): string => Buffer.from(hash(name)).toString('hex');

describeDatabases('sessions', (open) => {
  let db: Database;
  let ada: string;
  let ben: string;

  const begin = (name: string, accountId: string, minutes = 60): Promise<void> =>
    writeSession(db, {
      sidHash: hash(name),
      accountId,
      data: JSON.stringify({ name }),
      userAgent: `browser of ${name}`,
      now,
      expiresAt: later(minutes),
    });
  const namesOf = async (account: string, at = now): Promise<string[]> =>
    (await listSessions(db, account, at)).map(({ sidHash }) => sidHash);

  beforeAll(async () => {
    db = await open();
    ada = (await createAccount(db, { userName: 'ada', at: now })).id;
    ben = (await createAccount(db, { userName: 'ben', at: now })).id;
  });

  it('are read until they are over', async () => {
    await begin('one', ada, 10);
    expect(await readSession(db, hash('one'), later(9))).toEqual({ name: 'one' });
    expect(await readSession(db, hash('one'), later(10))).toBeUndefined();
    expect(await readSession(db, hash('other'), now)).toBeUndefined();
    await deleteSession(db, hash('one'));
    expect(await readSession(db, hash('one'), now)).toBeUndefined();
  });

  it('are listed for their owner alone, the one used last first, without a way in', async () => {
    await begin('first', ada);
    await begin('second', ada);
    await begin('of ben', ben);
    await touchSession(db, hash('first'), later(5));
    expect(await listSessions(db, ada, now)).toEqual([
      { sidHash: hex('first'), userAgent: 'browser of first', createdAt: now, seenAt: later(5) },
      { sidHash: hex('second'), userAgent: 'browser of second', createdAt: now, seenAt: now },
    ]);
    expect(await namesOf(ada, later(61))).toEqual([]);
  });

  it('note their use once a minute, and never backwards', async () => {
    await begin('busy', ben);
    const seen = async (): Promise<Date | undefined> =>
      (await listSessions(db, ben, now)).find(({ sidHash }) => sidHash === hex('busy'))?.seenAt;
    await touchSession(db, hash('busy'), later(0.5));
    expect(await seen()).toEqual(now);
    await touchSession(db, hash('busy'), later(3));
    await touchSession(db, hash('busy'), later(2));
    expect(await seen()).toEqual(later(3));
  });

  it('are ended by their owner alone', async () => {
    await begin('mine', ada);
    await begin('his', ben);
    expect(await endSessions(db, ada, { only: hash('his') })).toBe(0);
    expect(await namesOf(ben)).toContain(hex('his'));
    expect(await endSessions(db, ada, { allBut: hash('mine') })).toBe(2);
    expect(await namesOf(ada)).toEqual([hex('mine')]);
    expect(await namesOf(ben)).toContain(hex('his'));
    expect(await endSessions(db, ada, { only: hash('mine') })).toBe(1);
    expect(await namesOf(ada)).toEqual([]);
  });

  it('go with their account, and when they are over', async () => {
    const gone = (await createAccount(db, { userName: 'gone', at: now })).id;
    await begin('of one who goes', gone);
    await db.query('delete from accounts where id = $1', [gone]);
    expect(await readSession(db, hash('of one who goes'), now)).toBeUndefined();
    await begin('over', ada, 1);
    await begin('goes on', ada, 100);
    await pruneSessions(db, later(2));
    const { rows } = await db.query<{ left: string }>(
      `select encode(sid_hash, 'hex') as left
      from sessions
      where account_id = $1`,
      [ada],
    );
    expect(rows.map(({ left }) => left)).toEqual([hex('goes on')]);
  });
});
