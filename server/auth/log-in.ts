// Beginning and ending the session of somebody who has shown who they are, however they did.

import type { Request, Response } from 'express';
import type { Account } from '../../db/accounts.ts';

/**
 * Begins a new session for an account. Whatever session the request came with is over: an id that somebody else planted is
 * worth nothing afterwards.
 */
export async function logIn(request: Request, account: Account): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request.logIn(account, (error?: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error('No session could be begun.', { cause: error }));
    });
  });
  request.session.userAgent = request.get('user-agent')?.slice(0, 256);
}

/** Ends the session of a request, here and in the browser. */
export async function logOut(request: Request, response: Response): Promise<void> {
  const { secure } = request.session.cookie;
  const isSecure = secure === true;
  await new Promise<void>((resolve, reject) => {
    request.session.destroy((error?: unknown) => {
      if (error === undefined || error === null) resolve();
      else
        reject(
          error instanceof Error ? error : new Error('The session could not be ended.', { cause: error }),
        );
    });
  });
  response.clearCookie(isSecure ? '__Host-sid' : 'sid', {
    ...{ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure },
  });
}
