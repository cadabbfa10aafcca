// Whether two signed checkpoints of a log are two states of one history.

import { compareBytes } from '../../core/bytes.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { computeRoot, rootNodes } from '../../core/log/tree.ts';

/** The root of the first `size` entries of a tree, by its own tiles. Throws what VerifiedTree throws. */
export async function prefixRoot(tree: VerifiedTree, size: number): Promise<Uint8Array> {
  if (size === tree.checkpoint.size) return tree.checkpoint.root;
  return computeRoot(size, await tree.load(rootNodes(size)));
}

/** Whether the smaller tree is the beginning of the larger, which `source` hands out. Throws what VerifiedTree throws. */
export async function isOneHistory(
  small: SignedCheckpoint,
  large: SignedCheckpoint,
  source: LedgerSource,
): Promise<boolean> {
  const root = await prefixRoot(new VerifiedTree(large, source), small.size);
  return compareBytes(root, small.root) === 0;
}
