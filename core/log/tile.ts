// Tiles: where the hashes of the tree are, by C2SP tlog-tiles.
//
// Tile (L, N) holds up to 256 hashes of 32 bytes: at offset i the node of tree level 8·L with index 256·N + i. Levels above
// 0 hold hashes of full tiles only. Entry bundle N holds the entries 256·N and following. A tile that is not full is
// partial and has its width in its path. Paths are read strictly: what would be written otherwise is refused.

import { TrustError } from '../errors.ts';
import { hashBytes } from './merkle-hash.ts';
import type { Node } from './tree.ts';

/** Hashes of a full tile, and entries of a full bundle. */
export const tileWidth = 256;
/** Levels of tree in one tile. */
export const tileHeight = 8;
const maxTileLevel = 63;

export interface TileId {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

export interface BundleId {
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`, without a leading slash. */
export function tilePath({ level, index, width }: TileId): string {
  return `tile/${level}/${numberPath(index)}${partial(width)}`;
}

/** `tile/entries/<N>[.p/<W>]`, without a leading slash. */
export function bundlePath({ index, width }: BundleId): string {
  return `tile/entries/${numberPath(index)}${partial(width)}`;
}

/** `documents/<N>[.p/<W>]`: the documents of a bundle's entries; our own addition, in the same manner. */
export function documentsPath({ index, width }: BundleId): string {
  return `documents/${numberPath(index)}${partial(width)}`;
}

/** What a path without its leading slash names; undefined for everything that is not written exactly so. */
export function parseTilePath(
  path: string,
):
  | { readonly kind: 'tile'; readonly tile: TileId }
  | { readonly kind: 'bundle'; readonly bundle: BundleId }
  | { readonly kind: 'documents'; readonly bundle: BundleId }
  | undefined {
  const match =
    /^(?:tile\/(entries|0|[1-9]\d?)|(documents))\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(
      path,
    );
  if (match === null) return undefined;
  const [, level = '', documents, number = '', partialWidth] = match;
  const index = Number(number.replaceAll(/[x/]/g, ''));
  const width = partialWidth === undefined ? tileWidth : Number(partialWidth);
  if (!Number.isSafeInteger(index) || Number(level) > maxTileLevel) return undefined;
  if (partialWidth !== undefined && width >= tileWidth) return undefined;
  const bundle = { index, width };
  if (documents !== undefined)
    return documentsPath(bundle) === path ? { kind: 'documents', bundle } : undefined;
  if (level === 'entries') return bundlePath(bundle) === path ? { kind: 'bundle', bundle } : undefined;
  const tile = { level: Number(level), index, width };
  return tilePath(tile) === path ? { kind: 'tile', tile } : undefined;
}

/** How many hashes the tile has in a tree of this size; 0 when it does not exist there. */
export function tileWidthAt(level: number, index: number, size: number): number {
  if (!Number.isSafeInteger(index) || index < 0) return 0;
  const hashes = Math.floor(size / tileWidth ** level);
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}

/** The tile that holds a node's hash or the hashes below it, as wide as it is in a tree of this size; throws proof-invalid when the node is not complete there. */
export function tileOfNode({ level, index }: Node, size: number): TileId {
  const tileLevel = Math.floor(level / tileHeight);
  const first = index * 2 ** (level % tileHeight);
  const tileIndex = Math.floor(first / tileWidth);
  const width = tileWidthAt(tileLevel, tileIndex, size);
  const last = first - tileIndex * tileWidth + 2 ** (level % tileHeight);
  if (last > width) {
    throw new TrustError(
      'proof-invalid',
      `The tree of ${size} entries has no node ${index} at level ${level}`,
    );
  }
  return { level: tileLevel, index: tileIndex, width };
}

/** Every tile of a tree of this size that is not in the tree of the older size, or is wider: what growing writes. */
export function* tilesBetween(oldSize: number, newSize: number): Generator<TileId> {
  for (let level = 0; ; level++) {
    const [before, after] = [oldSize, newSize].map((size) => Math.floor(size / tileWidth ** level)) as [
      number,
      number,
    ];
    if (after === 0) return;
    if (after === before) continue;
    for (let index = Math.floor(before / tileWidth); index * tileWidth < after; index++) {
      yield { level, index, width: tileWidthAt(level, index, newSize) };
    }
  }
}

/** Every entry bundle that growing from one size to another writes. */
export function* bundlesBetween(oldSize: number, newSize: number): Generator<BundleId> {
  for (let index = Math.floor(oldSize / tileWidth); index * tileWidth < newSize; index++) {
    yield { index, width: tileWidthAt(0, index, newSize) };
  }
}

/** The hash at a position of a tile's bytes, as a view. */
export function hashAt(tile: Uint8Array, position: number): Uint8Array {
  return tile.subarray(position * hashBytes, (position + 1) * hashBytes);
}

function partial(width: number): string {
  return width === tileWidth ? '' : `.p/${width}`;
}

/** Groups of three digits, all but the last behind an x. */
function numberPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}
