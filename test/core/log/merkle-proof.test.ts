import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, fromHex } from '../../../core/bytes.ts';
import { emptyRoot, leafHash } from '../../../core/log/merkle-hash.ts';
import {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from '../../../core/log/merkle-proof.ts';
import { computeRoot, proveConsistency, proveInclusion } from '../../../core/log/tree.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped, readerOf, someLeaves, treeLevels, uniformLog } from '../../support/memory-log.ts';
import {
  hashesOf,
  sampleConsistencies,
  sampleInclusions,
  sampleLeaves,
  sampleRoots,
  tessera,
  torchwood,
} from './support/known-answers.ts';
import { refusesOnlyWith } from './support/hostile.ts';

const leaves = someLeaves(600);
const read = readerOf(treeLevels(leaves));
const rootOf = (size: number): Uint8Array => computeRoot(size, read);
const [other = new Uint8Array()] = someLeaves(1);

const inclusions = fc
  .integer({ min: 1, max: leaves.length - 1 })
  .chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)))
  .map(([index, size]) => ({
    ...{ index, size, leafHash: leaves[index]!, root: rootOf(size) },
    proof: proveInclusion(index, size, read),
  }));
const consistencies = fc
  .integer({ min: 2, max: leaves.length - 1 })
  .chain((size) => fc.tuple(fc.integer({ min: 1, max: size - 1 }), fc.constant(size)))
  .map(([oldSize, newSize]) => ({
    ...{ oldSize, newSize, oldRoot: rootOf(oldSize), newRoot: rootOf(newSize) },
    proof: proveConsistency(oldSize, newSize, read),
  }));

/** Every way to spoil a list of hashes: flip, drop, double, swap with the next, put one more in front or behind. */
function spoiled(proof: readonly Uint8Array[]): Uint8Array[][] {
  const each = proof.flatMap((hash, i) => {
    const next = proof[i + 1];
    return [
      proof.with(i, flipped(hash, i % 32, i)),
      proof.with(i, hash.subarray(1)),
      proof.toSpliced(i, 1),
      proof.toSpliced(i, 0, hash),
      ...(next !== undefined && compareBytes(hash, next) !== 0
        ? [proof.with(i, next).with(i + 1, hash)]
        : []),
    ];
  });
  return [...each, [other, ...proof], [...proof, other], [...proof, new Uint8Array(0)]];
}

const isIncluded = (claim: InclusionClaim) =>
  refusesOnlyWith('proof-invalid', () => {
    verifyInclusion(claim);
    return true;
  }) ?? false;
const isConsistent = (claim: ConsistencyClaim) =>
  refusesOnlyWith('proof-invalid', () => {
    verifyConsistency(claim);
    return true;
  }) ?? false;

describe('inclusion', () => {
  const sample = readerOf(treeLevels(sampleLeaves));

  it.each(sampleInclusions)('of entry %i in the known tree of %i holds', (index, size) => {
    const root = fromHex(sampleRoots[size - 1]!);
    verifyInclusion({
      index,
      size,
      leafHash: sampleLeaves[index]!,
      root,
      proof: proveInclusion(index, size, sample),
    });
  });

  it("of Tessera's fifth word holds", () => {
    const [root] = hashesOf([tessera.checkpoints.get(15)![0]]);
    const claim = {
      index: 4n,
      size: 15n,
      leafHash: leafHash(tessera.entries[4]!),
      proof: hashesOf(tessera.inclusion),
    };
    expect(isIncluded({ ...claim, root: root! })).toBe(true);
  });

  it('holds for any entry of any tree, and for nothing else in its place', () => {
    fc.assert(
      fc.property(inclusions, (claim) => {
        verifyInclusion(claim);
        const { index, size, proof, root } = claim;
        for (const one of spoiled(proof)) expect(isIncluded({ ...claim, proof: one })).toBe(false);
        expect(isIncluded({ ...claim, index: index + 1 })).toBe(false);
        expect(isIncluded({ ...claim, index: index - 1 })).toBe(false);
        expect(isIncluded({ ...claim, size: size + 1, root: rootOf(size + 1) })).toBe(false);
        if (size > 1) expect(isIncluded({ ...claim, size: size - 1, root: rootOf(size - 1) })).toBe(false);
        expect(isIncluded({ ...claim, root: flipped(root, 7) })).toBe(false);
        expect(isIncluded({ ...claim, leafHash: flipped(claim.leafHash, 31, 7) })).toBe(false);
      }),
    );
  });

  it('is refused for sizes and indices that are none, and for proofs without end', () => {
    const claim = { index: 0, size: 1, leafHash: other, root: other, proof: [] };
    expect(isIncluded(claim)).toBe(true);
    for (const one of [-1, -1n, 0.5, Number.NaN, 2 ** 53, 1n << 64n]) {
      expect(isIncluded({ ...claim, index: one })).toBe(false);
      expect(isIncluded({ ...claim, size: one })).toBe(false);
    }
    expect(isIncluded({ ...claim, size: 0 })).toBe(false);
    const endless = Array.from({ length: 65 }, () => other);
    expect(isIncluded({ ...claim, size: (1n << 64n) - 1n, proof: endless })).toBe(false);
  });

  it('says nothing about the size beyond the shape of the proof: that is what the checkpoint signs', () => {
    const claim = { index: 0, leafHash: leaves[0]!, root: rootOf(3), proof: proveInclusion(0, 3, read) };
    expect(isIncluded({ ...claim, size: 3 })).toBe(true);
    expect(isIncluded({ ...claim, size: 4 })).toBe(true);
  });

  it('holds in trees that no computer has stored', () => {
    const size = 2 ** 53 - 1;
    const { leaf, node } = uniformLog(size);
    const root = computeRoot(size, node);
    for (const index of [0, 1, 255, 256, 2 ** 52, size - 1]) {
      const proof = proveInclusion(index, size, node);
      verifyInclusion({ index, size, leafHash: leaf, root, proof });
      expect(isIncluded({ index, size, leafHash: leaf, root, proof: proof.slice(1) })).toBe(false);
    }
  });
});

