// Growing the tree: from its right edge and new leaf hashes to the tiles that change, and the new root.
//
// All that the future of a tree hangs on is its partial tiles, one at most for each level. They are checked against the
// root before anything is put on top of them.

import { compareBytes, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashBytes } from './merkle-hash.ts';
import { TileNodes } from './tile-nodes.ts';
import { hashAt, tileOfNode, tileWidth, tileWidthAt, type TileId } from './tile.ts';
import { computeRoot, rootNodes } from './tree.ts';

/** A tree as far as growing it is concerned. */
export interface TreeHead {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** A tile with its bytes, 32 for each hash. */
export interface TileBytes {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

export interface Growth {
  readonly head: TreeHead;
  /** Tiles that are new or wider than before. */
  readonly tiles: readonly TileBytes[];
}

/** The partial tiles at the right edge of a tree of this size. */
export function edgeTiles(size: number): TileId[] {
  const byLevel = new Map<number, TileId>();
  for (const node of rootNodes(size)) {
    const tile = tileOfNode(node, size);
    byLevel.set(tile.level, tile);
  }
  return [...byLevel.values()];
}

/** Root of a tree from its edge tiles, each at least as wide as it is at that size. Throws proof-invalid when one is missing. */
export function rootOfEdge(size: number, edge: readonly TileBytes[]): Uint8Array {
  const nodes = new Map(
    edgeTiles(size).map(({ level, index, width }) => {
      const tile = edge.find((one) => one.level === level && one.index === index);
      if (tile === undefined || tile.hashes.length < width * hashBytes) {
        throw new TrustError('proof-invalid', `The tree of ${size} entries lacks its tile ${level}/${index}`);
      }
      return [level, new TileNodes(tile.hashes.subarray(0, width * hashBytes))];
    }),
  );
  return computeRoot(size, (node) => {
    const { level } = tileOfNode(node, size);
    const inTile = nodes.get(level);
    if (inTile === undefined) throw new TrustError('internal', 'A root needs a tile off its edge');
    return inTile.treeNode(node);
  });
}

/**
 * The tree with these leaf hashes behind its own. `edge` holds the tiles of edgeTiles(head.size), not narrower. Throws
 * proof-invalid when they do not lead to the root of the head.
 */
export function growTree(
  head: TreeHead,
  edge: readonly TileBytes[],
  leafHashes: readonly Uint8Array[],
): Growth {
  const found = rootOfEdge(head.size, edge);
  if (compareBytes(found, head.root) !== 0) {
    throw new TrustError(
      'proof-invalid',
      `The tiles at the edge of the tree of ${head.size} entries lead to the root ${toHex(found)}, and its head says ${toHex(head.root)}`,
    );
  }
  const size = head.size + leafHashes.length;
  const grown: TileBytes[] = [];
  let added = leafHashes;
  for (let level = 0; added.length > 0; level++) {
    const above: Uint8Array[] = [];
    let at = Math.floor(head.size / tileWidth ** level);
    const end = at + added.length;
    for (let taken = 0; at < end;) {
      const index = Math.floor(at / tileWidth);
      const width = tileWidthAt(level, index, size);
      const before = at - index * tileWidth;
      const hashes = new Uint8Array(width * hashBytes);
      const old = edge.find((tile) => tile.level === level && tile.index === index);
      if (old !== undefined) hashes.set(old.hashes.subarray(0, before * hashBytes));
      for (let position = before; position < width; position++, taken++) {
        hashes.set(added[taken] ?? hashAt(hashes, position), position * hashBytes);
      }
      grown.push({ level, index, hashes });
      if (width === tileWidth) above.push(new TileNodes(hashes).root);
      at = (index + 1) * tileWidth;
    }
    added = above;
  }
  const now = [...grown, ...edge.filter((tile) => !grown.some(sameTile(tile)))];
  return { head: { size, root: rootOfEdge(size, now) }, tiles: grown };
}

function sameTile({ level, index }: TileBytes): (other: TileBytes) => boolean {
  return (other) => other.level === level && other.index === index;
}
