// Rate limits per client address, or per account for submissions of those who say who they are: tight where an answer costs signatures or a closure, loose on reads.
//
// Counted in memory, so each process has its own. Over several processes the limits add up.

import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { TrustError } from '../../core/errors.ts';
import type { HttpConfig } from '../config.ts';

const windowMs = 60_000;

export interface RateLimits {
  readonly submit: RequestHandler;
  readonly check: RequestHandler;
  readonly read: RequestHandler;
  /** The log's own files, of which a mirror reads many. */
  readonly tiles: RequestHandler;
  /** Signing in, joining, and guessing at either. */
  readonly login: RequestHandler;
}

/** A limiter for each kind of request; a limit of 0 lets everything pass. Refuses with rate-limited and Retry-After. */
export function createRateLimits(limits: HttpConfig['rateLimits']): RateLimits {
  return {
    submit: limiter('submit', limits.submit),
    check: limiter('check', limits.check),
    read: limiter('read', limits.read),
    tiles: limiter('tiles', limits.tiles),
    login: limiter('login', limits.login),
  };
}

function limiter(name: string, limit: number): RequestHandler {
  if (limit === 0) {
    return (_request, _response, next) => {
      next();
    };
  }
  return rateLimit({
    windowMs,
    limit,
    identifier: name,
    keyGenerator: ({ user, ip }) =>
      name === 'submit' && user !== undefined ? `account ${user.id}` : ipKeyGenerator(ip ?? ''),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      const seconds = String(response.getHeader('Retry-After') ?? windowMs / 1000);
      next(
        new TrustError('rate-limited', `More than ${limit} ${name} requests in a minute.`, {
          help: `Try again in ${seconds} s.${name === 'submit' ? ' Many statements fit into one request to /api/v1/batches.' : ''}`,
        }),
      );
    },
  });
}
