// Why there was no answer, in words.

import { excerpt } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another name',
};

/** A `network` error for what `fetch` or a body's reader threw. */
export function describeNetworkError(error: unknown, server: URL, timeoutMs: number): TrustError {
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  const code = codeOf(error);
  const why = timedOut
    ? `it was silent for ${timeoutMs / 1000} s`
    : ((code === undefined ? undefined : words[code]) ?? code ?? innermostWords(error));
  return new TrustError('network', `No answer from ${server.origin}: ${why}.`, {
    help: timedOut
      ? 'Give it longer with --timeout SECONDS, or try again.'
      : 'Check the address (--server, TRUST_CHECK_SERVER or trust-check.yaml) and the network.',
    cause: error,
  });
}

/** The system's code of an error, or of the innermost cause that has one. fetch wraps what went wrong. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return codeOf(error.cause, depth + 1) ?? own;
}

function innermostWords(error: unknown): string {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error && at.cause !== undefined; depth++) at = at.cause;
  return at instanceof Error && at.message !== '' ? excerpt(at.message) : 'the exchange failed';
}
