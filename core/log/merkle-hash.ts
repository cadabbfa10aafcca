// The two hashes of the Merkle tree (RFC 6962 section 2.1, with SHA-256).
//
// A leaf is hashed behind a zero byte and an inner node behind a one, so that a node can never be passed off as a leaf.
// The tree itself, its proofs and its tiles are not here: the ledger stores leaf hashes from its first entry on.
//
// SHA-256 comes from @noble/hashes, because a browser's own (WebCrypto) is asynchronous: a promise for every node would
// make proofs and tiles many times slower, and every function over them asynchronous. It is audited and has no
// dependencies. Beside it core/log needs WebCrypto for Ed25519 (core/ed25519.ts), and nothing of Node.

import { sha256 } from '@noble/hashes/sha2.js';
import { TrustError } from '../errors.ts';

/** Length of every hash of the tree, in bytes. */
export const hashBytes = 32;

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** SHA-256(0x00 || record): the leaf hash of an entry (RFC 6962 section 2.1). `record` is any byte string. */
export function leafHash(record: Uint8Array): Uint8Array {
  return sha256.create().update(leafPrefix).update(record).digest();
}

/**
 * SHA-256(0x01 || left || right): the hash of an inner node (RFC 6962 section 2.1). Throws ledger-corrupt when a child is
 * not 32 bytes long, because a node over other lengths could be split in more than one way.
 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== hashBytes || right.length !== hashBytes) {
    throw new TrustError(
      'ledger-corrupt',
      `A tree node has two children of 32 bytes, not ${left.length} and ${right.length}`,
    );
  }
  return sha256.create().update(nodePrefix).update(left).update(right).digest();
}

/** Root of the tree without entries: SHA-256 of nothing (RFC 6962 section 2.1). */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));
