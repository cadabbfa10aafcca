// Every tile of every level against the tiles that follow from the entries, from the leaves up.
//
// Where a tile and what follows from below differ, the tile above decides which of the two is damaged; at the edge, the
// root that the checkpoint names does. So a damaged hash is told from a damaged entry.

import { compareBytes, toHex } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import type { Checkpoint } from '../../core/log/checkpoint.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { TileNodes } from '../../core/log/tile-nodes.ts';
import type { TileSource } from '../../core/log/tile-reader.ts';
import {
  bundlePath,
  hashAt,
  tileHeight,
  tileOfNode,
  tilePath,
  tileWidth,
  tileWidthAt,
  type TileId,
} from '../../core/log/tile.ts';
import { computeRoot } from '../../core/log/tree.ts';
import type { FindingList } from './finding.ts';

/** A tile's hashes; undefined where one can't be had. */
type Hashes = readonly (Uint8Array | undefined)[];

interface EdgeTile {
  readonly tile: TileId;
  readonly file: Hashes;
  readonly derived: Hashes;
}

export class TileAudit {
  /** Entries whose leaf record is not the one in the tree: what else is found about them follows from that. */
  readonly damagedEntries = new Set<number>();
  readonly #checkpoint: Checkpoint;
  readonly #source: TileSource;
  readonly #findings: FindingList;
  readonly #tiles = new Map<string, Promise<Hashes>>();
  /** By level: hashes of full tiles below, not yet a tile themselves. */
  readonly #waiting: (Uint8Array | undefined)[][] = [];
  readonly #done: number[] = [];
  readonly #edge: EdgeTile[] = [];

  constructor(checkpoint: Checkpoint, source: TileSource, findings: FindingList) {
    this.#checkpoint = checkpoint;
    this.#source = source;
    this.#findings = findings;
  }

  /** Takes the leaf hashes of the next bundle, in order, as far as they can be had. */
  async bundle(hashes: Hashes): Promise<void> {
    await this.#tile(0, hashes);
  }

  /** Compares the edge and the root, when all bundles were taken. False when the entries do not lead to the root. */
  async finish(): Promise<boolean> {
    for (let level = 1; level < this.#waiting.length; level++) {
      const rest = this.#waiting[level] ?? [];
      if (rest.length > 0) await this.#tile(level, rest);
    }
    return this.#settleEdge();
  }

