import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../core/bytes.ts';
import { edgeTiles, growTree, rootOfEdge, type TileBytes, type TreeHead } from '../../../core/log/grow.ts';
import { emptyRoot } from '../../../core/log/merkle-hash.ts';
import { parseTilePath, type TileId } from '../../../core/log/tile.ts';
import { computeRoot } from '../../../core/log/tree.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped, readerOf, someLeaves, tileFiles, treeLevels } from '../../support/memory-log.ts';

const leaves = someLeaves(66_000);
const read = readerOf(treeLevels(leaves));
const start: TreeHead = { size: 0, root: emptyRoot };

/** Tiles kept as a log keeps them: the newest bytes of each. */
class Kept {
  readonly tiles = new Map<string, TileBytes>();
  head = start;

  grow(hashes: readonly Uint8Array[]): void {
    const { head, tiles } = growTree(this.head, this.edge(), hashes);
    for (const tile of tiles) this.tiles.set(`${tile.level}/${tile.index}`, tile);
    this.head = head;
  }

  edge(): TileBytes[] {
    return edgeTiles(this.head.size).map(({ level, index }) => this.tiles.get(`${level}/${index}`)!);
  }
}

/** How many leaves are added at a time. */
const steps = fc.array(fc.oneof(fc.nat(3), fc.nat(300), fc.nat(1000), fc.constantFrom(255, 256, 257)), {
  minLength: 1,
  maxLength: 6,
});

function expectGrowth(counts: readonly number[]): void {
  const log = new Kept();
  for (const count of counts) {
    log.grow(leaves.slice(log.head.size, log.head.size + count));
    expect(log.head.root).toEqual(computeRoot(log.head.size, read));
  }
  const expected = tileFiles(leaves.slice(0, log.head.size));
  for (const [path, bytes] of expected) {
    const parsed = parseTilePath(path);
    if (parsed?.kind !== 'tile') throw new Error(path);
    const kept = log.tiles.get(`${parsed.tile.level}/${parsed.tile.index}`);
    expect(compareBytes(kept?.hashes ?? new Uint8Array(), bytes), path).toBe(0);
  }
  expect(log.tiles.size).toBe(expected.size);
}

describe('growing the tree', () => {
  it('in any steps gives the tiles and the root that the leaves have', () => {
    fc.assert(fc.property(steps, expectGrowth), { numRuns: 30 });
  });

  it('over the edge of a second and a third level of tiles gives the same', () => {
    expectGrowth([65_279, 1, 255, 0, 1, 464]);
    expectGrowth([65_536, 1]);
  });

  it('by nothing changes nothing', () => {
    const log = new Kept();
    log.grow(leaves.slice(0, 300));
    expect(growTree(log.head, log.edge(), [])).toEqual({ head: log.head, tiles: [] });
    expect(growTree(start, [], [])).toEqual({ head: start, tiles: [] });
  });

  it('hangs on partial tiles only, which make up the root', () => {
    fc.assert(
      fc.property(fc.nat(leaves.length), (size) => {
        const edge = edgeTiles(size);
        expect(edge.every(({ width }) => width > 0 && width < 256)).toBe(true);
        expect(new Set(edge.map(({ level }) => level)).size).toBe(edge.length);
        const hashesOf = ({ level, index, width }: TileId) =>
          Array.from({ length: width }, (_, i) => read({ level: 8 * level, index: 256 * index + i }));
        const bytes = edge.map((tile) => ({
          ...tile,
          hashes: new Uint8Array(Buffer.concat(hashesOf(tile))),
        }));
        expect(rootOfEdge(size, bytes)).toEqual(computeRoot(size, read));
      }),
    );
  });

  it('is refused on an edge that does not lead to the root: a flipped bit, a cut, another head', async () => {
    const log = new Kept();
    log.grow(leaves.slice(0, 66_000 - 7));
    const edge = log.edge();
    const more = leaves.slice(-7);
    expect(growTree(log.head, edge, more).head.root).toEqual(computeRoot(66_000, read));
    for (const [i, tile] of edge.entries()) {
      for (const hashes of [
        flipped(tile.hashes, 3),
        flipped(tile.hashes, tile.hashes.length - 1),
        tile.hashes.subarray(32),
      ]) {
        await expectCode('proof-invalid', () => growTree(log.head, edge.with(i, { ...tile, hashes }), more));
      }
      await expectCode('proof-invalid', () => growTree(log.head, edge.toSpliced(i, 1), more));
    }
    await expectCode('proof-invalid', () => growTree({ ...log.head, size: log.head.size - 1 }, edge, more));
    await expectCode('proof-invalid', () =>
      growTree({ ...log.head, root: flipped(log.head.root, 9) }, edge, more),
    );
    await expectCode('proof-invalid', () => growTree({ size: 0, root: flipped(emptyRoot, 0) }, [], more));
  });

  it('takes edge tiles that are wider than the head, as they are after a crash between tiles and head', () => {
    const log = new Kept();
    log.grow(leaves.slice(0, 300));
    const { head } = log;
    log.grow(leaves.slice(300, 400));
    const edge = edgeTiles(300).map(({ level, index }) => log.tiles.get(`${level}/${index}`)!);
    const again = growTree(head, edge, leaves.slice(300, 310));
    expect(again.head.root).toEqual(computeRoot(310, read));
  });
});
