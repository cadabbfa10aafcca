// Go's h1 hash of a module zip (dirhash.HashZip): over the names as the zip has them, which begin with `module@version/`.
//
// Every entry counts, in Go also one for a directory; what zips are refused is told in archive/zip.ts.

import { fromUtf8, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { defaultArchiveLimits, unsafe, type ArchiveLimits } from './archive/limits.ts';
import { readZip } from './archive/zip.ts';
import { safeSegments } from './archive/safe-path.ts';
import { goDirhashOfFiles, type GoFile } from './go-dirhash.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';
import { showName } from './tree.ts';

/** Hex of the h1 hash of a module zip; throws archive-unreadable, -unsafe, -too-large, tree-unsupported. */
export async function goDirhashOfZip(
  archive: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const all = { ...defaultArchiveLimits, ...limits };
  const files: GoFile[] = [];
  for await (const entry of readZip(archive, all)) {
    safeSegments(entry.path, all);
    if (entry.kind === 'symlink' || entry.kind === 'hardlink') {
      throw unsafe(`a Go module holds no links: ${showName(entry.path)}`);
    }
    const hasher = hashers('sha256');
    for (const chunk of entry.kind === 'file' ? entry.chunks : []) hasher.update(chunk);
    files.push({ name: nameText(entry.path), sha256: toHex(hasher.digest()) });
  }
  return goDirhashOfFiles(files, hashers);
}

function nameText(name: Uint8Array): string {
  try {
    return fromUtf8(name);
  } catch (cause) {
    throw new TrustError('tree-unsupported', `Go hashes no name that is not UTF-8: ${showName(name)}`, {
      cause,
    });
  }
}
