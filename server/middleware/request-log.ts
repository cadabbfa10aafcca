// One log line a request, with its id; the same id goes into the answer and into every problem document.
//
// What readers look for is their business: neither addresses nor query strings are logged at info. Health probes are
// logged at debug only.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../logger.ts';

const probes = new Set(['/livez', '/readyz']);

/** Gives every request its id (`req.id`, header X-Request-Id) and logs it once, when it is answered. */
export function requestLog(log: Logger): RequestHandler {
  const detailed = log.isLevelEnabled('debug');
  return pinoHttp({
    logger: log,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (request, response) => {
      if (probes.has(pathOf(request.url))) return 'debug';
      // The error middleware logs what failed; 503 is a state, not a failure.
      return response.statusCode >= 500 && response.statusCode !== 503 ? 'error' : 'info';
    },
    // The error middleware has logged the cause already; here it would be a bare restatement of the status.
    customErrorObject: (_request, _response, _error, value: object) => ({ ...value, err: undefined }),
    customSuccessMessage: summary,
    customErrorMessage: summary,
    quietReqLogger: true,
    serializers: {
      req: (request: { method: string; url: string; remoteAddress: string }) => ({
        method: request.method,
        path: pathOf(request.url),
        ...(detailed && { url: request.url, remoteAddress: request.remoteAddress }),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}

function summary(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method ?? '?'} ${pathOf(request.url)} ${response.statusCode}`;
}

function pathOf(url: string | undefined): string {
  return (url ?? '').split('?', 1)[0] ?? '';
}
