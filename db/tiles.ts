// The table tiles: the hashes of the Merkle tree (C2SP tlog-tiles), read as wide as asked for, grown at their end.

import { toHex } from '../core/bytes.ts';
import { hashBytes } from '../core/log/merkle-hash.ts';
import { tileWidth } from '../core/log/tile.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

/** A tile as it is so far. */
export interface StoredTile {
  readonly level: number;
  readonly index: number;
  /** 32 bytes for each hash. */
  readonly hashes: Uint8Array;
}

/** The bytes of a tile cut to `width` hashes; undefined when it is not there, or not that wide yet. */
export async function readTile(
  db: Queryable,
  level: number,
  index: number,
  width: number = tileWidth,
): Promise<Uint8Array | undefined> {
  const { rows } = await db.query<{ hashes: Uint8Array }>(
    `select substring(hashes from 1 for $3) as hashes
    from tiles
    where level = $1 and idx = $2 and octet_length(hashes) >= $3`,
    [level, index, width * hashBytes],
  );
  return rows[0]?.hashes;
}

/** Those of the tiles that exist, in no order. */
export async function readTiles(
  db: Queryable,
  tiles: readonly { readonly level: number; readonly index: number }[],
): Promise<StoredTile[]> {
  const { rows } = await db.query<StoredTile>(
    `select level, idx as index, hashes
    from unnest($1::smallint[], $2::bigint[]) as asked (level, idx)
    join tiles using (level, idx)`,
    [tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  );
  return rows;
}

/** Writes tiles that are new or have grown. The database refuses what does not begin with what was there. */
export async function writeTiles(transaction: Queryable, tiles: readonly StoredTile[]): Promise<void> {
  if (tiles.length === 0) return;
  await transaction.query(
    `insert into tiles (level, idx, hashes)
    select level, idx, hashes
    from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as grown (level, idx, hashes)
    on conflict (level, idx) do update
    set hashes = excluded.hashes`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => bytea(toHex(hashes))),
    ],
  );
}
