// A TLS server on loopback that stands for somebody's domain, proof.example.org, and DNS answers that say so.
//
// Its certificate and key stand beside this file: for this test alone, trusted by nobody.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DomainResolver } from '../../../../server/domain-proof/resolver.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
export const certificate = read('proof.example.org.cert.pem');

export interface LoopbackServer {
  readonly port: number;
  /** Connections that were made to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A server that answers with `listener`. */
export async function startLoopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  const server: Server = createServer(
    { cert: certificate, key: read('proof.example.org.key.pem') },
    listener,
  );
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A resolver with fixed answers. */
export function fixedResolver(answers: {
  readonly v4?: readonly string[];
  readonly v6?: readonly string[];
  readonly txt?: readonly string[][];
}): DomainResolver {
  const absent = (): Promise<never> => Promise.reject(Object.assign(new Error('none'), { code: 'ENODATA' }));
  const { v4, v6, txt } = answers;
  return {
    resolve4: () => (v4 === undefined ? absent() : Promise.resolve([...v4])),
    resolve6: () => (v6 === undefined ? absent() : Promise.resolve([...v6])),
    resolveTxt: () => (txt === undefined ? absent() : Promise.resolve([...txt])),
  };
}
