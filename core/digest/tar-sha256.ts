// SHA-256 of the tar inside an archive (`tarSha256`): the stream after one decompression, whatever it was compressed with.
//
// Two archives of the same tar, compressed anew, share it. It does not cover what lies outside the stream: gzip's names and
// comments. Refused: what decompress.ts refuses.

import { toHex } from '../bytes.ts';
import { compressionOf, decompress } from './archive/decompress.ts';
import { defaultArchiveLimits, type ArchiveLimits } from './archive/limits.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';

/** Hex SHA-256 of the decompressed bytes; throws archive-unreadable, archive-unsafe, archive-too-large. */
export async function tarSha256(
  archive: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const hasher = hashers('sha256');
  const bounds = { ...defaultArchiveLimits, ...limits };
  for await (const chunk of decompress([archive], compressionOf(archive), bounds)) hasher.update(chunk);
  return toHex(hasher.digest());
}
