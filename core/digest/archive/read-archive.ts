// Opening an archive of any kind that packages come in (.tgz, .crate, .tar, .tar.xz, .zip), recognised by its bytes and
// never by its name, as one tree in memory and the digests that only the packed form has.
//
// What is refused is told in decompress.ts, tar.ts, zip.ts and tree-builder.ts; nothing is ever written anywhere.

import { toHex } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { portableHashers, type Hasher, type HasherFactory } from '../hasher.ts';
import type { DirectoryNode } from '../tree.ts';
import type { ByteStream } from './byte-reader.ts';
import { compressionOf, decompress } from './decompress.ts';
import type { ArchiveEntry } from './entry.ts';
import { defaultArchiveLimits, tooLarge, type ArchiveLimits } from './limits.ts';
import { readTar } from './tar.ts';
import { TreeBuilder } from './tree-builder.ts';
import { readZip } from './zip.ts';

export interface ReadArchiveOptions {
  /** Leading path segments to take off each entry; 0 when absent. */
  readonly strip?: number;
  readonly limits?: Partial<ArchiveLimits>;
  readonly hashers?: HasherFactory;
}

export interface UnpackedArchive {
  readonly format: 'tar' | 'zip';
  readonly root: DirectoryNode;
  /** SHA-256 of the tar after one decompression, hex; a zip has none. */
  readonly tarSha256?: string;
}

/** The tree that an archive holds; throws archive-unrecognised, -unreadable, -unsafe, -too-large. */
export async function readArchive(
  archive: Uint8Array,
  options: ReadArchiveOptions = {},
): Promise<UnpackedArchive> {
  const limits = { ...defaultArchiveLimits, ...options.limits };
  if (archive.length > limits.archiveBytes) throw tooLarge('bytes', limits.archiveBytes);
  const builder = new TreeBuilder({ strip: options.strip ?? 0 }, limits);
  if (isZip(archive)) {
    for await (const entry of readZip(archive, limits)) builder.add(entry);
    return { format: 'zip', root: builder.build() };
  }
  const hasher = (options.hashers ?? portableHashers)('sha256');
  for await (const entry of tarEntries(archive, limits, hasher)) builder.add(entry);
  return { format: 'tar', root: builder.build(), tarSha256: toHex(hasher.digest()) };
}

/** Whether the first bytes are those of a zip: a local header, or the end record of an empty one. */
export function isZip(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6));
}

function tarEntries(
  archive: Uint8Array,
  limits: ArchiveLimits,
  hasher: Hasher,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const compression = compressionOf(archive);
  if (compression === 'none' && !looksLikeTar(archive)) {
    throw new TrustError('archive-unrecognised', 'Neither a tar, a gzip or xz file, nor a zip', {
      help: 'Packages are read as .tgz, .crate, .tar, .tar.gz, .tar.xz and .zip.',
    });
  }
  return readTar(hashed(decompress(slices(archive), compression, limits), hasher), limits);
}

/** Pieces small enough that a bomb is noticed soon. */
function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  const size = 64 * 1024;
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function* hashed(stream: ByteStream, hasher: Hasher): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    hasher.update(chunk);
    yield chunk;
  }
}

/** A tar has no magic at its beginning: `ustar` stands in the first header, which old tars lack, or all is zeros. */
function looksLikeTar(bytes: Uint8Array): boolean {
  const magic = String.fromCharCode(...bytes.subarray(257, 262));
  return (
    bytes.length >= 512 &&
    (magic === 'ustar' || /^[0-7 \0]{8}$/.test(String.fromCharCode(...bytes.subarray(148, 156))))
  );
}
