// Reading entries by range, for the entry bundles and document bundles of the log.

import { TrustError } from '../core/errors.ts';
import type { DocumentLine } from '../core/api/ledger.ts';
import { formatBundle } from '../core/log/entry-bundle.ts';
import { tileWidth, type BundleId } from '../core/log/tile.ts';
import type { Queryable } from './database.ts';
import { readLeafBytes } from './entries.ts';

/** The leaf records of a bundle's entries. Throws ledger-corrupt when one is missing. */
export async function readBundleLeaves(db: Queryable, { index, width }: BundleId): Promise<Uint8Array[]> {
  const leaves = await readLeafBytes(db, index * tileWidth, width);
  if (leaves.length < width) throw missing(index * tileWidth + leaves.length);
  return leaves;
}

/** The bytes of an entry bundle. Throws ledger-corrupt when an entry is missing. */
export async function readBundle(db: Queryable, bundle: BundleId): Promise<Uint8Array> {
  return formatBundle(await readBundleLeaves(db, bundle));
}

/** The documents of `count` entries from index `start` on. Throws ledger-corrupt when one is missing. */
export async function readDocuments(db: Queryable, start: number, count: number): Promise<DocumentLine[]> {
  const { rows } = await db.query<DocumentLine>(
    `select
      entries.idx as index,
      encode(entries.document_hash, 'hex') as hash,
      documents.body as document
    from entries
    join documents on documents.hash = entries.document_hash
    where entries.idx >= $1 and entries.idx < $2
    order by entries.idx`,
    [start, start + count],
  );
  for (let offset = 0; offset < count; offset++) {
    if (rows[offset]?.index !== start + offset) throw missing(start + offset);
  }
  return rows;
}

function missing(index: number): TrustError {
  return new TrustError('ledger-corrupt', `The ledger lacks entry ${index} or its document`, {
    help: 'Stop, keep everything, and run: npm run ledger -- fsck',
  });
}