  async #tile(level: number, derived: Hashes): Promise<void> {
    const index = this.#done[level] ?? 0;
    this.#done[level] = index + 1;
    const tile = { level, index, width: tileWidthAt(level, index, this.#checkpoint.size) };
    const file = await this.#file(tile);
    if (tile.width < tileWidth) {
      this.#edge.push({ tile, file, derived });
      return;
    }
    const fileRoot = rootOf(file);
    const derivedRoot = rootOf(derived);
    const above = await this.#above(tile);
    const isSame = (root: Uint8Array | undefined): boolean =>
      root !== undefined && above !== undefined && compareBytes(root, above) === 0;
    if (!areEqual(file, derived)) {
      this.#compare(tile, file, derived, isSame(fileRoot), isSame(derivedRoot));
    }
    const up = level + 1;
    const chosen = isSame(fileRoot) ? fileRoot : (derivedRoot ?? fileRoot);
    const list = (this.#waiting[up] ??= []);
    list.push(chosen);
    if (list.length === tileWidth) {
      this.#waiting[up] = [];
      await this.#tile(up, list);
    }
  }

  /** Says which hashes differ, and which side is the damaged one. */
  #compare(tile: TileId, file: Hashes, derived: Hashes, isFileRight: boolean, isDerivedRight: boolean): void {
    const path = tilePath(tile);
    const span = tileWidth ** tile.level;
    for (let position = 0; position < tile.width; position++) {
      const [stored, follows] = [file[position], derived[position]];
      if (stored === undefined && !isFileRight) continue;
      if (stored !== undefined && follows !== undefined && compareBytes(stored, follows) === 0) continue;
      const first = (tile.index * tileWidth + position) * span;
      const entries = { first, last: first + span - 1 };
      if (isFileRight) this.#damagedBelow(tile.level, entries);
      else if (isDerivedRight)
        this.#findings.add(
          path,
          entries,
          'proof-invalid',
          'This hash is not the one that follows from the entries.',
        );
      else if (follows !== undefined)
        this.#findings.add(
          path,
          entries,
          'proof-invalid',
          'This hash and what follows from the entries contradict each other, and nothing says which is right.',
        );
    }
  }

  #damagedBelow(level: number, entries: { first: number; last: number }): void {
    if (level > 0) {
      const message = 'These entries and their tile are not what the tree of the checkpoint has here.';
      const file = tilePath({
        level: level - 1,
        index: entries.first / tileWidth ** level,
        width: tileWidth,
      });
      this.#findings.add(file, entries, 'proof-invalid', message);
      return;
    }
    const { first } = entries;
    this.damagedEntries.add(first);
    const index = Math.floor(first / tileWidth);
    const file = bundlePath({ index, width: tileWidthAt(0, index, this.#checkpoint.size) });
    this.#findings.add(
      file,
      entries,
      'proof-invalid',
      'The leaf record is not the one in the tree of the checkpoint.',
    );
  }

  /** The partial tiles: of every two forms that differ, the ones that lead to the root are right. */
  #settleEdge(): boolean {
    const { size, root } = this.#checkpoint;
    if (size === 0) return true;
    const differing = this.#edge.filter(({ file, derived }) => !areEqual(file, derived));
    const choices = 2 ** Math.min(differing.length, tileHeight);
    for (let choice = 0; choice < choices; choice++) {
      // 0 takes every file as it is.
      const isDerived = (edge: EdgeTile): boolean => ((choice >> differing.indexOf(edge)) & 1) === 1;
      const sides = this.#edge.map((edge) => ({
        tile: edge.tile,
        hashes: differing.includes(edge) && isDerived(edge) ? edge.derived : edge.file,
      }));
      const found = rootOfSides(size, sides);
      if (found === undefined || compareBytes(found, root) !== 0) continue;
      for (const edge of differing) {
        this.#compare(edge.tile, edge.file, edge.derived, !isDerived(edge), isDerived(edge));
      }
      return true;
    }
    for (const { tile, file, derived } of differing) this.#compare(tile, file, derived, false, false);
    const derivedRoot = rootOfSides(
      size,
      this.#edge.map(({ tile, derived }) => ({ tile, hashes: derived })),
    );
    const leads =
      derivedRoot === undefined ? 'can’t be put together' : `lead to the root ${toHex(derivedRoot)}`;
    this.#findings.add(
      'checkpoint',
      undefined,
      'proof-invalid',
      `The ${size} entries ${leads}, and the checkpoint says ${toHex(root)}.`,
    );
    return false;
  }

  async #above(tile: TileId): Promise<Uint8Array | undefined> {
    const { size } = this.#checkpoint;
    const parent = tileOfNode({ level: (tile.level + 1) * tileHeight, index: tile.index }, size);
    return (await this.#file(parent))[tile.index % tileWidth];
  }

  #file(tile: TileId): Promise<Hashes> {
    const path = tilePath(tile);
    const known = this.#tiles.get(path);
    if (known !== undefined) return known;
    const reading = this.#readFile(tile);
    // Level-0 tiles are asked for once; those above again and again.
    if (tile.level > 0) this.#tiles.set(path, reading);
    return reading;
  }

  async #readFile(tile: TileId): Promise<Hashes> {
    const path = tilePath(tile);
    const first = tile.index * tileWidth ** (tile.level + 1);
    const entries = { first, last: first + tile.width * tileWidth ** tile.level - 1 };
    let bytes: Uint8Array;
    try {
      bytes = await this.#source.tile(tile);
    } catch (error) {
      if (!isTrustError(error) || error.code === 'network') throw error;
      this.#findings.add(path, entries, error.code, error.message);
      return [];
    }
    if (bytes.length % hashBytes !== 0 || bytes.length < tile.width * hashBytes) {
      const message = `The tile has ${bytes.length} bytes and not ${tile.width * hashBytes}.`;
      this.#findings.add(path, entries, 'proof-invalid', message);
    }
    const count = Math.min(tile.width, Math.floor(bytes.length / hashBytes));
    return Array.from({ length: count }, (_, position) => hashAt(bytes, position));
  }
}

function areEqual(a: Hashes, b: Hashes): boolean {
  return (
    a.length === b.length &&
    a.every((hash, i) => {
      const other = b[i];
      return hash !== undefined && other !== undefined && compareBytes(hash, other) === 0;
    })
  );
}

/** The nodes of a tile of which all hashes are known. */
function nodesOf(hashes: Hashes, width: number): TileNodes | undefined {
  const whole = hashes.filter((hash) => hash !== undefined);
  if (whole.length !== width || hashes.length !== width || width === 0) return undefined;
  return new TileNodes(new Uint8Array(Buffer.concat(whole)));
}

function rootOf(hashes: Hashes): Uint8Array | undefined {
  return nodesOf(hashes, tileWidth)?.root;
}

function rootOfSides(
  size: number,
  sides: readonly { readonly tile: TileId; readonly hashes: Hashes }[],
): Uint8Array | undefined {
  const nodes = new Map(sides.map(({ tile, hashes }) => [tile.level, nodesOf(hashes, tile.width)]));
  if ([...nodes.values()].includes(undefined)) return undefined;
  return computeRoot(size, (node) => {
    const tile = tileOfNode(node, size);
    const level = node.level % tileHeight;
    const first = node.index * 2 ** level;
    return nodes.get(tile.level)?.node(level, (first % tileWidth) / 2 ** level) ?? new Uint8Array(hashBytes);
  });
}
