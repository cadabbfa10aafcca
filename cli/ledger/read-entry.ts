// One entry's leaf record, out of the entry bundle that holds it and checked against the tree.

import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseBundle } from '../../core/log/entry-bundle.ts';
import { parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import type { VerifiedTree } from '../../core/log/tile-reader.ts';
import { tileWidth, tileWidthAt } from '../../core/log/tile.ts';

/**
 * The leaf record at an index of a tree. Throws proof-invalid when the bundle does not hold what the tree does,
 * ledger-corrupt when it holds no leaf record, and what the source throws.
 */
export async function readEntry(
  source: LedgerSource,
  tree: VerifiedTree,
  index: number,
): Promise<LeafRecord> {
  const { size } = tree.checkpoint;
  const bundle = Math.floor(index / tileWidth);
  const width = tileWidthAt(0, bundle, size);
  if (index >= size) throw new TrustError('proof-invalid', `There is no entry ${index} in a tree of ${size}`);
  const entries = parseBundle(await source.bundle({ index: bundle, width }), width);
  const entry = entries[index % tileWidth] ?? new Uint8Array();
  if (compareBytes(leafHash(entry), await tree.leafHash(index)) !== 0) {
    throw new TrustError('proof-invalid', `The entry bundle does not hold entry ${index} as the tree has it`);
  }
  return parseLeaf(fromUtf8(entry));
}
