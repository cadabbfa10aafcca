import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundlePath,
  bundlesBetween,
  documentsPath,
  parseTilePath,
  tileOfNode,
  tilePath,
  tilesBetween,
  tileWidthAt,
  type TileId,
} from '../../../core/log/tile.ts';
import { expectCode } from '../../support/matchers.ts';
import { someLeaves, tileFiles } from '../../support/memory-log.ts';

// The facts of transparency-dev/tessera, api/layout/paths_test.go, and of the specification.
const known: readonly (readonly [string, TileId])[] = [
  ['tile/0/005', { level: 0, index: 5, width: 256 }],
  ['tile/0/x001/000', { level: 0, index: 1000, width: 256 }],
  ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['tile/0/x001/x234/067.p/89', { level: 0, index: 1_234_067, width: 89 }],
  ['tile/1/x001/x000/000', { level: 1, index: 1_000_000, width: 256 }],
  ['tile/0/000.p/255', { level: 0, index: 0, width: 255 }],
  ['tile/15/x455/667', { level: 15, index: 455_667, width: 256 }],
  ['tile/15/x123/x456/789.p/41', { level: 15, index: 123_456_789, width: 41 }],
  ['tile/63/000.p/1', { level: 63, index: 0, width: 1 }],
];

const widths = fc.integer({ min: 1, max: 256 });
const indices = fc.oneof(fc.nat(1_000_000), fc.maxSafeNat());
const sizes = fc.oneof(
  fc.nat(2000),
  fc.maxSafeNat(),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -2, max: 2 })).map(([k, d]) => 256 ** k + d),
);

