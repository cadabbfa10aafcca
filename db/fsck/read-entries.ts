// One page of entries with their documents and their tile of leaf hashes, read so that nothing in it can't be read: a
// number or a time that was damaged comes as text.

import { tileWidth } from '../../core/log/tile.ts';
import type { Queryable } from '../database.ts';

export interface EntryRow {
  readonly index: number;
  readonly kind: string;
  readonly author: string;
  /** Hex. */
  readonly id: string;
  /** Hex. */
  readonly documentHash: string;
  /** Seconds since 1970, as PostgreSQL writes them. */
  readonly seconds: string;
  readonly leaf: Uint8Array;
  readonly leafHash: Uint8Array;
  /** Null when there is no such document. */
  readonly document: string | null;
}

/** The entries of page `page` (256 each, as in a tile), below `size`. */
export async function readEntryPage(transaction: Queryable, page: number, size: number): Promise<EntryRow[]> {
  const { rows } = await transaction.query<EntryRow>(
    `select
      idx as index,
      kind,
      author,
      encode(statement_id, 'hex') as id,
      encode(document_hash, 'hex') as "documentHash",
      extract(epoch from recorded_at)::text as seconds,
      leaf,
      leaf_hash as "leafHash",
      body as document
    from entries
    left join documents on documents.hash = entries.document_hash
    where idx >= $1 and idx < $2
    order by idx`,
    [page * tileWidth, Math.min(size, (page + 1) * tileWidth)],
  );
  return rows;
}

/** The bytes of a tile as they are stored, however many; undefined when it is missing. */
export async function readStoredTile(
  transaction: Queryable,
  level: number,
  index: number,
): Promise<Uint8Array | undefined> {
  const { rows } = await transaction.query<{ hashes: Uint8Array }>(
    'select hashes from tiles where level = $1 and idx = $2',
    [level, index],
  );
  return rows[0]?.hashes;
}
