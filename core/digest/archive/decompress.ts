// Taking one compression off a stream: gzip (RFC 1952), xz, or raw deflate (RFC 1951, inside zips), with the output
// bounded while it is made.
//
// Refused: more output than the limits allow, in total or for the input read so far; a damaged or cut stream; and for
// gzip a second member or anything else after the first, because some readers stop at the first member (cargo) and others
// go on (npm), so that one file could show two contents.

import xz from 'xz-decompress';
import { isTrustError } from '../../errors.ts';
import type { ByteStream } from './byte-reader.ts';
import { crc32 } from './crc32.ts';
import { tooLarge, unreadable, unsafe, type ArchiveLimits } from './limits.ts';

export type Compression = 'gzip' | 'xz' | 'none';

const magics: readonly (readonly [Exclude<Compression, 'none'>, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** How a file that begins with these bytes (six are enough) is compressed. */
export function compressionOf(head: Uint8Array): Compression {
  const found = magics.find(([, magic]) => magic.every((byte, position) => head[position] === byte));
  return found?.[0] ?? 'none';
}

type Bounds = Pick<ArchiveLimits, 'totalBytes' | 'ratio' | 'ratioFloor'>;

/** The decompressed bytes of a stream; throws archive-too-large, archive-unreadable, archive-unsafe. */
export async function* decompress(
  stream: ByteStream,
  compression: Compression,
  limits: Bounds,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new Counted(stream);
  if (compression === 'none') {
    yield* bounded(source, source, limits);
  } else if (compression === 'xz') {
    yield* bounded(read(new xz.XzReadableStream(toReadable(source)), 'xz'), source, limits);
  } else {
    yield* gunzip(source, limits);
  }
}

/** Raw deflate, as zips hold it. Bytes behind its end are not noticed: the caller knows the length and the CRC. */
export async function* inflateRaw(
  stream: ByteStream,
  limits: Bounds,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new Counted(stream);
  yield* bounded(transform(source, 'deflate-raw'), source, limits);
}

/**
 * A gzip file of one member. Platforms differ in what they do with a second one, so its absence is shown from outside:
 * the file's last eight bytes must be the CRC and the length of all output.
 */
async function* gunzip(source: Counted, limits: Bounds): AsyncGenerator<Uint8Array, void, undefined> {
  let crc = 0;
  let length = 0;
  for await (const chunk of bounded(transform(source, 'gzip'), source, limits)) {
    crc = crc32(chunk, crc);
    length += chunk.length;
    yield chunk;
  }
  const trailer = new DataView(source.tail.buffer, source.tail.byteOffset);
  if (trailer.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== length % 2 ** 32) {
    throw unsafe('a gzip file of several members, or with bytes behind its end');
  }
}

/** Passes chunks on as long as the output so far is allowed for the input so far. */
async function* bounded(
  output: AsyncIterable<Uint8Array>,
  source: Counted,
  limits: Bounds,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of output) {
    length += chunk.length;
    if (length > limits.totalBytes) throw tooLarge('bytes when decompressed', limits.totalBytes);
    if (length > limits.ratioFloor && length > source.length * limits.ratio) {
      throw tooLarge('decompressed bytes for each compressed one', limits.ratio);
    }
    yield chunk;
  }
}

/** A stream that knows how much of it was read, and its last eight bytes. */
class Counted implements AsyncIterable<Uint8Array> {
  readonly #stream: ByteStream;
  length = 0;
  tail: Uint8Array = new Uint8Array(8);

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#stream) {
      this.length += chunk.length;
      const last = chunk.subarray(-8);
      const tail = new Uint8Array(8);
      tail.set(this.tail.subarray(last.length));
      tail.set(last, 8 - last.length);
      this.tail = tail;
      yield chunk;
    }
  }
}

function transform(
  source: Counted,
  format: 'gzip' | 'deflate-raw',
): AsyncGenerator<Uint8Array, void, undefined> {
  return read(toReadable(source).pipeThrough(new DecompressionStream(format)), format);
}

/** A web stream's chunks; cancelled when the reader stops early. Errors of the platform's decoders become ours. */
async function* read(
  stream: ReadableStream<Uint8Array>,
  format: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw isTrustError(cause) ? cause : unreadable(`damaged or cut ${format}`, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // A reader that has failed or ended has nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

/** A stream of ours as the platform's, pulled on demand. */
function toReadable(source: Counted): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(onHeap(next.value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

/** Platform streams take no views of shared memory. */
function onHeap(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return chunk.buffer instanceof ArrayBuffer ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}
