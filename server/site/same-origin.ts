// Forgery of requests across sites is refused by what browsers say themselves: Fetch Metadata, else the Origin header.
//
// On a method that changes something, Sec-Fetch-Site has to be same-origin or none; where a browser does not send it, the
// Origin's host has to be the one that was asked. A request with neither comes from no browser, and has no cookie that a
// browser would have added. (OWASP CSRF prevention, Fetch Metadata with fallback to Origin.)

import type { Request, RequestHandler } from 'express';
import { RequestError } from '../problems.ts';

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Refuses with 403 what another site makes a browser send. Stands before bodies are read. */
export function sameOriginOnly(): RequestHandler {
  return (request, _response, next) => {
    if (safeMethods.includes(request.method) || isOwn(request)) {
      next();
      return;
    }
    next(
      new RequestError('request-invalid', 'This request was made by a page of another site.', {
        status: 403,
        help: 'Open the page here and send the form again.',
      }),
    );
  };
}

function isOwn(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.get('host');
}
