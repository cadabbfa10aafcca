// The tree built anew, leaf by leaf, apart from the code that builds it when entries are appended (core/log/grow.ts).
//
// It holds the complete subtrees that make up the root so far, at most one of each height, and the hashes of the tiles that
// are not full: so it gives the root of every size on the way, and every tile once, in constant memory.

import type { TileBytes } from '../../core/log/grow.ts';
import { emptyRoot, hashBytes, nodeHash } from '../../core/log/merkle-hash.ts';
import { tileHeight, tileWidth } from '../../core/log/tile.ts';

export class TreeWalk {
  /** Hash of the complete subtree of each height at the right edge, where there is one. */
  readonly #subtrees: (Uint8Array | undefined)[] = [];
  /** Of each tile level: the tile that is filling. */
  readonly #filling: { index: number; hashes: Uint8Array[] }[] = [];
  #size = 0;

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds a leaf; returns the tiles that became full by it, from the lowest level up. */
  append(leafHash: Uint8Array): TileBytes[] {
    const full: TileBytes[] = [];
    let hash = leafHash;
    let height = 0;
    this.#note(0, hash, full);
    for (; this.#subtrees[height] !== undefined; height++) {
      hash = nodeHash(this.#subtrees[height] ?? hash, hash);
      this.#subtrees[height] = undefined;
      if ((height + 1) % tileHeight === 0) this.#note((height + 1) / tileHeight, hash, full);
    }
    this.#subtrees[height] = hash;
    this.#size++;
    return full;
  }

  /** Root of the leaves so far. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const subtree of this.#subtrees) {
      if (subtree !== undefined) root = root === undefined ? subtree : nodeHash(subtree, root);
    }
    return root ?? emptyRoot;
  }

  /** The tiles that are not full, from the lowest level up. */
  partialTiles(): TileBytes[] {
    return this.#filling.flatMap(({ index, hashes }, level) =>
      hashes.length === 0 ? [] : [{ level, index, hashes: join(hashes) }],
    );
  }

  #note(level: number, hash: Uint8Array, full: TileBytes[]): void {
    const tile = (this.#filling[level] ??= { index: 0, hashes: [] });
    tile.hashes.push(hash);
    if (tile.hashes.length < tileWidth) return;
    full.push({ level, index: tile.index, hashes: join(tile.hashes) });
    this.#filling[level] = { index: tile.index + 1, hashes: [] };
  }
}

function join(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * hashBytes);
  hashes.forEach((hash, position) => {
    bytes.set(hash, position * hashBytes);
  });
  return bytes;
}
