import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrustError } from '../../../core/errors.ts';
import { verifyConsistency, verifyInclusion } from '../../../core/log/merkle-proof.ts';
import { hashAt, parseTilePath, tilePath, tileWidth, type TileId } from '../../../core/log/tile.ts';
import { VerifiedTree, type TileSource } from '../../../core/log/tile-reader.ts';
import {
  computeRoot,
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
} from '../../../core/log/tree.ts';
import { expectCode } from '../../support/matchers.ts';
import {
  flipped,
  readerOf,
  someLeaves,
  sourceOf,
  tileFiles,
  treeLevels,
  uniformLog,
} from '../../support/memory-log.ts';

const leaves = someLeaves(66_000);
const read = readerOf(treeLevels(leaves));
const checkpointOf = (size: number) => ({ origin: 'example.org/log', size, root: computeRoot(size, read) });

/** A source over the first leaves; tiles are cut from the whole tree, so that every size is cheap. */
const whole = new Map(
  [...tileFiles(leaves)].map(([path, bytes]) => [path.replace(/\.p\/\d+$/, ''), bytes] as const),
);
function tilesAt(size: number): TileSource & { readonly asked: TileId[] } {
  const asked: TileId[] = [];
  return {
    asked,
    tile(tile) {
      asked.push(tile);
      const found = whole.get(tilePath({ ...tile, width: tileWidth }));
      if (found === undefined) throw new Error(`no ${tilePath(tile)} at size ${size}`);
      return Promise.resolve(found.slice(0, tile.width * 32));
    },
  };
}

function isSameTile(path: string, { level, index }: TileId): boolean {
  const parsed = parseTilePath(path);
  return parsed?.kind === 'tile' && parsed.tile.level === level && parsed.tile.index === index;
}

/** The same source with one tile changed. */
function damaged(source: TileSource, at: TileId, change: (bytes: Uint8Array) => Uint8Array): TileSource {
  const path = tilePath(at);
  return {
    tile: async (tile) => (tilePath(tile) === path ? change(await source.tile(tile)) : source.tile(tile)),
  };
}

const boundaries = [
  1, 2, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_792, 66_000,
];
const sizes = fc.oneof(fc.constantFrom(...boundaries), fc.integer({ min: 1, max: leaves.length }));
const places = sizes.chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

