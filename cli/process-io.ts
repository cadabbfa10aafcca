// The real world behind `Io`: this process's streams, environment, clock and network.

import { homedir } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { TrustError } from '../core/errors.ts';
import { askSecret } from './ask-secret.ts';
import type { InputStream, Io, OutputStream } from './io.ts';

/** The `Io` of this process. */
export function processIo(): Io {
  return {
    stdout: output(process.stdout, process.stdout),
    stderr: output(process.stderr, process.stderr),
    stdin: input(),
    env: process.env,
    cwd: process.cwd(),
    homedir: homedir(),
    clock: () => new Date(),
    fetch: (request, init) => globalThis.fetch(request, init),
    onInterrupt(handler) {
      // `once`: the second Ctrl-C finds no listener and ends the process. Services are stopped with SIGTERM.
      process.once('SIGINT', handler).once('SIGTERM', handler);
      return () => process.off('SIGINT', handler).off('SIGTERM', handler);
    },
  };
}

function output(
  stream: Writable,
  terminal: { readonly isTTY?: boolean; readonly columns?: number },
): OutputStream {
  let closed = false;
  // `trust-check | head` closes the pipe early: stop writing, keep the exit status.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    get isTTY() {
      return terminal.isTTY === true;
    },
    get columns() {
      return terminal.columns ?? 80;
    },
    write(text) {
      if (!closed) stream.write(text);
    },
  };
}

function input(): InputStream {
  return {
    // process.stdin opens the descriptor when it is first named, so it is named as late as possible.
    get isTTY() {
      return process.stdin.isTTY;
    },
    read: (limit) => readAll(process.stdin, limit),
    askSecret: (question) => askSecret(process.stdin, process.stderr, question),
  };
}

async function readAll(stream: Readable, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > limit) {
      throw new TrustError('usage', `Standard input is longer than ${limit} bytes.`);
    }
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
