// Reading a log by its tiles, without believing whoever hands them out.
//
// The root of a checkpoint vouches for the tiles at the right edge, since it is made of exactly their hashes; each tile
// vouches for the full tiles below it. So a tile is used only after its hash was found in one that was used before.

import { compareBytes, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { edgeTiles } from './grow.ts';
import { hashBytes } from './merkle-hash.ts';
import { TileNodes } from './tile-nodes.ts';
import { tileHeight, tileOfNode, tilePath, tileWidth, tileWidthAt, type TileId } from './tile.ts';
import { computeRoot, type Node, type ReadNode } from './tree.ts';

/** Hands out tiles. What it gives need not be true, and is checked for its length here. */
export interface TileSource {
  /** The bytes of a tile, 32 for each hash. */
  tile(tile: TileId): Promise<Uint8Array>;
}

/** Most level-0 tiles that are kept; those above are few. */
const maxKept = 512;

/** Loads what a computation over these nodes reads, all at once, from a source that is believed: the log's own. */
export async function loadNodes(
  nodes: readonly Node[],
  size: number,
  source: { nodes(tile: TileId): Promise<TileNodes> },
): Promise<ReadNode> {
  const tiles = new Map<string, Promise<TileNodes>>();
  for (const node of nodes) {
    const tile = tileOfNode(node, size);
    const path = tilePath(tile);
    if (!tiles.has(path)) tiles.set(path, source.nodes(tile));
  }
  // All at once, so that no second failure is left without anybody who hears of it.
  const loaded = new Map(
    await Promise.all([...tiles].map(async ([path, tile]) => [path, await tile] as const)),
  );
  return (node) => nodeIn(node, size, (tile) => loaded.get(tilePath(tile)));
}

function nodeIn(node: Node, size: number, find: (tile: TileId) => TileNodes | undefined): Uint8Array {
  const tile = find(tileOfNode(node, size));
  if (tile === undefined) throw new TrustError('internal', 'A node was read that was not loaded');
  return tile.treeNode(node);
}

/** A tree at one checkpoint, read through tiles that are checked on the way. */
export class VerifiedTree {
  readonly checkpoint: Checkpoint;
  readonly #source: TileSource;
  readonly #tiles = new Map<string, Promise<TileNodes>>();
  #edge: Promise<ReadonlyMap<number, TileNodes>> | undefined;

  /** The checkpoint has to be one whose signature was checked. */
  constructor(checkpoint: Checkpoint, source: TileSource) {
    this.checkpoint = checkpoint;
    this.#source = source;
  }

  /** The leaf hash at an index; throws proof-invalid when the tiles do not lead to the root, and what the source throws. */
  async leafHash(index: number): Promise<Uint8Array> {
    return (await this.nodes(tileOfNode({ level: 0, index }, this.checkpoint.size))).node(
      0,
      index % tileWidth,
    );
  }

  /** A tile, as wide as it is in this tree; throws like leafHash. */
  async nodes(tile: TileId): Promise<TileNodes> {
    const { size } = this.checkpoint;
    if (tile.width !== tileWidthAt(tile.level, tile.index, size) || tile.width === 0) {
      throw new TrustError('proof-invalid', `${tilePath(tile)} is no tile of a tree of ${size} entries`);
    }
    if (tile.width < tileWidth) return this.#edgeTile(tile);
    const path = tilePath(tile);
    const known = this.#tiles.get(path) ?? this.#fullTile(tile);
    this.#tiles.delete(path);
    this.#tiles.set(path, known);
    known.catch(() => this.#tiles.delete(path));
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= maxKept) break;
      this.#tiles.delete(oldest);
    }
    return known;
  }

  /** Hashes for a computation over these nodes, such as proveConsistency; throws like leafHash. */
  async load(nodes: readonly Node[]): Promise<ReadNode> {
    return loadNodes(nodes, this.checkpoint.size, this);
  }

  async #edgeTile(tile: TileId): Promise<TileNodes> {
    const edge = (this.#edge ??= this.#readEdge());
    // A failure is not kept: the source may do better when it is asked again.
    edge.catch(() => {
      if (this.#edge === edge) this.#edge = undefined;
    });
    const found = (await edge).get(tile.level);
    if (found === undefined) throw new TrustError('internal', `${tilePath(tile)} is not at the edge`);
    return found;
  }

  /** The partial tiles, of which the root is made. */
  async #readEdge(): Promise<ReadonlyMap<number, TileNodes>> {
    const { size, root } = this.checkpoint;
    const edge = new Map(
      await Promise.all(
        edgeTiles(size).map(async (tile) => [tile.level, await readTile(this.#source, tile)] as const),
      ),
    );
    const computed = computeRoot(size, (node) => nodeIn(node, size, ({ level }) => edge.get(level)));
    if (compareBytes(computed, root) !== 0) {
      throw new TrustError(
        'proof-invalid',
        `The tiles at the edge of a tree of ${size} entries lead to the root ${toHex(computed)}, and the checkpoint says ${toHex(root)}`,
      );
    }
    return edge;
  }

  async #fullTile(tile: TileId): Promise<TileNodes> {
    const node = { level: (tile.level + 1) * tileHeight, index: tile.index };
    const [nodes, parent] = await Promise.all([
      readTile(this.#source, tile),
      this.nodes(tileOfNode(node, this.checkpoint.size)),
    ]);
    if (compareBytes(nodes.root, parent.node(0, tile.index % tileWidth)) !== 0) {
      throw new TrustError(
        'proof-invalid',
        `${tilePath(tile)} is not the tile that the checkpoint's tree has there`,
      );
    }
    return nodes;
  }
}

async function readTile(source: TileSource, tile: TileId): Promise<TileNodes> {
  const bytes = await source.tile(tile);
  const nodes = new TileNodes(bytes);
  if (nodes.width === tile.width) return nodes;
  // A wider tile begins with the hashes of the narrower one.
  if (nodes.width > tile.width) return new TileNodes(bytes.subarray(0, tile.width * hashBytes));
  throw new TrustError('proof-invalid', `${tilePath(tile)} is too short`);
}
