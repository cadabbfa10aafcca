// The witness by HTTP: add-checkpoint, the newest checkpoints for monitors, and who it is in plain words.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { reasonOf } from './durable-file.ts';
import type { Answered, Reply, Witness } from './witness.ts';

/** Most bytes of a request: a checkpoint with several ML-DSA signatures, and a proof. */
export const maxRequestBytes = 128 * 1024;
const graceMs = 5000;

/** One request that was answered. */
export interface RequestRecord extends Omit<Answered, 'reply'> {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** Why it was refused: the first line of what was answered. */
  readonly reason: string | undefined;
}

export interface WitnessServerOptions {
  readonly witness: Witness;
  readonly host: string;
  readonly port: number;
  /** The text of the start page. */
  readonly about: () => string;
  readonly record: (request: RequestRecord) => void;
}

export interface WitnessServer {
  /** Where it is reached, without a slash at the end. */
  readonly address: string;
  /** Takes no new connections, answers what is under way, and ends. */
  stop(): Promise<void>;
}

/** Listens; throws config-invalid when the address can't be had. Port 0 takes any free one. */
export async function listenAsWitness(options: WitnessServerOptions): Promise<WitnessServer> {
  const { host, port } = options;
  const limits = { headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1024 };
  const server = createServer({ ...limits, connectionsCheckingInterval: 2000 }, (request, response) => {
    void handle(options, request, response);
  });
  server.maxConnections = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const help = 'Name another address with --listen HOST:PORT.';
      const where = `${escapeTerminal(host)} port ${port}`;
      reject(
        new TrustError('config-invalid', `Can't listen on ${where}: ${reasonOf(cause)}`, { help, cause }),
      );
    });
    server.listen(port, host, resolve);
  });
  return {
    address: addressOf(server, host),
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      await options.witness.idle();
    },
  };
}

async function handle(
  options: WitnessServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const method = request.method ?? '';
  const path = (request.url ?? '').split('?')[0] ?? '';
  const answered = await answer(options, request, method, path);
  const { reply } = answered;
  // A body that was not read to its end can't be followed by another request.
  const isLeftOver = !request.complete;
  const body = Buffer.from(reply.body, 'utf8');
  if (!response.destroyed) {
    response.writeHead(reply.status, {
      'content-type': reply.contentType,
      'content-length': body.length,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      ...(method !== 'POST' && { 'access-control-allow-origin': '*' }),
      ...(reply.status === 405 && { allow: path === '/add-checkpoint' ? 'POST' : 'GET, HEAD' }),
      ...(isLeftOver && { connection: 'close' }),
    });
    response.end(method === 'HEAD' ? undefined : body);
  }
  options.record({
    ...{ method, path, status: reply.status, ms: Math.round((performance.now() - started) * 10) / 10 },
    reason: reply.status === 200 ? undefined : (reply.body.split('\n')[0] ?? ''),
    ...(answered.asked !== undefined && { asked: answered.asked }),
    ...('failure' in answered && { failure: answered.failure }),
  });
}

async function answer(
  { witness, about }: WitnessServerOptions,
  request: IncomingMessage,
  method: string,
  path: string,
): Promise<Answered> {
  if (path === '/add-checkpoint') {
    if (method !== 'POST') return { reply: say(405, 'Send a checkpoint with POST.') };
    const body = await readBody(request);
    return 'status' in body ? { reply: body } : witness.addCheckpoint(body.text);
  }
  if (method !== 'GET' && method !== 'HEAD') return { reply: say(405, 'Only GET is answered here.') };
  if (path === '/') return { reply: { ...say(200, ''), body: about() } };
  const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1];
  const stored = hash === undefined ? undefined : witness.checkpoint(hash);
  if (stored !== undefined) return { reply: { ...say(200, ''), body: stored.note } };
  return {
    reply: say(404, hash === undefined ? 'There is nothing here.' : 'No checkpoint of this log was signed.'),
  };
}

async function readBody(request: IncomingMessage): Promise<{ readonly text: string } | Reply> {
  const tooLarge = say(413, `A request has at most ${maxRequestBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxRequestBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Not destroyed on return: the reply still has to go out.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      length += chunk.length;
      if (length > maxRequestBytes) return tooLarge;
      chunks.push(chunk);
    }
    return { text: fromUtf8(new Uint8Array(Buffer.concat(chunks))) };
  } catch (error) {
    return error instanceof TypeError
      ? say(400, 'The request is not UTF-8.')
      : say(400, 'The request broke off.');
  }
}

function say(status: number, why: string): Reply {
  return { status, body: `${why}\n`, contentType: 'text/plain; charset=utf-8' };
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
