// GET of one small text over https, from addresses that were checked before: never from others.
//
// The connection goes to these very addresses (the lookup is ours and asks nobody), so an answer of the DNS that changes in
// between changes nothing. The certificate has to be valid for the domain. Redirects are not followed, nothing is sent but
// the request, and what comes is bounded in time and size before it is looked at.

import { request as httpsRequest, Agent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { fromUtf8 } from '../../core/bytes.ts';
import { ProofFailure } from './failure.ts';

export interface FetchOptions {
  readonly addresses: readonly string[];
  readonly isAllowed: (address: string) => boolean;
  /** 443; tests listen elsewhere. */
  readonly port: number;
  /** Certificates to trust in place of the system's, for tests. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The text at `https://<domain><path>`; throws ProofFailure with what was wrong. */
export function fetchText(domain: string, path: string, options: FetchOptions): Promise<string> {
  const { addresses, isAllowed, port, ca, timeoutMs, maxBytes } = options;
  const agent = new Agent({ keepAlive: false, maxSockets: 1 });
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise<string>((resolve, reject) => {
    const fail = (sentence: string, cause?: unknown): void => {
      reject(new ProofFailure(sentence, cause));
      asking.destroy();
    };
    const asking = httpsRequest({
      ...{ agent, signal, port, path, method: 'GET', host: domain, servername: domain },
      lookup: pinned(addresses),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      maxHeaderSize: 16 * 1024,
      headers: {
        Host: domain,
        Accept: 'text/plain',
        'Accept-Encoding': 'identity',
        'User-Agent': 'trust-ledger-domain-proof',
      },
      ...(ca !== undefined && { ca }),
    });
    asking.on('socket', (socket) => {
      socket.on('connect', () => {
        // Cannot differ from what was pinned; if it ever does, nothing is sent.
        if (socket.remoteAddress === undefined || !isAllowed(socket.remoteAddress)) {
          fail('The connection went to an address that is not allowed.');
        }
      });
    });
    asking.on('response', (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400) {
        fail('The server redirects. The file has to be at this very address; redirects are not followed.');
        return;
      }
      if (statusCode !== 200) {
        fail(`The server answers ${statusCode} instead of 200.`);
        return;
      }
      const encoding = headers['content-encoding'] ?? 'identity';
      if (!/^text\/plain(?:;|$)/i.test(headers['content-type'] ?? '') || encoding !== 'identity') {
        fail('The answer is not text/plain, uncompressed.');
        return;
      }
      if (Number(headers['content-length'] ?? 0) > maxBytes) {
        fail(`The answer is larger than ${maxBytes / 1024} KiB.`);
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) fail(`The answer is larger than ${maxBytes / 1024} KiB.`);
        else chunks.push(chunk);
      });
      response.on('end', () => {
        try {
          resolve(fromUtf8(Buffer.concat(chunks)));
        } catch (cause) {
          fail('The answer is not UTF-8.', cause);
        }
      });
      response.on('error', (cause) => {
        fail(sentenceOf(cause, signal, timeoutMs), cause);
      });
    });
    asking.on('error', (cause) => {
      fail(sentenceOf(cause, signal, timeoutMs), cause);
    });
    asking.end();
  }).finally(() => {
    agent.destroy();
  });
}

/** A lookup that knows only these addresses. */
function pinned(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, done) => {
    const [first] = known;
    if (options.all === true) done(null, known);
    else if (first === undefined) done(new Error('No address.'), '', 4);
    else done(null, first.address, first.family);
  };
}

function sentenceOf(cause: Error, signal: AbortSignal, timeoutMs: number): string {
  if (signal.aborted) return `The server took longer than ${Math.ceil(timeoutMs / 1000)} seconds.`;
  const code = 'code' in cause ? String(cause.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS/.test(code)) {
    return 'The server’s certificate is not valid for this domain.';
  }
  return 'The server could not be reached over https.';
}
