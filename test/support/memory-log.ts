// Logs in memory for tests: entries, tiles and bundles in the layout of tlog-tiles, to be read, served or damaged.
//
// Tiles are made by definition, level by level from the leaf hashes, not by the code that grows a ledger's tree.

import { utf8 } from '../../core/bytes.ts';
import { formatBundle } from '../../core/log/entry-bundle.ts';
import { emptyRoot, hashBytes, leafHash, nodeHash } from '../../core/log/merkle-hash.ts';
import {
  bundlePath,
  tileHeight,
  tilePath,
  tileWidth,
  tileWidthAt,
  type TileId,
} from '../../core/log/tile.ts';
import type { TileSource } from '../../core/log/tile-reader.ts';
import type { Node } from '../../core/log/tree.ts';

/** Leaf hashes that differ from each other. */
export function someLeaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(utf8(`entry ${index}`)));
}

/** MTH of RFC 6962 section 2.1, word for word. */
export function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return emptyRoot;
  if (leaves.length === 1) return first;
  const k = splitPoint(leaves.length);
  return nodeHash(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
}

/** The largest power of two below n. */
export function splitPoint(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}

/** Every complete subtree over some leaves: by level and index. */
export function treeLevels(leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels: (readonly Uint8Array[])[] = [leaves];
  for (let level = leaves; level.length > 1;) {
    level = Array.from({ length: Math.floor(level.length / 2) }, (_, i) =>
      nodeHash(level[2 * i]!, level[2 * i + 1]!),
    );
    levels.push(level);
  }
  return levels;
}

/** Reads complete subtrees from such levels. */
export function readerOf(levels: readonly (readonly Uint8Array[])[]): (node: Node) => Uint8Array {
  return ({ level, index }) => {
    const hash = levels[level]?.[index];
    if (hash === undefined) throw new Error(`no node ${level}/${index}`);
    return hash;
  };
}

/** Every file of a log over these leaf hashes, by path: tiles as wide as they are at the end. */
export function tileFiles(leaves: readonly Uint8Array[]): Map<string, Uint8Array> {
  const levels = treeLevels(leaves);
  const files = new Map<string, Uint8Array>();
  for (let level = 0; level * tileHeight < levels.length; level++) {
    const hashes = levels[level * tileHeight] ?? [];
    for (let index = 0; index * tileWidth < hashes.length; index++) {
      const width = tileWidthAt(level, index, leaves.length);
      const bytes = new Uint8Array(Buffer.concat(hashes.slice(index * tileWidth, index * tileWidth + width)));
      files.set(tilePath({ level, index, width }), bytes);
    }
  }
  return files;
}

/** The entry bundles of these entries, by path. */
export function bundleFiles(entries: readonly Uint8Array[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let index = 0; index * tileWidth < entries.length; index++) {
    const bundle = entries.slice(index * tileWidth, (index + 1) * tileWidth);
    files.set(bundlePath({ index, width: bundle.length }), formatBundle(bundle));
  }
  return files;
}

/** A source over files that notes what was asked of it. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>): TileSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    tile(tile) {
      asked.push(tilePath(tile));
      const bytes = files.get(tilePath(tile));
      return bytes === undefined ? Promise.reject(new Error(`no ${tilePath(tile)}`)) : Promise.resolve(bytes);
    },
  };
}

/** A log of any size whose entries are all the same: each level holds one hash, over and over, so nothing need be stored. */
export function uniformLog(size: number): {
  readonly leaf: Uint8Array;
  readonly node: (node: Node) => Uint8Array;
  readonly source: TileSource & { readonly asked: TileId[] };
} {
  const leaf = leafHash(utf8('the same'));
  const byLevel = [leaf];
  for (let level = 1; 2 ** level <= size; level++) byLevel.push(nodeHash(byLevel.at(-1)!, byLevel.at(-1)!));
  const asked: TileId[] = [];
  const source = {
    asked,
    tile(tile: TileId): Promise<Uint8Array> {
      asked.push(tile);
      const hash = byLevel[tile.level * tileHeight]!;
      const bytes = new Uint8Array(tile.width * hashBytes);
      for (let i = 0; i < tile.width; i++) bytes.set(hash, i * hashBytes);
      return Promise.resolve(bytes);
    },
  };
  return { leaf, node: ({ level }) => byLevel[level]!, source };
}

/** The same bytes with one bit turned over. */
export function flipped(bytes: Uint8Array, position: number, bit = 0): Uint8Array {
  return bytes.map((byte, i) => (i === position ? byte ^ (1 << (bit % 8)) : byte));
}
