// Lines of a byte stream, bounded: an endless line costs its bound of memory and no more.
//
// Reading pulls, so a reader that waits makes the sender wait. A line that is too long is named and skipped to its end,
// and the lines after it are read as if nothing had happened.

import { fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { RequestError } from '../problems.ts';

/** A line without its end, or why there is none: longer than the bound, or not UTF-8. */
export type Line =
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'not-utf8' };

export interface LineBounds {
  /** Longest line, in bytes without its line end. */
  readonly maxBytes: number;
  /** How long the sender may pause. */
  readonly pauseSeconds: number;
  /** Ends the reading, with unavailable, when it aborts. */
  readonly draining: AbortSignal;
}

/**
 * The lines of a stream of chunks, ended by LF or CRLF; the last one needs no end.
 * Throws request-invalid with status 408 when the sender pauses for too long, and unavailable when draining.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  { maxBytes, pauseSeconds, draining }: LineBounds,
): AsyncGenerator<Line, void, void> {
  let held: Uint8Array[] = [];
  let length = 0;
  const take = (last: Uint8Array): Line => {
    const line = length + last.length > maxBytes + 1 ? undefined : concat([...held, last]);
    held = [];
    length = 0;
    return line === undefined ? { kind: 'too-long' } : decode(line, maxBytes);
  };
  for await (const chunk of interruptible(source, pauseSeconds, draining)) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    length += rest.length;
    if (length > maxBytes + 1) held = [];
    else if (rest.length > 0) held.push(rest);
  }
  if (length > 0) yield take(new Uint8Array(0));
}

function decode(line: Uint8Array, maxBytes: number): Line {
  const bytes = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  if (bytes.length > maxBytes) return { kind: 'too-long' };
  try {
    return { kind: 'text', text: fromUtf8(bytes), bytes };
  } catch {
    return { kind: 'not-utf8' };
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

async function* interruptible(
  source: AsyncIterable<Uint8Array>,
  seconds: number,
  draining: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextChunk(iterator, seconds, draining);
    if (next.done === true) return;
    yield next.value;
  }
}

/** The next chunk, unless the sender pauses for too long or the service stops first. */
function nextChunk(
  iterator: AsyncIterator<Uint8Array>,
  seconds: number,
  draining: AbortSignal,
): Promise<IteratorResult<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const onDrain = (): void => {
      reject(new TrustError('unavailable', 'The service is shutting down.'));
    };
    const timer = setTimeout(() => {
      reject(new RequestError('request-invalid', `Nothing arrived for ${seconds} s.`, { status: 408 }));
    }, seconds * 1000);
    if (draining.aborted) onDrain();
    draining.addEventListener('abort', onDrain);
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        draining.removeEventListener('abort', onDrain);
      });
  });
}
