// What everything has that makes the log checkable: any page may read it, since a verifier in a browser is as good as another.

import type { RequestHandler } from 'express';

/** Opens answers to pages of other sites, refusals included. There are no cookies and no accounts, so nothing is given away. */
export function publicLog(): RequestHandler {
  return (_request, response, next) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    next();
  };
}
