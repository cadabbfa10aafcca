import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../core/bytes.ts';
import { emptyRoot, leafHash } from '../../../core/log/merkle-hash.ts';
import {
  computeRoot,
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  rootNodes,
  type Node,
} from '../../../core/log/tree.ts';
import { expectCode } from '../../support/matchers.ts';
import {
  readerOf,
  rootByDefinition,
  someLeaves,
  splitPoint,
  treeLevels,
  uniformLog,
} from '../../support/memory-log.ts';
import {
  sampleConsistencies,
  sampleInclusions,
  sampleLeaves,
  sampleRoots,
  tessera,
} from './support/known-answers.ts';

const leaves = someLeaves(700);
const read = readerOf(treeLevels(leaves));

/** PATH of RFC 6962 section 2.1.1, word for word. */
function pathByDefinition(index: number, of: readonly Uint8Array[]): Uint8Array[] {
  if (of.length === 1) return [];
  const k = splitPoint(of.length);
  return index < k
    ? [...pathByDefinition(index, of.slice(0, k)), rootByDefinition(of.slice(k))]
    : [...pathByDefinition(index - k, of.slice(k)), rootByDefinition(of.slice(0, k))];
}

/** SUBPROOF of RFC 6962 section 2.1.2, word for word. */
function subproofByDefinition(m: number, of: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === of.length) return whole ? [] : [rootByDefinition(of)];
  const k = splitPoint(of.length);
  return m <= k
    ? [...subproofByDefinition(m, of.slice(0, k), whole), rootByDefinition(of.slice(k))]
    : [...subproofByDefinition(m - k, of.slice(k), false), rootByDefinition(of.slice(0, k))];
}

const sizes = fc.integer({ min: 1, max: leaves.length });
const sizesWithIndex = sizes.chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)));
const twoSizes = sizes.chain((size) => fc.tuple(fc.integer({ min: 1, max: size }), fc.constant(size)));
const short = (hashes: readonly Uint8Array[]) => hashes.map((hash) => toHex(hash).slice(0, 8));

describe('the tree', () => {
  const sample = readerOf(treeLevels(sampleLeaves));

  it.each(sampleRoots.map((root, i) => [i + 1, root] as const))(
    'has the known root at size %i',
    (size, root) => {
      expect(toHex(computeRoot(size, sample))).toBe(root);
    },
  );

  it.each(sampleInclusions)('proves entry %i in size %i as everybody does', (index, size, hashes) => {
    expect(short(proveInclusion(index, size, sample))).toEqual(hashes);
  });

  it.each(sampleConsistencies)('proves size %i in size %i as everybody does', (from, to, hashes) => {
    expect(short(proveConsistency(from, to, sample))).toEqual(hashes);
  });

  it("has the roots and proofs of Tessera's test log", () => {
    const words = readerOf(treeLevels(tessera.entries.map(leafHash)));
    for (const [size, [root]] of tessera.checkpoints) expect(toBase64(computeRoot(size, words))).toBe(root);
    expect(proveInclusion(4, 15, words).map(toBase64)).toEqual(tessera.inclusion);
    expect(proveConsistency(3, 15, words).map(toBase64)).toEqual(tessera.consistency);
  });

  it('has the root of nothing when it is empty', () => {
    expect(computeRoot(0, read)).toEqual(emptyRoot);
    expect(rootNodes(0)).toEqual([]);
  });

  it('has the root that the definition gives, at any size', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        expect(computeRoot(size, read)).toEqual(rootByDefinition(leaves.slice(0, size)));
      }),
    );
  });

  it('proves inclusion as the definition does, at any index of any size', () => {
    fc.assert(
      fc.property(sizesWithIndex, ([index, size]) => {
        expect(proveInclusion(index, size, read)).toEqual(pathByDefinition(index, leaves.slice(0, size)));
      }),
    );
  });

  it('proves consistency as the definition does, between any two sizes', () => {
    fc.assert(
      fc.property(twoSizes, ([from, to]) => {
        expect(proveConsistency(from, to, read)).toEqual(
          subproofByDefinition(from, leaves.slice(0, to), true),
        );
      }),
    );
  });

  it('reads only subtrees that are complete, and those that it announced', () => {
    fc.assert(
      fc.property(twoSizes, ([smaller, size]) => {
        const seen: Node[] = [];
        const noting = (node: Node): Uint8Array => {
          expect((node.index + 1) * 2 ** node.level).toBeLessThanOrEqual(size);
          seen.push(node);
          return read(node);
        };
        computeRoot(size, noting);
        expect(seen.splice(0)).toEqual(rootNodes(size));
        proveInclusion(smaller - 1, size, noting);
        expect(seen.splice(0)).toEqual(inclusionNodes(smaller - 1, size));
        proveConsistency(smaller, size, noting);
        expect(seen.splice(0)).toEqual(consistencyNodes(smaller, size));
      }),
    );
  });

  it('proves nothing from the empty tree or a tree to itself', () => {
    expect(proveConsistency(0, 5, read)).toEqual([]);
    expect(proveConsistency(5, 5, read)).toEqual([]);
    expect(proveConsistency(0, 0, read)).toEqual([]);
  });

  it('works up to the largest size that a number holds', () => {
    const size = Number.MAX_SAFE_INTEGER;
    const log = uniformLog(size);
    expect(rootNodes(size)).toHaveLength(53);
    expect(proveInclusion(0, size, log.node)).toHaveLength(53);
    expect(proveInclusion(size - 1, size, log.node)).toHaveLength(52);
    expect(proveConsistency(size - 1, size, log.node).length).toBeLessThanOrEqual(64);
  });

  it('refuses indices and sizes that are none', async () => {
    const wrong = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
    for (const one of wrong) {
      await expectCode('proof-invalid', () => proveInclusion(one, 10, read));
      await expectCode('proof-invalid', () => proveInclusion(0, one, read));
      await expectCode('proof-invalid', () => proveConsistency(one, 10, read));
      await expectCode('proof-invalid', () => proveConsistency(1, one, read));
    }
    await expectCode('proof-invalid', () => proveInclusion(10, 10, read));
    await expectCode('proof-invalid', () => proveInclusion(0, 0, read));
    await expectCode('proof-invalid', () => proveConsistency(11, 10, read));
  });
});
