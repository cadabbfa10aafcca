// Every digest of a digest set that is of an unpacked tree, from one reading of its files.
//
// `gitTree` is the SHA-1 one, which is what lockfiles and reviewers name; a digest set has one place for it, and
// git-tree.ts gives the SHA-256 one. `dirHash` needs the module's name and is given when that is.

import { toHex } from '../bytes.ts';
import { CrevSink } from './crev-digest.ts';
import type { DigestSet } from './digest-set.ts';
import { GitTreeSink } from './git-tree.ts';
import { GoDirhashSink } from './go-dirhash.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';
import { NarSink } from './nar.ts';
import { walkTree, type DirectoryNode } from './tree.ts';

export interface TreeDigestOptions {
  /** Exact paths from the root that crev's digest leaves out. */
  readonly crevIgnore?: readonly string[];
  /** `module@version` of a Go module, for `dirHash`. */
  readonly goModule?: string;
  readonly hashers?: HasherFactory;
}

/** narSha256, gitTree, swhDir, crevDigest and, for a Go module, dirHash of a tree; throws tree-unsupported. */
export async function treeDigests(root: DirectoryNode, options: TreeDigestOptions = {}): Promise<DigestSet> {
  const { hashers = portableHashers, crevIgnore, goModule } = options;
  const narHasher = hashers('sha256');
  const git = new GitTreeSink('sha1', hashers);
  const crev = new CrevSink(crevIgnore, hashers);
  const go = goModule === undefined ? undefined : new GoDirhashSink(goModule, hashers);
  await walkTree(root, [new NarSink(narHasher), git, crev, ...(go === undefined ? [] : [go])]);
  return {
    narSha256: toHex(narHasher.digest()),
    gitTree: git.gitTree(),
    swhDir: git.treeWithEmptyDirectories(),
    ...(go !== undefined && { dirHash: go.digest() }),
    crevDigest: crev.digest(),
  };
}
