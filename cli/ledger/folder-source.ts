// A ledger read from a folder in the static layout: an export, a mirror, or what any web server would serve.
//
// Only sizes are checked here; what it hands out is checked by whoever reads it (core/log/tile-reader.ts). A partial tile
// or bundle may be gone once a wider one is there, which begins with the same.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { discoverySchema } from '../../core/api/ledger.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { firstLines, parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import { maxLeafBytes } from '../../core/log/leaf.ts';
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
import { parseAnswer } from '../http/answers.ts';
import { decodeText, readBounded } from '../read-bounded.ts';
import { firstEntries } from './http-source.ts';

const mebibyte = 1024 * 1024;

/** Most bytes that are read of each kind of file. */
export const fileLimits = {
  // A note is bounded in UTF-16 units, each up to three bytes.
  checkpoint: 3 * maxNoteLength,
  discovery: mebibyte,
  tile: tileWidth * hashBytes,
  bundle: tileWidth * (maxLeafBytes + 2),
  documents: 300 * mebibyte,
} as const;

/** The ledger in a folder. Every method throws server-answer or not-found. */
export function makeFolderSource(folder: string): RawLedgerSource {
  const read = (path: string, limit: number): Promise<Uint8Array> => readLedgerFile(folder, path, limit);
  const documentBytes = async (bundle: BundleId): Promise<Uint8Array> => {
    const got = await orWiderFile(folder, bundle, documentsPath, (path) => read(path, fileLimits.documents));
    return firstLines(got, bundle.width);
  };
  return {
    place: folder,
    async discovery() {
      const path = '.well-known/trust-ledger';
      return parseAnswer(discoverySchema, decode(await read(path, fileLimits.discovery), path), path);
    },
    async checkpoint() {
      return decode(await read('checkpoint', fileLimits.checkpoint), 'checkpoint');
    },
    tile: (tile) => orWiderFile(folder, tile, tilePath, (path) => read(path, fileLimits.tile)),
    async bundle(bundle) {
      const got = await orWiderFile(folder, bundle, bundlePath, (path) => read(path, fileLimits.bundle));
      return firstEntries(got, bundle);
    },
    documentBytes,
    async documents(bundle) {
      const path = documentsPath(bundle);
      return splitLines(await documentBytes(bundle)).map((line) => parseDocumentLine(decode(line, path)));
    },
  };
}

/** The bytes of one of the ledger's files; throws not-found when it is not there, server-answer when it can't be read. */
export async function readLedgerFile(folder: string, path: string, limit: number): Promise<Uint8Array> {
  try {
    return await readBounded(join(folder, path), limit, 'server-answer');
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) {
      throw new TrustError('not-found', `The ledger in ${folder} has no file ${path}.`, { cause });
    }
    throw error;
  }
}

async function orWiderFile<Id extends TileId | BundleId>(
  folder: string,
  id: Id,
  pathOf: (id: Id) => string,
  read: (path: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await read(pathOf(id));
  } catch (error) {
    if (id.width === tileWidth || !isTrustError(error, 'not-found')) throw error;
    const full = pathOf({ ...id, width: tileWidth });
    for (const path of [full, await widestPartial(folder, full, id.width)]) {
      if (path === undefined) continue;
      try {
        return await read(path);
      } catch (second) {
        if (!isTrustError(second, 'not-found')) throw second;
      }
    }
    throw error;
  }
}

/** The widest partial form that is there and at least this wide. */
async function widestPartial(folder: string, full: string, width: number): Promise<string | undefined> {
  const names = await readdir(join(folder, `${full}.p`)).catch(() => []);
  const widths = names.filter((name) => /^[1-9]\d{0,2}$/.test(name)).map(Number);
  const widest = Math.max(0, ...widths.filter((one) => one >= width && one < tileWidth));
  return widest === 0 ? undefined : `${full}.p/${widest}`;
}

function decode(bytes: Uint8Array, path: string): string {
  return decodeText(bytes, path, 'server-answer');
}
