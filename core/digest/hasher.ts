// The hash functions that digests are made of, behind one small interface, so that a host may bring faster ones.
//
// The default is @noble/hashes, which runs everywhere; the command line brings its platform's native SHA. BLAKE2b here is
// the function with a 256-bit output, which is not a cut-off 512-bit one (RFC 7693, the output length enters the state).

import { blake2b } from '@noble/hashes/blake2.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512' | 'blake2b256';

/** One running hash. */
export interface Hasher {
  /** Takes more bytes. They may be reused by the caller afterwards. */
  update(bytes: Uint8Array): void;
  /** The raw hash of all bytes; nothing may be taken after it. */
  digest(): Uint8Array;
}

export type HasherFactory = (algorithm: HashAlgorithm) => Hasher;

const makers = {
  md5: () => md5.create(),
  sha1: () => sha1.create(),
  sha256: () => sha256.create(),
  sha384: () => sha384.create(),
  sha512: () => sha512.create(),
  blake2b256: () => blake2b.create({ dkLen: 32 }),
} as const;

/** Hash functions in plain JavaScript. */
export const portableHashers: HasherFactory = (algorithm) => makers[algorithm]();

/** Hash of the concatenation of some byte strings. */
export function hashOf(
  hashers: HasherFactory,
  algorithm: HashAlgorithm,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const hasher = hashers(algorithm);
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}
