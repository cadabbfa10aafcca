// All the nodes inside one tile, computed once: the tile's hashes and the hashes of the complete subtrees above them.
//
// They lie in one buffer, 16 KiB for a full tile, because whoever serves a log keeps thousands of them.

import { TrustError } from '../errors.ts';
import { hashBytes, nodeHash } from './merkle-hash.ts';
import { hashAt, tileHeight } from './tile.ts';
import type { Node } from './tree.ts';

/** The nodes of a tile by level inside the tile (0 to 8) and position. */
export class TileNodes {
  /** Of each level, its hashes joined. */
  readonly #levels: readonly Uint8Array[];

  /** From the bytes of a tile; throws proof-invalid when they are no whole number of hashes, none, or over 256. */
  constructor(bytes: Uint8Array) {
    const width = bytes.length / hashBytes;
    if (!Number.isInteger(width) || width < 1 || width > 2 ** tileHeight) {
      throw new TrustError('proof-invalid', `A tile of ${bytes.length} bytes is none`);
    }
    const all = new Uint8Array(2 * bytes.length);
    all.set(bytes);
    let level = all.subarray(0, bytes.length);
    const levels = [level];
    for (let count = width >> 1; count > 0; count >>= 1) {
      const start = level.byteOffset + level.length;
      const above = all.subarray(start, start + count * hashBytes);
      for (let i = 0; i < count; i++) {
        above.set(nodeHash(hashAt(level, 2 * i), hashAt(level, 2 * i + 1)), i * hashBytes);
      }
      levels.push(above);
      level = above;
    }
    this.#levels = levels;
  }

  /** The bytes of the tile itself: its hashes joined. */
  get bytes(): Uint8Array {
    return this.#levels[0] ?? new Uint8Array();
  }

  /** Hashes of the tile. */
  get width(): number {
    return this.bytes.length / hashBytes;
  }

  /** The node `level` levels above the tile's hashes, as a view; throws proof-invalid when it is not complete in this tile. */
  node(level: number, position: number): Uint8Array {
    const hashes = this.#levels[level];
    const isPosition = Number.isInteger(position) && position >= 0;
    if (hashes === undefined || !isPosition || (position + 1) * hashBytes > hashes.length) {
      throw new TrustError('proof-invalid', 'The tile is too narrow for this node');
    }
    return hashAt(hashes, position);
  }

  /** A node of the whole tree that lies in this tile (tileOfNode); throws proof-invalid when it is not complete here. */
  treeNode({ level, index }: Node): Uint8Array {
    const inTile = level % tileHeight;
    const perTile = 2 ** (tileHeight - inTile);
    return this.node(inTile, index % perTile);
  }

  /** The hash of a full tile, as the level above holds it. */
  get root(): Uint8Array {
    return this.node(tileHeight, 0);
  }
}
