// One HTTP exchange with the ledger: bounded in time and size, and never carried to another origin.
//
// The server is not trusted: an answer may be endless, slow, compressed to a bomb, a redirect to elsewhere, or no answer
// of this API at all. Each of these ends in a TrustError: `network` when there was no answer, `server-answer` when there
// was a wrong one, and the server's own code when it is a problem document (RFC 9457).

import { problemSchema } from '../../core/api/problem.ts';
import { excerpt } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { version } from '../version.ts';
import { describeNetworkError } from './network-error.ts';

export interface Transport {
  readonly server: URL;
  readonly fetch: typeof globalThis.fetch;
  /** How long the server may be silent, in milliseconds. An exchange as a whole may take ten times that. */
  readonly timeoutMs: number;
  /** Stops everything, for Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly debug?: (line: string) => void;
}

export interface Exchange {
  readonly method: 'GET' | 'POST';
  /** Below the server's address, without a leading slash: `api/v1/checks`. */
  readonly path: string;
  readonly body?: { readonly type: string; readonly content: string | Uint8Array };
  readonly accept: string;
  /** One of the ledger's files, which any web server may hand out: only gzip, and every 404 is not-found. */
  readonly isFile?: true;
  /** Most bytes of an answer, after decompression. */
  readonly limit: number;
}

const maxRedirects = 3;
const problemLimit = 64 * 1024;

/** The chunks of a successful answer, as they come. Throws network, server-answer, or the code of a problem. */
export async function* exchange(transport: Transport, request: Exchange): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const started = performance.now();
  const giveUp = (): void => {
    stop.abort(new DOMException('The server took too long.', 'TimeoutError'));
  };
  let silence = setTimeout(giveUp, transport.timeoutMs);
  const whole = setTimeout(giveUp, transport.timeoutMs * 10);
  const onAbort = (): void => {
    stop.abort(transport.signal?.reason);
  };
  if (transport.signal?.aborted === true) onAbort();
  transport.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const response = await send(transport, request, stop.signal);
    transport.debug?.(
      `${request.method} /${request.path}: ${response.status} after ${Math.round(performance.now() - started)} ms`,
    );
    const limit = response.ok ? request.limit : problemLimit;
    const chunks = read(response, limit, request, () => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, transport.timeoutMs);
    });
    if (!response.ok) throw await problemOf(response, chunks, request, transport.server);
    yield* chunks;
  } catch (error) {
    transport.signal?.throwIfAborted();
    throw error instanceof TrustError
      ? error
      : describeNetworkError(error, transport.server, transport.timeoutMs);
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
    transport.signal?.removeEventListener('abort', onAbort);
    // Ends an answer that nobody reads to its end.
    stop.abort();
  }
}

async function send(transport: Transport, request: Exchange, signal: AbortSignal): Promise<Response> {
  let url = new URL(request.path, transport.server);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await transport.fetch(url, {
      method: request.method,
      redirect: 'manual',
      signal,
      headers: {
        accept: `${request.accept}, application/problem+json`,
        'user-agent': `trust-check/${version}`,
        ...(request.isFile === true && { 'accept-encoding': 'gzip, identity' }),
        ...(request.body !== undefined && { 'content-type': request.body.type }),
      },
      ...(request.body !== undefined && { body: bodyOf(request.body.content) }),
    });
    if (response.status < 300 || response.status > 399) return response;
    await response.body?.cancel();
    url = redirectTarget(response, url, request);
  }
  throw new TrustError('server-answer', `/${request.path} redirects more than ${maxRedirects} times.`);
}

function bodyOf(content: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof content === 'string' ? content : new Uint8Array(content);
}

function redirectTarget(response: Response, from: URL, request: Exchange): URL {
  const location = response.headers.get('location');
  const keepsMethod = request.method === 'GET' || response.status === 307 || response.status === 308;
  if (location === null || !keepsMethod || !URL.canParse(location, from)) {
    throw new TrustError(
      'server-answer',
      `/${request.path} answers ${response.status} without a usable address.`,
    );
  }
  const target = new URL(location, from);
  if (target.origin !== from.origin) {
    throw new TrustError(
      'server-answer',
      `The server redirects to another origin: ${excerpt(target.origin)}`,
      {
        help: 'If the ledger has moved, give its new address with --server.',
      },
    );
  }
  return target;
}

async function* read(
  response: Response,
  limit: number,
  request: Exchange,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  let size = 0;
  for await (const chunk of response.body) {
    onChunk();
    size += chunk.byteLength;
    if (size > limit) {
      throw new TrustError('server-answer', `The answer to /${request.path} is longer than ${limit} bytes.`);
    }
    yield chunk;
  }
}

async function problemOf(
  response: Response,
  chunks: AsyncGenerator<Uint8Array>,
  request: Exchange,
  server: URL,
): Promise<TrustError> {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim();
  if (type === 'application/problem+json') {
    try {
      const problem = problemSchema.parse(JSON.parse(await textOf(chunks)));
      const trace = problem.requestId === undefined ? '' : ` (request ${excerpt(problem.requestId)})`;
      return new TrustError(
        problem.code,
        `${excerpt(problem.detail, 1000)}${problem.status >= 500 ? trace : ''}`,
        {
          ...(problem.help !== undefined && { help: excerpt(problem.help, 1000) }),
        },
      );
    } catch {
      // A problem that is none: told as a wrong answer below.
    }
  }
  if (request.isFile === true && response.status === 404) {
    return new TrustError('not-found', `${server.origin} has no /${request.path}.`);
  }
  return new TrustError(
    'server-answer',
    `${server.origin} answers /${request.path} with status ${response.status}.`,
    {
      help:
        response.status === 404 || response.status === 405
          ? 'Is this the address of a trust-ledger? Its start page says so.'
          : 'Try again later, or ask whoever runs the server.',
    },
  );
}

/** The text of all chunks; throws server-answer when it is not UTF-8. */
export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new TrustError('server-answer', 'The answer is not UTF-8.', { cause });
    throw cause;
  }
}
