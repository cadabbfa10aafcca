// Being signed in, for tests of what comes after: a real account and a real session in the database, and its cookie.

import { createHmac, randomBytes } from 'node:crypto';
import type { Identity } from '../../../core/identity.ts';
import { createAccount, type Account } from '../../../db/accounts.ts';
import { writeSession } from '../../../db/sessions.ts';
import { hashSid } from '../../../server/auth/session-store.ts';
import { sessionMs } from '../../../server/auth/sessions.ts';
import type { World } from './world.ts';

export interface SignedIn {
  readonly account: Account;
  /** Value for the header Cookie. */
  readonly cookie: string;
}

/** A new account, signed in over plain http, as the tests' requests are. */
export async function signIn(
  { service, time }: World,
  who: { readonly userName?: string; readonly keys?: readonly Identity[] } = {},
): Promise<SignedIn> {
  const now = new Date(time.now);
  const { userName = `someone-${randomBytes(4).toString('hex')}`, keys = [] } = who;
  const account = await service.db.transaction((transaction) =>
    createAccount(transaction, { userName, keys, at: now }),
  );
  const sid = randomBytes(24).toString('base64url');
  const expiresAt = new Date(now.getTime() + sessionMs);
  await writeSession(service.db, {
    sidHash: hashSid(sid),
    accountId: account.id,
    data: JSON.stringify({
      cookie: { originalMaxAge: sessionMs, expires: expiresAt, httpOnly: true, path: '/', sameSite: 'lax' },
      passport: { user: account.id },
    }),
    userAgent: 'test',
    now,
    expiresAt,
  });
  const mac = createHmac('sha256', service.siteSecret).update(sid).digest('base64').replace(/=+$/, '');
  return { account, cookie: `sid=${encodeURIComponent(`s:${sid}.${mac}`)}` };
}
