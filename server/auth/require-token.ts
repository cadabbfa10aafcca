// API tokens: `Authorization: Bearer trl_…`, each for certain purposes. The API takes no session, and pages take no token,
// so that neither can be made to stand in for the other.

import { createHash, randomBytes } from 'node:crypto';
import { Router, type Request, type RequestHandler } from 'express';
import { useToken, type TokenScope } from '../../db/api-tokens.ts';
import type { AppDeps } from '../app-deps.ts';
import { RequestError } from '../problems.ts';

const tokenPattern = /^trl_[A-Za-z0-9_-]{43}$/;

/** A new token of 256 random bits. Its prefix is for those who look for secrets in code. */
export function makeToken(): string {
  return `trl_${randomBytes(32).toString('base64url')}`;
}

/** What the database knows a token by. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

type TokenDeps = Pick<AppDeps, 'state' | 'clock'>;

/** Lets those pass whose token is for this purpose, and sets request.user; refuses with unauthenticated or forbidden. */
export function requireToken({ state, clock }: TokenDeps, scope: TokenScope): RequestHandler {
  return async (request, _response, next) => {
    const token = tokenOf(request);
    const known = token && (await useToken(state.service().db, hashToken(token), clock()));
    if (!known) throw unauthenticated(request.get('authorization') !== undefined);
    if (!known.scopes.includes(scope)) {
      throw new RequestError('forbidden', `This token is not for ${scope}.`, {
        status: 403,
        headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
        help: 'Make a token with that scope on /account/tokens.',
      });
    }
    request.user = known.account;
    next();
  };
}

/**
 * The limit on submissions: for each account where a token says whose they are, else for each address. A token that is not
 * good is refused rather than overlooked.
 */
export function limitSubmissions(deps: Pick<AppDeps, 'state' | 'clock' | 'limits'>): RequestHandler {
  const { read, submit } = deps.limits;
  const withToken = Router().use(read, requireToken(deps, 'submit'), submit);
  return (request, response, next) => {
    if (request.get('authorization') === undefined) void submit(request, response, next);
    else withToken(request, response, next);
  };
}

function tokenOf(request: Request): string | undefined {
  const [scheme = '', token = '', ...more] = (request.get('authorization') ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' && more.length === 0 && tokenPattern.test(token)
    ? token
    : undefined;
}

function unauthenticated(hasSent: boolean): RequestError {
  return new RequestError(
    'unauthenticated',
    hasSent ? 'The token is unknown, revoked or expired.' : 'This route needs a token.',
    {
      status: 401,
      headers: { 'WWW-Authenticate': hasSent ? 'Bearer error="invalid_token"' : 'Bearer' },
      help: 'Send Authorization: Bearer trl_… with a token from /account/tokens.',
    },
  );
}
