// Software Heritage's name for a directory, `swh:1:dir:<hex>` (SWHID 1.2, section 5.3; ISO/IEC 18670): git's tree in
// SHA-1 with the empty directories that git leaves out. What is refused is what git-tree.ts and tree.ts refuse.

import { GitTreeSink } from './git-tree.ts';
import { portableHashers, type HasherFactory } from './hasher.ts';
import { walkTree, type TreeNode } from './tree.ts';

/** The hex part of `swh:1:dir:` of a directory; throws tree-unsupported. */
export async function swhDir(root: TreeNode, hashers: HasherFactory = portableHashers): Promise<string> {
  const sink = new GitTreeSink('sha1', hashers);
  await walkTree(root, [sink]);
  return sink.treeWithEmptyDirectories();
}
