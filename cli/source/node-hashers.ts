// Hash functions by the platform's native code, for core's digests. Node has no BLAKE2b with a 256-bit output (its own is
// the 512-bit function, and cut off it is another hash), so that one stays portable.

import { createHash } from 'node:crypto';
import { portableHashers, type HasherFactory } from '../../core/digest/hasher.ts';

/** Native SHA and MD5, portable BLAKE2b-256. */
export const nodeHashers: HasherFactory = (algorithm) => {
  if (algorithm === 'blake2b256') return portableHashers(algorithm);
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  };
};
