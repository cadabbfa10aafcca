// One POST to a witness: bounded in time and size, never redirected. What came back is text from a stranger.

import { excerpt, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';

export interface WitnessResponse {
  readonly status: number;
  /** Without parameters, in lower case; empty when there is none. */
  readonly contentType: string;
  readonly text: string;
}

/** Most bytes of an answer: sixteen ML-DSA cosignatures and some. */
export const maxWitnessAnswer = 64 * 1024;

/**
 * Sends an add-checkpoint request and reads the whole answer (C2SP tlog-witness).
 * @param prefix the witness's submission prefix
 * @param signal ends the exchange, however far it is
 * Throws witnesses-unavailable: no answer, one that is too long or no UTF-8, a redirect.
 */
export async function postAddCheckpoint(
  fetch: typeof globalThis.fetch,
  prefix: URL,
  body: string,
  signal: AbortSignal,
): Promise<WitnessResponse> {
  try {
    const response = await fetch(addCheckpointUrl(prefix), {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', accept: 'text/plain, text/x.tlog.size' },
      body,
      redirect: 'manual',
      signal,
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw unavailable(`it redirects (status ${response.status}), which is not followed`);
    }
    const contentType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    return {
      status: response.status,
      contentType: contentType.trim().toLowerCase(),
      text: fromUtf8(await readBounded(response)),
    };
  } catch (error) {
    throw error instanceof TrustError ? error : unavailable(reasonOf(error, signal), error);
  }
}

/** The address of a witness's add-checkpoint below its submission prefix. */
function addCheckpointUrl(prefix: URL): URL {
  const url = new URL(prefix);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/add-checkpoint`;
  return url;
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxWitnessAnswer) throw unavailable(`its answer is longer than ${maxWitnessAnswer} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it did not answer in time';
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? excerpt(inner.message) : 'the exchange failed';
}

function unavailable(why: string, cause?: unknown): TrustError {
  return new TrustError('witnesses-unavailable', why, cause === undefined ? {} : { cause });
}
