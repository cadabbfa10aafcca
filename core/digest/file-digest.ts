// Digests of a file's bytes as they are: the archive kinds of a digest set, from one reading.

import { toHex } from '../bytes.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';

/** The keys of a digest set that are of the file itself. */
export type FileDigestKey = 'sha512' | 'sha384' | 'sha256' | 'sha1' | 'md5';

/** Hex digests of a stream of bytes, by algorithm, all from one pass. */
export async function fileDigests<Key extends FileDigestKey>(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  algorithms: readonly Key[],
  hashers: HasherFactory = portableHashers,
): Promise<Readonly<Record<Key, string>>> {
  const running = algorithms.map((algorithm) => [algorithm, hashers(algorithm)] as const);
  for await (const chunk of content) for (const [, hasher] of running) hasher.update(chunk);
  const entries = running.map(([algorithm, hasher]) => [algorithm, toHex(hasher.digest())] as const);
  return Object.fromEntries(entries) as Record<Key, string>;
}
