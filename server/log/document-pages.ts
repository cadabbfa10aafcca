// A document bundle out of the database, as it is served and written to files.
//
// Documents may be large, so a bundle is made in pages: a few entries at a time are in memory.

import type { DocumentLine } from '../../core/api/ledger.ts';
import { utf8 } from '../../core/bytes.ts';
import { formatDocumentLine } from '../../core/log/document-lines.ts';
import { tileWidth, type BundleId } from '../../core/log/tile.ts';
import { readDocuments } from '../../db/bundles.ts';
import type { Queryable } from '../../db/database.ts';

/** Entries that are read at a time: with documents of the largest size, some megabytes. */
const pageSize = 32;

/** The lines of a bundle's entries, in order, page by page. Throws ledger-corrupt when an entry or a document is missing. */
export async function* readDocumentPages(
  db: Queryable,
  { index, width }: BundleId,
): AsyncGenerator<DocumentLine[]> {
  const first = index * tileWidth;
  for (let at = 0; at < width; at += pageSize) {
    yield await readDocuments(db, first + at, Math.min(pageSize, width - at));
  }
}

/** The bytes of a page. */
export function formatPage(lines: readonly DocumentLine[]): Uint8Array {
  return utf8(lines.map(formatDocumentLine).join(''));
}
