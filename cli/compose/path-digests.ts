// Every digest of a path: a folder as a tree, an archive as a file and as the tree inside, any other file as it is.

import { lstat } from 'node:fs/promises';
import { archiveDigests, type ArchiveLayout } from '../../core/digest/archive-digests.ts';
import { compareBytes, utf8 } from '../../core/bytes.ts';
import { defaultArchiveLimits } from '../../core/digest/archive/limits.ts';
import type { DigestSet } from '../../core/digest/digest-set.ts';
import { fileDigests } from '../../core/digest/file-digest.ts';
import { gitBlob } from '../../core/digest/git-blob.ts';
import type { DirectoryNode } from '../../core/digest/tree.ts';
import { treeDigests } from '../../core/digest/tree-digests.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readBounded } from '../read-bounded.ts';
import { readFileTree } from '../source/file-tree.ts';
import { nodeHashers } from '../source/node-hashers.ts';

export interface PathDigests {
  readonly kind: 'folder' | 'archive' | 'file';
  readonly digests: DigestSet;
}

/** How to read what is at the path; without a layout it is guessed. */
export interface PathReading {
  readonly layout?: ArchiveLayout;
  readonly crevIgnore?: readonly string[];
  /** `module@version`, for Go's h1. */
  readonly goModule?: string;
}

/** Digests of the folder or file at `path`; throws source-unavailable, archive-… and tree-…. */
export async function pathDigests(path: string, reading: PathReading = {}): Promise<PathDigests> {
  const { crevIgnore, goModule } = reading;
  const facts = await lstat(path).catch((cause: unknown) => {
    throw new TrustError('usage', `No such file or folder: ${escapeTerminal(path)}`, { cause });
  });
  if (facts.isDirectory()) {
    const tree = withoutLeftovers(await readFileTree(path), crevIgnore ?? []);
    const digests = await treeDigests(tree, {
      hashers: nodeHashers,
      ...(goModule !== undefined && { goModule }),
    });
    return { kind: 'folder', digests };
  }
  const bytes = await readBounded(path, defaultArchiveLimits.archiveBytes, 'source-unavailable');
  try {
    return { kind: 'archive', digests: await asArchive(bytes, reading) };
  } catch (error) {
    // A file that is no archive has digests too, unless it was expected to be one.
    if (!isTrustError(error, 'archive-unrecognised') || reading.layout !== undefined) throw error;
    const own = await fileDigests([bytes], ['sha512', 'sha384', 'sha256', 'sha1', 'md5'], nodeHashers);
    return {
      kind: 'file',
      digests: { ...own, gitBlob: await gitBlob([bytes], bytes.length, 'sha1', nodeHashers) },
    };
  }
}

/**
 * A folder without what its package manager left in it (cargo's `.cargo-ok`, a `target` that was built): the archive has no
 * such thing, and one more file would make every digest of the tree another one.
 */
function withoutLeftovers(tree: DirectoryNode, names: readonly string[]): DirectoryNode {
  const entries = tree.entries.filter(
    ({ name }) => !names.some((one) => compareBytes(utf8(one), name) === 0),
  );
  return { ...tree, entries };
}

async function asArchive(
  bytes: Uint8Array,
  { layout, crevIgnore, goModule }: PathReading,
): Promise<DigestSet> {
  const options = {
    hashers: nodeHashers,
    ...(crevIgnore !== undefined && { crevIgnore }),
    ...(goModule !== undefined && { go: true }),
  };
  if (layout !== undefined) return (await archiveDigests(bytes, { ...options, layout })).digests;
  try {
    return (await archiveDigests(bytes, { ...options, layout: { kind: 'one-folder' } })).digests;
  } catch (error) {
    // Content beside a folder at the top, or none: then the archive is taken as it is.
    if (!isTrustError(error, 'archive-unsafe')) throw error;
    return (await archiveDigests(bytes, { ...options, layout: { kind: 'flat' } })).digests;
  }
}
