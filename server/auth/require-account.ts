// Pages that are for somebody in particular.

import type { Request, RequestHandler } from 'express';
import { TrustError } from '../../core/errors.ts';
import type { Account } from '../../db/accounts.ts';
import { RequestError } from '../problems.ts';

/** Sends those who are not signed in to the page where they can be; a form that they sent is refused with 401. */
export function requireAccount(): RequestHandler {
  return (request, response, next) => {
    if (request.user !== undefined) next();
    else if (request.method === 'GET') {
      response.redirect(303, `/sign-in?return=${encodeURIComponent(request.originalUrl)}`);
    } else {
      next(
        new RequestError('request-invalid', 'You are not signed in any more.', {
          status: 401,
          help: 'Sign in, go back, and send the form again.',
        }),
      );
    }
  };
}

/** The account that is signed in; throws internal where requireAccount does not stand before. */
export function accountOf(request: Request): Account {
  if (request.user === undefined) throw new TrustError('internal', 'A page for accounts lets anybody in.');
  return request.user;
}
