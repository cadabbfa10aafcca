// Git's name for the content of one file (gitBlob), which is also Software Heritage's `swh:1:cnt`.
//
// The length stands before the content, so it has to be known; what comes is counted and has to agree.

import { toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import type { GitObjectFormat } from './git-tree.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';

/** Hex of the blob id of `size` bytes of content; throws tree-unsupported when there are more or fewer. */
export async function gitBlob(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
  format: GitObjectFormat = 'sha1',
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const hasher = hashers(format);
  hasher.update(utf8(`blob ${size}\0`));
  let length = 0;
  for await (const chunk of content) {
    length += chunk.length;
    hasher.update(chunk);
  }
  if (length !== size)
    throw new TrustError('tree-unsupported', `Said to be ${size} bytes, and was ${length}`);
  return toHex(hasher.digest());
}
