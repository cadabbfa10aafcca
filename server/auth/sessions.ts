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
      const make = (secure: boolean): RequestHandler =>
        session({
          name: secure ? '__Host-sid' : 'sid',
          secret: service.siteSecret,
          // Each its own: express-session hangs onto the store how new sessions' cookies are made.
          store: new DatabaseStore(service.db, clock),
          resave: false,
          saveUninitialized: false,
          // It asks X-Forwarded-Proto before it sets a secure cookie; see below.
          proxy: true,
          cookie: { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: sessionMs },
        });
      handlers = { secure: make(true), plain: make(false) };
    }
    const isSecured = isSecure(request, config.publicUrl);
    // Whether the reader's end is secure, publicOrigin has said: also behind a proxy that does not say so itself.
    if (isSecured) request.headers['x-forwarded-proto'] = 'https';
    const begin = isSecured ? handlers.secure : handlers.plain;
    begin(request, response, (error?: unknown) => {
      if (error !== undefined) next(error);
      else known(request, response, next);
    });
  };
}

function isSecure(request: Request, publicUrl: string | undefined): boolean {
  return publicOrigin(request, publicUrl).startsWith('https:');
}