describe('paths of tiles', () => {
  it.each(known)('%s', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ kind: 'tile', tile });
  });

  it('of bundles and documents have no level', () => {
    const bundle = { index: 123_456_789, width: 7 };
    expect(bundlePath(bundle)).toBe('tile/entries/x123/x456/789.p/7');
    expect(documentsPath(bundle)).toBe('documents/x123/x456/789.p/7');
    expect(parseTilePath('tile/entries/x123/x456/789.p/7')).toEqual({ kind: 'bundle', bundle });
    expect(parseTilePath('documents/x123/x456/789.p/7')).toEqual({ kind: 'documents', bundle });
    expect(parseTilePath('tile/entries/000')).toEqual({ kind: 'bundle', bundle: { index: 0, width: 256 } });
  });

  it('are read back, whatever they name', () => {
    fc.assert(
      fc.property(fc.nat(63), indices, widths, (level, index, width) => {
        const tile = { level, index, width };
        expect(parseTilePath(tilePath(tile))).toEqual({ kind: 'tile', tile });
        expect(parseTilePath(bundlePath(tile))).toEqual({ kind: 'bundle', bundle: { index, width } });
        expect(parseTilePath(documentsPath(tile))).toEqual({ kind: 'documents', bundle: { index, width } });
      }),
    );
  });

  it.each([
    ...['', 'tile', 'tile/0', 'tile/0/', '/tile/0/000', 'tile/0/000/', 'checkpoint', 'tile/8/0/000'],
    ...['tile/0/x001/x234', 'tile/0/001/002', 'tile/0/x001/0002', 'tile/0/x000/001', 'tile/0/x001/x000/x000'],
    ...['tile/0/0', 'tile/0/00', 'tile/0/0000', 'tile/0/1234', 'tile/0/X001/000', 'tile/0/-01', 'tile/0/٠٠٠'],
    ...['tile/0/000.p/', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/257', 'tile/0/000.p/01'],
    ...[
      'tile/0/000.p/-1',
      'tile/0/000.p/1.p/1',
      'tile/0/000.p',
      'tile/0/000.P/1',
      'tile/0/000.p/1/',
      'tile/0/000.p/0x1',
    ],
    ...[
      'tile/64/000',
      'tile/-1/000',
      'tile/00/000',
      'tile/01/000',
      'tile/100/000',
      'tile/data/000',
      'tile//000',
    ],
    ...['tile/0/x999/x999/x999/x999/x999/999', 'tile/0/x001/x000/x000/x000/x000/x000/000'],
    ...[
      'tile/0/000\n',
      'tile/0/000?',
      'tile/0/%30%30%30',
      'tile/ 0/000',
      'tile/entries/000.p/256',
      'documents/0',
      'documents',
    ],
  ])('that nobody writes so are refused: %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('that are read at all are written the same', () => {
    const pieces = fc.constantFrom(
      'tile/',
      'entries',
      'documents/',
      '0',
      '63',
      '/',
      'x',
      '001',
      '999',
      '.p/',
      '255',
      '256',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const path = parts.join('');
        const read = parseTilePath(path);
        if (read === undefined) return;
        const written =
          read.kind === 'tile'
            ? tilePath(read.tile)
            : read.kind === 'bundle'
              ? bundlePath(read.bundle)
              : documentsPath(read.bundle);
        expect(written).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the tiles of a tree', () => {
  it('are those of the specification for 70,000 and for 256 entries', () => {
    const widthsOf = (size: number) =>
      [...tilesBetween(0, size)].filter(({ width }) => width < 256).map(({ level, width }) => [level, width]);
    expect(widthsOf(70_000)).toEqual([
      [0, 112],
      [1, 17],
      [2, 1],
    ]);
    expect([...tilesBetween(0, 70_000)].filter(({ level }) => level === 0)).toHaveLength(274);
    expect(widthsOf(256)).toEqual([[1, 1]]);
    expect(tileWidthAt(0, 0, 256)).toBe(256);
    expect(tileWidthAt(0, 1, 256)).toBe(0);
  });

  it('do not exist beyond the tree, before it, or between', () => {
    for (const index of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(tileWidthAt(0, index, 1_000_000)).toBe(0);
    }
    expect(tileWidthAt(63, 0, Number.MAX_SAFE_INTEGER)).toBe(0);
  });

  it('are the files that a log of that size has', () => {
    fc.assert(
      fc.property(fc.nat(1500), (size) => {
        const paths = [...tilesBetween(0, size)].map(tilePath);
        expect(new Set(paths)).toEqual(new Set(tileFiles(someLeaves(size)).keys()));
        expect(paths).toHaveLength(new Set(paths).size);
      }),
      { numRuns: 20 },
    );
  });

  it('that growing writes are those that were not there as wide', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (a, b) => {
        const [before, after] = [Math.min(a, b), Math.max(a, b)];
        const there = new Set([...tilesBetween(0, before)].map(tilePath));
        const expected = [...tilesBetween(0, after)].map(tilePath).filter((path) => !there.has(path));
        expect([...tilesBetween(before, after)].map(tilePath)).toEqual(expected);
        const bundles = (size: number) => [...bundlesBetween(0, size)].map(bundlePath);
        const wanted = bundles(after).filter((path) => before === after || !bundles(before).includes(path));
        if (before < after) expect([...bundlesBetween(before, after)].map(bundlePath)).toEqual(wanted);
      }),
    );
  });

  it('have the width that the size gives them, however large the tree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), sizes, (level, size) => {
        const hashes = BigInt(size) / 256n ** BigInt(level);
        const last = hashes / 256n;
        expect(tileWidthAt(level, Number(last), size)).toBe(Number(hashes % 256n));
        if (last > 0n) expect(tileWidthAt(level, Number(last) - 1, size)).toBe(256);
      }),
    );
  });

  it('hold every complete node, and no other', async () => {
    expect(tileOfNode({ level: 0, index: 300 }, 301)).toEqual({ level: 0, index: 1, width: 45 });
    expect(tileOfNode({ level: 7, index: 1 }, 256)).toEqual({ level: 0, index: 0, width: 256 });
    expect(tileOfNode({ level: 8, index: 0 }, 256)).toEqual({ level: 1, index: 0, width: 1 });
    expect(tileOfNode({ level: 9, index: 0 }, 600)).toEqual({ level: 1, index: 0, width: 2 });
    for (const [level, index, size] of [
      [0, 301, 301],
      [0, -1, 301],
      [7, 1, 255],
      [8, 0, 255],
      [0, 0, 0],
      [9, 0, 511],
    ] as const) {
      await expectCode('proof-invalid', () => tileOfNode({ level, index }, size));
    }
  });
});
