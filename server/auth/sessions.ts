// Sessions of those who sign in, in the database. Readers get none: a session begins when somebody signs in, and the cookie
// with it.
//
// The cookie is __Host-sid over https. Plain http, for a laptop, has no such prefix and calls it sid.

import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { AppDeps } from '../app-deps.ts';
import { publicOrigin } from '../site/public-origin.ts';
import { createPassport } from './passport.ts';
import { DatabaseStore } from './session-store.ts';

/** How long a session lasts. */
export const sessionMs = 30 * 24 * 60 * 60 * 1000;

/** Middlewares that give a request its session and `request.user`. While the service starts nobody is known. */
export function sessions({ state, clock, config }: AppDeps): RequestHandler {
  let handlers: { secure: RequestHandler; plain: RequestHandler } | undefined;
  let passportSession: RequestHandler | undefined;
  return (request, response, next) => {
    const service = state.running();
    if (service === undefined) {
      next();
      return;
    }
    passportSession ??= createPassport(state).session() as RequestHandler;
    const known = passportSession;
    if (handlers === undefined) {
      const store = new DatabaseStore(service.db, clock);
      const make = (secure: boolean): RequestHandler =>
        session({
          name: secure ? '__Host-sid' : 'sid',
          secret: service.siteSecret,
          store,
          resave: false,
          saveUninitialized: false,
          // Whether the reader's end is secure is for publicOrigin to say; the cookie is marked accordingly.
          proxy: true,
          cookie: { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: sessionMs },
        });
      handlers = { secure: make(true), plain: make(false) };
    }
    const begin = isSecure(request, config.publicUrl) ? handlers.secure : handlers.plain;
    begin(request, response, (error?: unknown) => {
      if (error !== undefined) next(error);
      else known(request, response, next);
    });
  };
}

function isSecure(request: Request, publicUrl: string | undefined): boolean {
  return publicOrigin(request, publicUrl).startsWith('https:');
}
