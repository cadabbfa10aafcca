// The last middlewares: what no route answered, and what a route threw.
//
// One error middleware for everything: a problem document for programs, a page for people, a log line with the cause for
// what is our own failure.

import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { TrustError } from '../../core/errors.ts';
import type { Logger } from '../logger.ts';
import { allowedMethods } from '../openapi/match-route.ts';
import { asTrustError, problemOf, RequestError } from '../problems.ts';
import { problemSchema } from '../../core/api/problem.ts';
import { definePage, renderPage } from '../site/page.ts';

const errorPage = definePage('error', problemSchema);

/** Refuses what no route took: 405 with Allow where the path is known under another method, else 404. */
export function notFound(): RequestHandler {
  return (request, _response, next) => {
    const allowed = allowedMethods(request.path);
    if (allowed.length > 0) {
      next(
        new RequestError('request-invalid', `${request.path} does not take ${request.method}.`, {
          status: 405,
          headers: { Allow: allowed.join(', ') },
          help: `Use ${allowed.join(' or ')}.`,
        }),
      );
      return;
    }
    next(
      new TrustError('not-found', 'There is nothing at this address.', {
        help: 'The start page lists what is here; /api/openapi.json describes the API.',
      }),
    );
  };
}

/** Answers with the problem that an error is, as application/problem+json or as a page. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  // Express knows an error middleware by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (thrown: unknown, request, response, _next) => {
    const error = asTrustError(thrown);
    const problem = problemOf(error, requestIdOf(request));
    if (problem.status >= 500 && error.code !== 'unavailable') {
      log.error({ err: error.cause ?? error, code: error.code, requestId: problem.requestId }, error.message);
    }
    if (response.headersSent) {
      // Too late to say no: the connection's end is what tells the client that the answer is not whole.
      response.destroy();
      return;
    }
    response.status(problem.status);
    if (error instanceof RequestError) response.set(error.headers);
    if (problem.status === 503) response.set('Retry-After', '5');
    response.set('Cache-Control', 'no-store');
    if (!request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html') {
      renderPage(request, response, errorPage, problem);
      return;
    }
    response.type('application/problem+json').send(JSON.stringify(problem));
  };
}

function requestIdOf(request: Request): string | undefined {
  return typeof request.id === 'string' ? request.id : undefined;
}
