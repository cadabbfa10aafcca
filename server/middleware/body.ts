// Request bodies: read whole, bounded in type, size, time and depth before anything parses them.

import express, { type Request, type RequestHandler } from 'express';
import { fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { RequestError } from '../problems.ts';

/** Deepest nesting of a JSON body. Nothing in the API needs more than a dozen. */
const maxJsonDepth = 64;

export interface BodyBounds {
  /** Media types that the route takes. */
  readonly types: readonly string[];
  readonly maxBytes: number;
  /** How long the whole body may take to arrive. */
  readonly seconds: number;
  /** Whether a compressed body is unpacked; the bound holds for what comes out. */
  readonly inflate?: boolean;
}

/** A middleware that leaves the body as bytes in `request.body`; refuses with 408, 413 or 415. */
export function readBody({ types, maxBytes, seconds, inflate = false }: BodyBounds): RequestHandler {
  const parse = express.raw({ type: () => true, limit: maxBytes, inflate });
  return express.Router().use(requireType(types), bodyDeadline(seconds), parse);
}

/** Refuses with 415 a body of another media type than these. */
export function requireType(types: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (typeof request.is([...types]) === 'string') {
      next();
      return;
    }
    const given = request.get('content-type');
    next(
      new RequestError(
        'request-invalid',
        given === undefined
          ? 'The request names no Content-Type or has no body.'
          : `This route does not take ${given}.`,
        {
          status: 415,
          headers: { Accept: types.join(', ') },
          help: `Send Content-Type: ${types.join(' or ')}.`,
        },
      ),
    );
  };
}

/** Closes the request with 408 when its body has not arrived in time. */
function bodyDeadline(seconds: number): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => {
      response.set('Connection', 'close');
      next(
        new RequestError('request-invalid', `The request body did not arrive within ${seconds} s.`, {
          status: 408,
        }),
      );
      response.once('finish', () => request.destroy());
    }, seconds * 1000);
    const stop = (): void => {
      clearTimeout(timer);
    };
    request.once('end', stop).once('close', stop);
    next();
  };
}

/** The bytes that `readBody` left; none when the request had no body. */
export function bodyBytes(request: Request): Uint8Array {
  const body: unknown = request.body;
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

/** The body as text; throws text-forbidden-character when it is not UTF-8. */
export function bodyText(request: Request): string {
  return decode(bodyBytes(request), 'text-forbidden-character');
}

/** The body as JSON of unknown shape; throws request-invalid on bad JSON, bad UTF-8 or absurd nesting. */
export function bodyJson(request: Request): unknown {
  const bytes = bodyBytes(request);
  refuseDeepJson(bytes);
  return parseJson(decode(bytes, 'request-invalid'));
}

/** JSON of unknown shape; throws request-invalid. Nesting is the caller's to bound. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TrustError('request-invalid', 'Not valid JSON.', { cause });
  }
}

/** Throws request-invalid when brackets outside strings nest deeper than the bound. Reads bytes, so it is cheap. */
export function refuseDeepJson(bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxJsonDepth) {
        throw new TrustError('request-invalid', `The JSON nests deeper than ${maxJsonDepth} levels.`);
      }
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
}

function decode(bytes: Uint8Array, code: 'text-forbidden-character' | 'request-invalid'): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new TrustError(code, 'The text is not valid UTF-8.', { cause });
  }
}
