// Tiles as the table has them, read in one query for one computation. Unlike the prover it keeps nothing between two.

import { TrustError } from '../../core/errors.ts';
import type { TileBytes } from '../../core/log/grow.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { TileNodes } from '../../core/log/tile-nodes.ts';
import { tileOfNode } from '../../core/log/tile.ts';
import type { ReadNode } from '../../core/log/tree.ts';
import type { Queryable } from '../../db/database.ts';
import { readTiles } from '../../db/tiles.ts';

interface Place {
  readonly level: number;
  readonly index: number;
}

export interface StoredTiles {
  /** Reads tiles; one that does not exist is simply not there afterwards. */
  load(tiles: readonly Place[]): Promise<void>;
  /** Those of the tiles that were loaded, as wide as they are stored. */
  pick(tiles: readonly Place[]): TileBytes[];
  /** Reads nodes of a tree of this size out of what was loaded; throws proof-invalid for what was not. */
  reader(size: number): ReadNode;
}

/** Tiles of the ledger, none loaded yet. */
export function createStoredTiles(db: Queryable): StoredTiles {
  const loaded = new Map<string, TileBytes>();
  const name = ({ level, index }: Place): string => `${level}/${index}`;
  return {
    async load(tiles) {
      const missing = new Map(
        tiles.filter((tile) => !loaded.has(name(tile))).map((tile) => [name(tile), tile]),
      );
      if (missing.size === 0) return;
      for (const tile of await readTiles(db, [...missing.values()])) loaded.set(name(tile), tile);
    },
    pick: (tiles) => tiles.flatMap((tile) => loaded.get(name(tile)) ?? []),
    reader(size) {
      const nodes = new Map<string, TileNodes>();
      return (node) => {
        const tile = tileOfNode(node, size);
        const bytes = loaded.get(name(tile))?.hashes.subarray(0, tile.width * hashBytes);
        if (bytes === undefined || bytes.length < tile.width * hashBytes) {
          throw new TrustError('proof-invalid', `the ledger lacks its tile ${name(tile)}`);
        }
        const inTile = nodes.get(name(tile)) ?? new TileNodes(bytes);
        nodes.set(name(tile), inTile);
        return inTile.treeNode(node);
      };
    },
  };
}
