import session, { type SessionData } from 'express-session';
import { beforeAll, expect, it } from 'vitest';
import { createAccount, type Account } from '../../../db/accounts.ts';
import type { Database } from '../../../db/database.ts';
import { DatabaseStore, hashSid } from '../../../server/auth/session-store.ts';
import { describeDatabases } from '../../support/database.ts';

describeDatabases('the store of sessions', (open) => {
  let db: Database;
  let store: DatabaseStore;
  let account: Account;
  let now = new Date('2026-11-22T12:00:00Z');
  const day = 86_400_000;

  beforeAll(async () => {
    db = await open();
    store = new DatabaseStore(db, () => now);
    account = await createAccount(db, { userName: 'ada', at: now });
  });

  const sessionOf = (user?: string): SessionData => {
    const cookie = new session.Cookie();
    cookie.originalMaxAge = day;
    cookie.maxAge = day;
    return { cookie, userAgent: 'a browser', ...(user !== undefined && { passport: { user } }) };
  };
  const set = (sid: string, data: SessionData): Promise<unknown> =>
    new Promise((resolve) => {
      store.set(sid, data, resolve);
    });
  const get = (sid: string): Promise<SessionData | null | undefined> =>
    new Promise((resolve, reject) => {
      store.get(sid, (error, data) => {
        if (error === null) resolve(data);
        else reject(new Error('The store failed.', { cause: error }));
      });
    });

  it('gives back what was kept, and nothing for ids that it does not know', async () => {
    expect(await set('known', sessionOf(account.id))).toBeUndefined();
    expect(await get('known')).toMatchObject({ passport: { user: account.id }, userAgent: 'a browser' });
    for (const sid of ['unknown', '', 'known ', 'KNOWN', Buffer.from(hashSid('known')).toString('hex')]) {
      expect(await get(sid)).toBeNull();
    }
  });

  it('keeps no id as it is: whoever reads the table cannot sign in', async () => {
    await set('in-the-clear', sessionOf(account.id));
    const { rows } = await db.query<{ whole: string }>('select sessions::text as whole from sessions');
    const whole = rows.map((row) => row.whole).join('\n');
    expect(whole).toContain(Buffer.from(hashSid('in-the-clear')).toString('hex'));
    expect(whole).not.toContain('in-the-clear');
    expect(whole).not.toContain(Buffer.from('in-the-clear').toString('hex'));
  });

  it('forgets a session when its time is over, and when it is ended', async () => {
    await set('short', sessionOf(account.id));
    now = new Date(now.getTime() + day - 1000);
    expect(await get('short')).not.toBeNull();
    now = new Date(now.getTime() + 1000);
    expect(await get('short')).toBeNull();
    await set('ended', sessionOf(account.id));
    await new Promise((resolve) => {
      store.destroy('ended', resolve);
    });
    expect(await get('ended')).toBeNull();
  });

  it('hands failures of the database to whoever asked, and throws nothing', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await set('orphan', sessionOf(nobody))).toBeInstanceOf(Error);
    expect(await get('orphan')).toBeNull();
  });
});
