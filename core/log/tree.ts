// Which nodes make up a root or a proof, and hashing them together (RFC 6962 section 2.1).
//
// Everything is expressed in complete subtrees: node (level l, index i) covers the leaves i·2^l up to (i+1)·2^l. Those
// never change once they exist, so they are what is stored and cached. Sizes are safe integers.

import { TrustError } from '../errors.ts';
import { emptyRoot, nodeHash } from './merkle-hash.ts';

/** A complete subtree. */
export interface Node {
  readonly level: number;
  readonly index: number;
}

/** The hash of a complete subtree. */
export type ReadNode = (node: Node) => Uint8Array;

/** The leaves from `start` up to, not including, `end`: a subtree of RFC 6962's tree. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The complete subtrees whose hashes make up the root of a tree, left to right, largest first. */
export function rootNodes(size: number): Node[] {
  return completeNodes({ start: 0, end: size });
}

/** Root of the tree of this size; the empty root for size 0. */
export function computeRoot(size: number, read: ReadNode): Uint8Array {
  return size === 0 ? emptyRoot : hashRange({ start: 0, end: size }, read);
}

/** The nodes that `proveInclusion` reads. */
export function inclusionNodes(index: number, size: number): Node[] {
  return inclusionRanges(index, size).flatMap(completeNodes);
}

/** PATH(index, D[size]): the leaf's sibling first. Throws proof-invalid when there is no such leaf. */
export function proveInclusion(index: number, size: number, read: ReadNode): Uint8Array[] {
  return inclusionRanges(index, size).map((range) => hashRange(range, read));
}

/** The nodes that `proveConsistency` reads. */
export function consistencyNodes(oldSize: number, newSize: number): Node[] {
  return consistencyRanges(oldSize, newSize).flatMap(completeNodes);
}

/** PROOF(oldSize, D[newSize]); empty for equal sizes and from size 0. Throws proof-invalid when the sizes are no two trees. */
export function proveConsistency(oldSize: number, newSize: number, read: ReadNode): Uint8Array[] {
  return consistencyRanges(oldSize, newSize).map((range) => hashRange(range, read));
}

function inclusionRanges(index: number, size: number): Range[] {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new TrustError('proof-invalid', `There is no entry ${index} in a tree of ${size}`);
  }
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

function consistencyRanges(oldSize: number, newSize: number): Range[] {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize) {
    throw new TrustError('proof-invalid', `A tree of ${newSize} entries can't follow one of ${oldSize}`);
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: Range[] = [];
  let [start, end] = [0, newSize];
  // SUB(m, D, b) of RFC 6962 section 2.1.2; the flag b says that the old root itself is known.
  while (end > oldSize) {
    const middle = start + split(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** The largest power of two below n, for n of at least 2. */
function split(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** A subtree of the tree as complete subtrees, left to right. */
function completeNodes({ start, end }: Range): Node[] {
  const nodes: Node[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level++;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

function hashRange(range: Range, read: ReadNode): Uint8Array {
  const hashes = completeNodes(range).map(read);
  const last = hashes.pop();
  if (last === undefined) throw new TrustError('internal', 'A range without leaves has no hash');
  return hashes.reduceRight((right, left) => nodeHash(left, right), last);
}
