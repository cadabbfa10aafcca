// Listening, and ceasing to: bounded headers and sockets, and an end that lets requests in progress finish.

import { createServer, type RequestListener, type Server } from 'node:http';
import { TrustError } from '../core/errors.ts';

export interface HttpServer {
  /** Where it is reached, for example http://127.0.0.1:8080. */
  readonly address: string;
  /** Takes no new connections, gives open requests so many seconds, then cuts them off. */
  stop(graceSeconds: number): Promise<void>;
}

/** Listens; throws config-invalid with advice when the address cannot be had. Port 0 takes any free one. */
export async function listen(
  handler: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<HttpServer> {
  // Bodies have their own deadlines, by route: a batch may stream for as long as it keeps coming.
  const server = createServer(
    { headersTimeout: 15_000, requestTimeout: 0, maxHeaderSize: 16 * 1024 },
    handler,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new TrustError('config-invalid', `Cannot listen on ${host} port ${port}: ${reasonOf(cause)}`, {
          help: adviceOf(cause),
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  return {
    address: addressOf(server, host),
    stop: async (graceSeconds) => {
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, graceSeconds * 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program listens there already.';
    case 'EACCES':
      return 'this user may not.';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address.';
    default:
      return error.message;
  }
}

function adviceOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'Set PORT to a free port, or to 0 for any.';
    case 'EACCES':
      return 'Set PORT to 1024 or higher.';
    default:
      return 'Set HOST and PORT.';
  }
}
