// A mirror's folder, or a static export, as recovery reads it: checkpoint, tiles, entry bundles and documents.
//
// Only sizes are checked here; what is in the files is checked against the checkpoint's root by whoever reads them. A
// partial tile or bundle may have made way for a wider one, which begins with the same.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentLine } from '../../core/api/ledger.ts';
import { fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { firstLines, parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import { parseBundle } from '../../core/log/entry-bundle.ts';
import { maxLeafBytes } from '../../core/log/leaf.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { maxNoteLength } from '../../core/log/note.ts';
import type { TileSource } from '../../core/log/tile-reader.ts';
import { bundlePath, documentsPath, tilePath, tileWidth } from '../../core/log/tile.ts';
import type { BundleId, TileId } from '../../core/log/tile.ts';
import { codeOf } from '../../db/failures.ts';

export interface MirrorFolder extends TileSource {
  /** The signed checkpoint, as it is. */
  checkpoint(): string;
  /** The leaf records of a bundle's entries. */
  leaves(bundle: BundleId): Uint8Array[];
  documents(bundle: BundleId): DocumentLine[];
}

const limits = {
  checkpoint: 3 * maxNoteLength,
  tile: tileWidth * hashBytes,
  bundle: tileWidth * (maxLeafBytes + 2),
  documents: 300 * 1024 * 1024,
};

/** Opens a folder; every method throws source-unavailable when a file is missing or too large, proof-invalid when it is damaged. */
export function openMirrorFolder(folder: string): MirrorFolder {
  return {
    checkpoint: () => text(read(folder, 'checkpoint', limits.checkpoint)),
    tile: (tile) =>
      new Promise((resolve) => {
        resolve(readWidest(folder, tile, tilePath, limits.tile));
      }),
    leaves(bundle) {
      const bytes = readWidest(folder, bundle, bundlePath, limits.bundle);
      return parseBundle(firstEntries(bytes, bundle.width), bundle.width);
    },
    documents(bundle) {
      const bytes = readWidest(folder, bundle, documentsPath, limits.documents);
      return splitLines(firstLines(bytes, bundle.width)).map((line) => parseDocumentLine(text(line)));
    },
  };
}

/** A file at its own width, else the narrowest wider one. */
function readWidest<Id extends TileId | BundleId>(
  folder: string,
  id: Id,
  pathOf: (id: Id) => string,
  limit: number,
): Uint8Array {
  const full = pathOf({ ...id, width: tileWidth });
  const wider = partialWidths(join(folder, `${full}.p`))
    .filter((width) => width > id.width && width < tileWidth)
    .map((width) => pathOf({ ...id, width }));
  for (const path of [pathOf(id), ...wider, full]) {
    try {
      return read(folder, path, limit);
    } catch (error) {
      if (!(error instanceof TrustError && codeOf(error.cause) === 'ENOENT') || path === full) throw error;
    }
  }
  throw new TrustError('internal', `No form of ${full} was tried`);
}

function partialWidths(folder: string): number[] {
  try {
    const names = readdirSync(folder).filter((name) => /^[1-9]\d{0,2}$/.test(name));
    return names.map(Number).sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function read(folder: string, path: string, limit: number): Uint8Array {
  const file = join(folder, path);
  try {
    if (statSync(file).size <= limit) return readFileSync(file);
  } catch (cause) {
    throw new TrustError('source-unavailable', `The mirror has no readable file ${file}`, {
      help: 'Name the folder that holds `checkpoint`, `tile` and `documents`. Complete it with trust-check mirror, or take another mirror.',
      cause,
    });
  }
  throw new TrustError('source-unavailable', `The mirror's file ${file} is too large`);
}

function text(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new TrustError('proof-invalid', 'A file of the mirror is not UTF-8', { cause });
  }
}

/** The first entries of a bundle that may hold more. */
function firstEntries(bytes: Uint8Array, count: number): Uint8Array {
  let at = 0;
  for (let entry = 0; entry < count && at < bytes.length; entry++) {
    at += 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  return bytes.subarray(0, at);
}
