// A ledger read by HTTP in the layout of C2SP tlog-tiles, from our service or from any web server that holds its files.
//
// Only sizes are checked here; what it hands out is checked by whoever reads it (core/log/tile-reader.ts).

import { discoverySchema, documentLineSchema, type DocumentLine } from '../../core/api/ledger.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { maxLeafBytes } from '../../core/log/leaf.ts';
import { firstLines } from '../../core/log/document-lines.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { maxNoteLength } from '../../core/log/note.ts';
import {
  bundlePath,
  documentsPath,
  tilePath,
  tileWidth,
  type BundleId,
  type TileId,
} from '../../core/log/tile.ts';
import { parseAnswer, textLines } from '../http/answers.ts';
import { exchange, textOf, type Transport } from '../http/transport.ts';
import { limiter } from './limit.ts';

/** Most exchanges at once with one server. */
const mostAtOnce = 16;
const mebibyte = 1024 * 1024;
const limits = {
  checkpoint: maxNoteLength,
  discovery: mebibyte,
  tile: tileWidth * hashBytes,
  bundle: tileWidth * (maxLeafBytes + 2),
  documents: 300 * mebibyte,
};

/** The ledger of a server. Every method throws network, server-answer or not-found. */
export function makeHttpSource(transport: Transport): RawLedgerSource {
  const oneOfFew = limiter(mostAtOnce);
  const get = (path: string, accept: string, limit: number): AsyncGenerator<Uint8Array> =>
    exchange(transport, { method: 'GET', path, accept, limit, isFile: true });
  const bytes = (path: string, limit: number): Promise<Uint8Array> =>
    oneOfFew(() => bytesOf(get(path, 'application/octet-stream', limit)));

  return {
    place: transport.server.href,
    discovery: () =>
      oneOfFew(async () => {
        const path = '.well-known/trust-ledger';
        const text = await textOf(get(path, 'application/json', limits.discovery));
        return parseAnswer(discoverySchema, text, path);
      }),
    checkpoint: () => oneOfFew(() => textOf(get('checkpoint', 'text/plain', limits.checkpoint))),
    tile: (tile) => orWider(tile, (one) => bytes(tilePath(one), limits.tile)),
    async bundle(bundle) {
      const got = await orWider(bundle, (one) => bytes(bundlePath(one), limits.bundle));
      return firstEntries(got, bundle);
    },
    async documents(bundle) {
      const lines = await orWider(bundle, (one) =>
        oneOfFew(async () => {
          const path = documentsPath(one);
          const chunks = get(path, 'application/x-ndjson', limits.documents);
          return readDocumentLines(textLines(chunks), path);
        }),
      );
      return lines.slice(0, bundle.width);
    },
    async documentBytes(bundle) {
      const got = await orWider(bundle, (one) => bytes(documentsPath(one), limits.documents));
      return firstLines(got, bundle.width);
    },
  };
}

/** The lines of a documents bundle, at most 256; throws server-answer. `path` is for messages. */
export async function readDocumentLines(lines: AsyncIterable<string>, path: string): Promise<DocumentLine[]> {
  const read: DocumentLine[] = [];
  for await (const line of lines) {
    if (read.length === tileWidth) {
      throw new TrustError('server-answer', `/${path} has more than ${tileWidth} lines.`);
    }
    read.push(parseAnswer(documentLineSchema, line, path));
  }
  return read;
}

/** A partial tile or bundle may be gone once the full one is there (tlog-tiles), which begins with the same. */
export async function orWider<Id extends TileId | BundleId, Result>(
  id: Id,
  read: (id: Id) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(id);
  } catch (error) {
    if (id.width === tileWidth || !isTrustError(error, 'not-found')) throw error;
    try {
      return await read({ ...id, width: tileWidth });
    } catch (second) {
      throw isTrustError(second, 'not-found') ? error : second;
    }
  }
}

/** The first entries of a bundle that may hold more; what is cut off or damaged is left for parseBundle to refuse. */
export function firstEntries(bytes: Uint8Array, { width }: BundleId): Uint8Array {
  let at = 0;
  for (let entry = 0; entry < width && at < bytes.length; entry++) {
    at += 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  return bytes.subarray(0, at);
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