describe('consistency', () => {
  const sample = readerOf(treeLevels(sampleLeaves));

  it.each(sampleConsistencies)('of the known trees of %i and %i holds', (oldSize, newSize) => {
    const [oldRoot, newRoot] = [fromHex(sampleRoots[oldSize - 1]!), fromHex(sampleRoots[newSize - 1]!)];
    verifyConsistency({
      oldSize,
      newSize,
      oldRoot,
      newRoot,
      proof: proveConsistency(oldSize, newSize, sample),
    });
  });

  it('of the checkpoints that others published holds', () => {
    const roots = new Map([...tessera.checkpoints].map(([size, [root]]) => [size as number, root]));
    const published = [
      ...torchwood.proofs.map(([from, to, proof]) => [from, to, torchwood.roots, proof] as const),
      [3, 15, roots, tessera.consistency] as const,
    ];
    for (const [oldSize, newSize, of, proof] of published) {
      const [oldRoot, newRoot] = hashesOf([of.get(oldSize)!, of.get(newSize)!]) as [Uint8Array, Uint8Array];
      expect(isConsistent({ oldSize, newSize, oldRoot, newRoot, proof: hashesOf(proof) })).toBe(true);
    }
  });

  it('holds between any two sizes, and for nothing else in their place', () => {
    fc.assert(
      fc.property(consistencies, (claim) => {
        verifyConsistency(claim);
        const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
        for (const one of spoiled(proof)) expect(isConsistent({ ...claim, proof: one })).toBe(false);
        for (const from of [oldSize - 1, oldSize + 1]) {
          if (from > 0) expect(isConsistent({ ...claim, oldSize: from, oldRoot: rootOf(from) })).toBe(false);
        }
        for (const to of [newSize - 1, newSize + 1]) {
          expect(isConsistent({ ...claim, newSize: to, newRoot: rootOf(to) })).toBe(false);
        }
        expect(isConsistent({ ...claim, oldRoot: flipped(oldRoot, 0) })).toBe(false);
        expect(isConsistent({ ...claim, newRoot: flipped(newRoot, 0) })).toBe(false);
        expect(isConsistent({ ...claim, oldRoot: newRoot, newRoot: oldRoot })).toBe(false);
        expect(isConsistent({ ...claim, oldSize: newSize, newSize: oldSize })).toBe(false);
      }),
    );
  });

  it('of a tree with itself needs no proof, and takes none', () => {
    const same = { oldSize: 7, newSize: 7, oldRoot: rootOf(7), newRoot: rootOf(7) };
    expect(isConsistent({ ...same, proof: [] })).toBe(true);
    expect(isConsistent({ ...same, proof: [other] })).toBe(false);
    expect(isConsistent({ ...same, newRoot: rootOf(8), proof: [] })).toBe(false);
  });

  it('of the empty tree with any other is proven by nothing, as the witness protocol has it', () => {
    const start = { oldSize: 0, newSize: 5, oldRoot: emptyRoot, newRoot: rootOf(5), proof: [] };
    expect(isConsistent(start)).toBe(true);
    expect(isConsistent({ ...start, proof: [other] })).toBe(false);
    expect(isConsistent({ ...start, oldRoot: rootOf(5) })).toBe(false);
    expect(isConsistent({ ...start, newSize: 0, newRoot: emptyRoot })).toBe(true);
    expect(isConsistent({ ...start, newSize: 0 })).toBe(false);
    expect(isConsistent({ ...start, oldSize: 5, newSize: 0, oldRoot: rootOf(5), newRoot: emptyRoot })).toBe(
      false,
    );
  });

  it('is refused with a message that says which root it misses', async () => {
    const claim = {
      oldSize: 3,
      newSize: 9,
      oldRoot: rootOf(3),
      newRoot: rootOf(9),
      proof: proveConsistency(3, 9, read),
    };
    const older = await expectCode('proof-invalid', () => {
      verifyConsistency({ ...claim, oldRoot: rootOf(4) });
    });
    expect(older.message).toContain('older root');
    const newer = await expectCode('proof-invalid', () => {
      verifyConsistency({ ...claim, newRoot: rootOf(10) });
    });
    expect(newer.message).toContain('newer root');
  });
});
