// The tree of a mirror as it grows, bundle by bundle, and the tiles that it leaves behind.
//
// Tiles are computed from leaf hashes, never copied: what is written is the tree of exactly the entries that were judged.

import { fromBase64, toBase64 } from '../../core/bytes.ts';
import { edgeTiles, growTree, type TileBytes, type TreeHead } from '../../core/log/grow.ts';
import { emptyRoot, hashBytes } from '../../core/log/merkle-hash.ts';
import { tileWidth } from '../../core/log/tile.ts';

/** A tree that can go on growing, as the mirror's state keeps it. */
export interface SavedTree {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The partial tiles at its edge, base64. */
  readonly edge: readonly { readonly level: number; readonly index: number; readonly hashes: string }[];
}

/** The tree without entries. */
export const emptyTree: SavedTree = { size: 0, root: toBase64(emptyRoot), edge: [] };

export class GrowingTree {
  #head: TreeHead;
  #edge: readonly TileBytes[];

  /** From a saved state. Growing it throws proof-invalid when that state is not one of a tree. */
  constructor({ size, root, edge }: SavedTree) {
    this.#head = { size, root: fromBase64(root) };
    this.#edge = edge.map(({ level, index, hashes }) => ({ level, index, hashes: fromBase64(hashes) }));
  }

  get head(): TreeHead {
    return this.#head;
  }

  /** The tiles at the edge, which are not full. */
  get edge(): readonly TileBytes[] {
    return this.#edge;
  }

  /** Adds leaf hashes; the tiles that are full now. */
  grow(leafHashes: readonly Uint8Array[]): TileBytes[] {
    const { head, tiles } = growTree(this.#head, this.#edge, leafHashes);
    const now = [...tiles, ...this.#edge.filter((old) => !tiles.some(sameAs(old)))];
    this.#head = head;
    this.#edge = edgeTiles(head.size).flatMap((tile) => now.find(sameAs(tile)) ?? []);
    return tiles.filter(({ hashes }) => hashes.length === tileWidth * hashBytes);
  }

  save(): SavedTree {
    return {
      size: this.#head.size,
      root: toBase64(this.#head.root),
      edge: this.#edge.map(({ level, index, hashes }) => ({ level, index, hashes: toBase64(hashes) })),
    };
  }
}

function sameAs({ level, index }: Pick<TileBytes, 'level' | 'index'>): (other: TileBytes) => boolean {
  return (other) => other.level === level && other.index === index;
}
