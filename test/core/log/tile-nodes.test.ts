import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TileNodes } from '../../../core/log/tile-nodes.ts';
import { expectCode } from '../../support/matchers.ts';
import { rootByDefinition, someLeaves } from '../../support/memory-log.ts';

const bytesOf = (hashes: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(hashes));

describe('the nodes of a tile', () => {
  it('are the hashes of all complete subtrees over its hashes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (width) => {
        const hashes = someLeaves(width);
        const nodes = new TileNodes(bytesOf(hashes));
        expect(nodes.width).toBe(width);
        for (let level = 0; 2 ** level <= width; level++) {
          const last = Math.floor(width / 2 ** level) - 1;
          for (const position of [0, last]) {
            const below = hashes.slice(position * 2 ** level, (position + 1) * 2 ** level);
            expect(nodes.node(level, position)).toEqual(rootByDefinition(below));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('end in the hash of the whole tile when it is full', async () => {
    const hashes = someLeaves(256);
    expect(new TileNodes(bytesOf(hashes)).root).toEqual(rootByDefinition(hashes));
    await expectCode('proof-invalid', () => new TileNodes(bytesOf(hashes.slice(1))).root);
  });

  it('are not there beyond its width', async () => {
    const nodes = new TileNodes(bytesOf(someLeaves(5)));
    for (const [level, position] of [
      [0, 5],
      [1, 2],
      [2, 1],
      [3, 0],
      [9, 0],
      [0, -1],
      [-1, 0],
      [0, 0.5],
    ] as const) {
      await expectCode('proof-invalid', () => nodes.node(level, position));
    }
  });

  it('are refused when the bytes are no hashes, none, or too many', async () => {
    for (const length of [0, 31, 33, 8191, 8193, 8192 + 32]) {
      await expectCode('proof-invalid', () => new TileNodes(new Uint8Array(length)));
    }
  });
});
