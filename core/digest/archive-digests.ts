// All digests of one package archive: the file as it is, the tar inside it, and the tree that it unpacks to.
//
// These are "same content" edges that anyone can recompute; what was taken off the paths is said, because the tree without
// its top folder is another tree than the one with it. Packages keep their content in one folder (`package/` for npm,
// `name-version/` for crates), and that folder is what reviewers read.

import { compareBytes, utf8 } from '../bytes.ts';
import { unsafe, type ArchiveLimits } from './archive/limits.ts';
import { isZip, readArchive } from './archive/read-archive.ts';
import { goDirhashOfZip } from './go-dirhash-zip.ts';
import type { DigestSet } from './digest-set.ts';
import { fileDigests } from './file-digest.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';
import { showName, type DirectoryNode } from './tree.ts';
import { treeDigests } from './tree-digests.ts';

/**
 * Where the content lies in the archive. `flat`: as it is. `one-folder`: in the only folder at the top, or in the one that
 * `folder` names, segment by segment, nothing lying beside it on the way. `strip-one`: the first segment of every path is taken off whatever it is, as npm does.
 */
export type ArchiveLayout =
  | { readonly kind: 'flat' }
  | { readonly kind: 'one-folder'; readonly folder?: string }
  | { readonly kind: 'strip-one' };

export interface ArchiveDigestOptions {
  /** `one-folder` when absent. */
  readonly layout?: ArchiveLayout;
  /** Exact paths from the tree's root that crev's digest leaves out. */
  readonly crevIgnore?: readonly string[];
  /** Also Go's h1 hash, of a module zip. */
  readonly go?: boolean;
  readonly limits?: Partial<ArchiveLimits>;
  readonly hashers?: HasherFactory;
}

export interface ArchiveDigests {
  /** sha512, sha256 and sha1 of the file, tarSha256 of a tar, and the kinds of tree. */
  readonly digests: DigestSet;
  /** How many leading segments were taken off the paths before the tree was hashed. */
  readonly stripped: number;
  /** The tree that was hashed. */
  readonly root: DirectoryNode;
}

/** Digests of an archive; throws archive-unrecognised, -unreadable, -unsafe, -too-large, tree-unsupported. */
export async function archiveDigests(
  archive: Uint8Array,
  options: ArchiveDigestOptions = {},
): Promise<ArchiveDigests> {
  const { layout = { kind: 'one-folder' }, hashers = portableHashers, limits = {}, crevIgnore } = options;
  const strip = layout.kind === 'strip-one' ? 1 : 0;
  const unpacked = await readArchive(archive, { strip, limits, hashers });
  const inner = layout.kind === 'one-folder' ? innerFolder(unpacked.root, layout.folder) : undefined;
  const root = inner?.root ?? unpacked.root;
  const file = await fileDigests([archive], ['sha512', 'sha256', 'sha1'], hashers);
  const tree = await treeDigests(root, { hashers, ...(crevIgnore !== undefined && { crevIgnore }) });
  return {
    digests: {
      ...file,
      ...(unpacked.tarSha256 !== undefined && { tarSha256: unpacked.tarSha256 }),
      ...tree,
      ...(options.go === true &&
        isZip(archive) && { dirHash: await goDirhashOfZip(archive, limits, hashers) }),
    },
    stripped: inner?.depth ?? strip,
    root,
  };
}

function innerFolder(
  top: DirectoryNode,
  expected: string | undefined,
): { readonly root: DirectoryNode; readonly depth: number } {
  const names = expected?.split('/') ?? [undefined];
  const root = names.reduce(onlyFolder, top);
  return { root, depth: names.length };
}

function onlyFolder(parent: DirectoryNode, expected: string | undefined): DirectoryNode {
  const [only, ...others] = parent.entries;
  if (only?.node.kind !== 'directory' || others.length > 0) {
    throw unsafe('its content does not lie in one folder');
  }
  if (expected !== undefined && compareBytes(only.name, utf8(expected)) !== 0) {
    throw unsafe(`its folder is called ${showName(only.name)}, not ${showName(utf8(expected))}`);
  }
  return only.node;
}
