// Asking passport who somebody is by what a form says, without letting it answer the request.

import type { NextFunction, Request, Response } from 'express';
import type { Passport } from 'passport';
import type { Account } from '../../db/accounts.ts';

/** The account that fits user name and password; undefined when none does. */
export function authenticateByPassword(
  passport: InstanceType<typeof Passport>,
  request: Request,
  response: Response,
  credentials: { readonly 'user-name': string; readonly password: string },
): Promise<Account | undefined> {
  // passport-local reads the body, and the query where the body has nothing: so both are there.
  request.body = credentials;
  return new Promise((resolve, reject) => {
    const done = (error: unknown, account: Account | false | null | undefined): void => {
      if (error !== null && error !== undefined)
        reject(error instanceof Error ? error : new Error('passport failed', { cause: error }));
      else resolve(account === false || account === null ? undefined : account);
    };
    const handler = passport.authenticate('local', { session: false }, done) as (
      request: Request,
      response: Response,
      next: NextFunction,
    ) => void;
    handler(request, response, reject);
  });
}
