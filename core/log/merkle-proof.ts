// Checking Merkle proofs: inclusion of a leaf in a tree, and consistency of a tree with an earlier one.
//
// The algorithms are those of RFC 9162 sections 2.1.3.2 and 2.1.4.2, over the tree of RFC 6962. Indices and sizes may be
// any unsigned 64-bit integer. Decided here: the empty tree is a prefix of every tree, proven by an empty proof, as the
// witness protocol has it; and no proof is longer than 64 hashes.

import { compareBytes } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { emptyRoot, hashBytes, nodeHash } from './merkle-hash.ts';

/** Most hashes that a proof in a tree of up to 2^64 leaves can have. */
export const maxProofHashes = 64;
const maxUint64 = (1n << 64n) - 1n;

export interface InclusionClaim {
  readonly index: number | bigint;
  readonly size: number | bigint;
  /** RFC 6962 leaf hash. */
  readonly leafHash: Uint8Array;
  /** The leaf's sibling first, the root's child last. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly oldSize: number | bigint;
  readonly newSize: number | bigint;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Throws proof-invalid unless the leaf is the one at that index of the tree with that root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion({ index, size, leafHash, proof, root }: InclusionClaim): void {
  checkShape(proof, leafHash, root);
  let fn = unsigned(index);
  const last = unsigned(size) - 1n;
  if (fn > last) throw wrong(`there is no entry ${index} in a tree of ${size}`);
  let sn = last;
  let r = leafHash;
  for (const p of proof) {
    if (sn === 0n) throw wrong('the proof is too long');
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else r = nodeHash(r, p);
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) throw wrong('the proof is too short');
  if (compareBytes(r, root) !== 0) throw wrong('it leads to another root');
}

/** Throws proof-invalid unless the older tree is a prefix of the newer one (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(claim: ConsistencyClaim): void {
  const { proof, oldRoot, newRoot } = claim;
  const [oldSize, newSize] = [unsigned(claim.oldSize), unsigned(claim.newSize)];
  checkShape(proof, oldRoot, newRoot);
  if (newSize < oldSize) throw wrong(`a tree of ${newSize} can't follow one of ${oldSize}`);
  if (oldSize === newSize || oldSize === 0n) {
    if (proof.length > 0) throw wrong('the proof has to be empty');
    const expected = oldSize === 0n ? emptyRoot : newRoot;
    if (compareBytes(oldRoot, expected) !== 0) throw wrong('the roots differ');
    if (newSize === 0n && compareBytes(newRoot, emptyRoot) !== 0) throw wrong('the roots differ');
    return;
  }
  let fn = oldSize - 1n;
  let sn = newSize - 1n;
  while (isOdd(fn)) {
    fn >>= 1n;
    sn >>= 1n;
  }
  // After the shifts, zero means that the old size is a power of two: then its root is the first hash of the path.
  const [first, ...rest] = fn === 0n ? [oldRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) throw wrong('the proof is empty');
  let fr = first;
  let sr = first;
  for (const c of rest) {
    if (sn === 0n) throw wrong('the proof is too long');
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!isOdd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else sr = nodeHash(sr, c);
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n) throw wrong('the proof is too short');
  if (compareBytes(fr, oldRoot) !== 0) throw wrong('it does not lead to the older root');
  if (compareBytes(sr, newRoot) !== 0) throw wrong('it does not lead to the newer root');
}

/** An index or size as a bigint; numbers have to be exact. */
function unsigned(value: number | bigint): bigint {
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (!isExact || value < 0 || BigInt(value) > maxUint64) throw wrong(`${value} is no index or size`);
  return BigInt(value);
}

function isOdd(value: bigint): boolean {
  return (value & 1n) === 1n;
}

function checkShape(proof: readonly Uint8Array[], ...others: readonly Uint8Array[]): void {
  if (proof.length > maxProofHashes) throw wrong(`it has ${proof.length} hashes`);
  if ([...proof, ...others].some((hash) => hash.length !== hashBytes))
    throw wrong('not all hashes have 32 bytes');
}

function wrong(why: string): TrustError {
  return new TrustError('proof-invalid', `The Merkle proof does not hold: ${why}`);
}