describe('a tree that is read by its tiles', () => {
  it('gives every leaf hash of a small log, and asks for no tile twice', async () => {
    for (const size of [1, 255, 256, 257, 1000]) {
      const files = tileFiles(leaves.slice(0, size));
      const source = sourceOf(files);
      const tree = new VerifiedTree(checkpointOf(size), source);
      for (let i = 0; i < size; i++) expect(await tree.leafHash(i)).toEqual(leaves[i]);
      expect(source.asked.toSorted()).toEqual([...files.keys()].toSorted());
    }
  });

  it('gives the leaf hash at any index of any size', async () => {
    await fc.assert(
      fc.asyncProperty(places, async ([size, index]) => {
        const tree = new VerifiedTree(checkpointOf(size), tilesAt(size));
        expect(await tree.leafHash(index)).toEqual(leaves[index]);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses any bit turned over, in any byte of any tile that it reads', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.nat(), fc.nat(), fc.nat(7), async ([size, index], which, where, bit) => {
        const source = tilesAt(size);
        await new VerifiedTree(checkpointOf(size), source).leafHash(index);
        const tile = source.asked[which % source.asked.length]!;
        const bad = damaged(source, tile, (bytes) => flipped(bytes, where % bytes.length, bit));
        await expectCode('proof-invalid', () => new VerifiedTree(checkpointOf(size), bad).leafHash(index));
      }),
      { numRuns: 150 },
    );
  });

  it('refuses tiles that are cut, empty, swapped or no tiles', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.nat(), async ([size, index], which) => {
        const source = tilesAt(size);
        await new VerifiedTree(checkpointOf(size), source).leafHash(index);
        const tile = source.asked[which % source.asked.length]!;
        const changes: ((bytes: Uint8Array) => Uint8Array)[] = [
          (bytes) => bytes.subarray(0, -32),
          (bytes) => bytes.subarray(0, -1),
          () => new Uint8Array(0),
          () => new Uint8Array(8193),
          (bytes) => new Uint8Array(bytes.length),
        ];
        if (tile.width > 1)
          changes.push((bytes) =>
            Uint8Array.of(...hashAt(bytes, 1), ...hashAt(bytes, 0), ...bytes.subarray(64)),
          );
        for (const change of changes) {
          const tree = new VerifiedTree(checkpointOf(size), damaged(source, tile, change));
          await expectCode('proof-invalid', () => tree.leafHash(index));
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([256, 65_536, 65_537, 256 ** 3 - 1, 256 ** 3, 256 ** 3 + 1, 256 ** 4, 256 ** 5 + 257, 2 ** 53 - 1])(
    'works at the edges of levels: %i entries',
    async (size) => {
      const { leaf, node, source } = uniformLog(size);
      const checkpoint = { origin: 'example.org/log', size, root: computeRoot(size, node) };
      const tree = new VerifiedTree(checkpoint, source);
      for (const index of [0, 255, size - 1, Math.floor(size / 2)])
        expect(await tree.leafHash(index)).toEqual(leaf);
      for (const [position, tile] of [...source.asked].entries()) {
        const bad = damaged(source, tile, (bytes) => flipped(bytes, (position * 7) % bytes.length, position));
        const reread = async (): Promise<void> => {
          const other = new VerifiedTree(checkpoint, bad);
          for (const index of [0, 255, size - 1, Math.floor(size / 2)]) await other.leafHash(index);
        };
        await expectCode('proof-invalid', reread);
      }
    },
  );

  it('takes a wider tile than it asked for, and only its beginning', async () => {
    const files = tileFiles(leaves.slice(0, 300));
    const wide: TileSource = {
      tile: (tile) => Promise.resolve([...files].find(([path]) => isSameTile(path, tile))![1]),
    };
    const tree = new VerifiedTree(checkpointOf(270), wide);
    expect(await tree.leafHash(269)).toEqual(leaves[269]);
    await expectCode('proof-invalid', () => tree.leafHash(270));
    await expectCode('proof-invalid', () => tree.leafHash(299));
  });

  it('knows no entry and no tile that the checkpoint does not imply', async () => {
    const tree = new VerifiedTree(checkpointOf(1000), tilesAt(1000));
    for (const index of [1000, -1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      await expectCode('proof-invalid', () => tree.leafHash(index));
    }
    for (const [level, index, width] of [
      [0, 3, 231],
      [0, 3, 256],
      [0, 4, 1],
      [0, -1, 256],
      [2, 0, 1],
      [1, 0, 0],
    ] as const) {
      await expectCode('proof-invalid', () => tree.nodes({ level, index, width }));
    }
    const empty = new VerifiedTree(checkpointOf(0), tilesAt(0));
    await expectCode('proof-invalid', () => empty.leafHash(0));
  });

  it('gives proofs that hold', async () => {
    await fc.assert(
      fc.asyncProperty(places, fc.nat(), async ([size, index], other) => {
        const tree = new VerifiedTree(checkpointOf(size), tilesAt(size));
        const { root } = tree.checkpoint;
        const nodes = await tree.load(inclusionNodes(index, size));
        const proof = proveInclusion(index, size, nodes);
        verifyInclusion({ index, size, leafHash: leaves[index]!, proof, root });
        const oldSize = 1 + (other % size);
        const older = await tree.load(consistencyNodes(oldSize, size));
        verifyConsistency({
          ...{ oldSize, newSize: size, oldRoot: computeRoot(oldSize, read), newRoot: root },
          proof: proveConsistency(oldSize, size, older),
        });
      }),
      { numRuns: 60 },
    );
  });

  it('remembers neither a tile nor an edge that could not be had: asked again, it asks the source again', async () => {
    const source = tilesAt(1000);
    let isDown = true;
    const flaky: TileSource = {
      tile: (tile) => (isDown ? Promise.reject(new TrustError('network', 'down')) : source.tile(tile)),
    };
    const tree = new VerifiedTree(checkpointOf(1000), flaky);
    await expectCode('network', () => tree.leafHash(999));
    await expectCode('network', () => tree.leafHash(5));
    isDown = false;
    expect(await tree.leafHash(999)).toEqual(leaves[999]);
    expect(await tree.leafHash(5)).toEqual(leaves[5]);
  });

  it('leaves no failure unheard when several tiles can not be had at once', async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', listen);
    let calls = 0;
    const slow: TileSource = {
      tile: async (tile) => {
        await new Promise((resolve) => setTimeout(resolve, ++calls));
        throw new TrustError('network', `no ${tilePath(tile)}`);
      },
    };
    const tree = new VerifiedTree(checkpointOf(66_000), slow);
    await expectCode('network', () => tree.load(inclusionNodes(70, 66_000)));
    await expectCode('network', () =>
      tree.load([
        { level: 0, index: 0 },
        { level: 0, index: 65_999 },
      ]),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', listen);
    expect(unheard).toEqual([]);
  });

  it('keeps working over more tiles than it keeps', async () => {
    const size = 600 * tileWidth;
    const { leaf, node, source } = uniformLog(size);
    const tree = new VerifiedTree({ origin: 'example.org/log', size, root: computeRoot(size, node) }, source);
    for (let i = 0; i < 600; i++) expect(await tree.leafHash(i * tileWidth)).toEqual(leaf);
    expect(source.asked.filter(({ level }) => level === 0)).toHaveLength(600);
    expect(source.asked.filter(({ level }) => level > 0).length).toBeLessThanOrEqual(4);
  });
});
