// One source's bytes, checked against the lockfile before anything is made of them, then hashed in every way.
//
// The order is the point: until the bytes are those of the lockfile, an archive is a stranger's and is not unpacked. Go's
// h1 is the exception that its nature demands: it is of the zip's content, so the zip is read, under all limits, to get it.

import { readFile, stat } from 'node:fs/promises';
import { archiveDigests } from '../../core/digest/archive-digests.ts';
import { defaultArchiveLimits, type ArchiveLimits } from '../../core/digest/archive/limits.ts';
import {
  compareDigests,
  digestEntries,
  digestKeys,
  formatDigests,
  type DigestSet,
} from '../../core/digest/digest-set.ts';
import { fileDigests, type FileDigestKey } from '../../core/digest/file-digest.ts';
import { goDirhashOfZip } from '../../core/digest/go-dirhash-zip.ts';
import { treeDigests } from '../../core/digest/tree-digests.ts';
import { TrustError } from '../../core/errors.ts';
import type { Reading } from './digest-cache.ts';
import { readFileTree } from './file-tree.ts';
import { nodeHashers } from './node-hashers.ts';
import type { SourceProvider, WantedSource } from './provider.ts';

const fileKeys = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'] as const satisfies readonly FileDigestKey[];

/** Whether the lockfile says something strong about the bytes that a source can be checked against. */
export function isCheckable(digests: DigestSet): boolean {
  return digestEntries(digests).some(
    ([key]) => key === 'dirHash' || (digestKeys[key].kind === 'archive' && !digestKeys[key].weak),
  );
}

/** How a wanted source's archive is read. */
export function readingOf(provider: SourceProvider, wanted: WantedSource): Reading {
  return {
    layout: provider.layout(wanted),
    crevIgnore: provider.crevIgnore,
    go: provider.ecosystem === 'golang',
  };
}

/**
 * All digests of the archive at `path`; throws source-mismatch when it is not what the lockfile names, source-unavailable
 * when it can't be read, and whatever reading a hostile archive throws.
 */
export async function checkArchive(
  path: string,
  wanted: WantedSource,
  reading: Reading,
  limits: Partial<ArchiveLimits> = {},
): Promise<DigestSet> {
  const { archiveBytes } = { ...defaultArchiveLimits, ...limits };
  const bytes = await readBounded(path, archiveBytes);
  const known = wanted.digests;
  const stated = fileKeys.filter((key) => known[key] !== undefined);
  const own: DigestSet = {
    ...(await fileDigests([bytes], stated, nodeHashers)),
    ...(known.dirHash !== undefined && { dirHash: await goDirhashOfZip(bytes, limits, nodeHashers) }),
  };
  expectSame(known, own, path, wanted);
  const { digests } = await archiveDigests(bytes, { ...reading, limits, hashers: nodeHashers });
  return digests;
}

/** All digests of an unpacked Go module, the one kind of tree that a lockfile names; throws as `checkArchive` does. */
export async function checkGoTree(folder: string, wanted: WantedSource): Promise<DigestSet> {
  const root = await readFileTree(folder);
  const goModule = `${wanted.name}@${wanted.version}`;
  const digests = await treeDigests(root, { goModule, hashers: nodeHashers });
  expectSame(wanted.digests, digests, folder, wanted);
  return digests;
}

function expectSame(known: DigestSet, own: DigestSet, path: string, { name, version }: WantedSource): void {
  if (compareDigests(known, own).relation === 'same') return;
  throw new TrustError(
    'source-mismatch',
    `${path} is not the ${name} ${version} of the lockfile: ${formatDigests(own)} instead of ${formatDigests(known)}`,
    {
      help: 'Either the lockfile was changed or these are other bytes of the same name and version. Find out which.',
    },
  );
}

async function readBounded(path: string, limit: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= limit) return await readFile(path);
  } catch (cause) {
    throw new TrustError('source-unavailable', `Can't read ${path}`, { cause });
  }
  throw new TrustError('archive-too-large', `${path} is larger than ${limit} bytes`);
}
