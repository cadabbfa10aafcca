// Whether what is served now goes on from what was seen before.
//
// The root of the smaller tree is computed from tiles that lead to the root of the larger one. If it is another than was
// signed, both notes cannot be of one append-only log, and that is proven. A smaller log that can't be compared, because
// nobody hands out the larger one's tiles any more, is neither proven wrong nor right.

import { compareBytes } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import { parseCheckpoint, type Checkpoint } from '../../core/log/checkpoint.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { parseNote } from '../../core/log/note.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { computeRoot, rootNodes } from '../../core/log/tree.ts';

/** A checkpoint and the note that it stands in. */
export interface NotedCheckpoint extends Checkpoint {
  readonly note: string;
}

export type Comparison =
  /** The same tree, or one that begins with the other. */
  | { readonly verdict: 'grown' | 'same' | 'behind' }
  /** Smaller, and it can't be shown whether it is a beginning of the larger. */
  | { readonly verdict: 'behind-unproven' }
  /** Two histories. `seen` is the note that the served one contradicts. */
  | { readonly verdict: 'fork'; readonly seen: NotedCheckpoint };

/** Reads a note that was opened before, without checking its signatures again. Throws note-invalid. */
export function readNoted(note: string): NotedCheckpoint {
  return { ...parseCheckpoint(parseNote(note).text), note };
}

/**
 * Compares what is served with the largest checkpoint seen, and with `earlier` ones. Throws what reading a larger served
 * tree throws: proof-invalid, network, server-answer, not-found.
 */
export async function compareHistory(
  served: NotedCheckpoint,
  seen: NotedCheckpoint,
  earlier: readonly NotedCheckpoint[],
  source: LedgerSource,
): Promise<Comparison> {
  const twin = [seen, ...earlier].find(({ size }) => size === served.size);
  if (twin !== undefined && compareBytes(twin.root, served.root) !== 0) {
    return { verdict: 'fork', seen: twin };
  }
  if (served.size === seen.size) return { verdict: 'same' };
  if (served.size > seen.size) {
    const isPrefix = await hasPrefix(served, seen, source);
    return isPrefix ? { verdict: 'grown' } : { verdict: 'fork', seen };
  }
  if (twin !== undefined) return { verdict: 'behind' };
  try {
    const isPrefix = await hasPrefix(seen, served, source);
    return isPrefix ? { verdict: 'behind' } : { verdict: 'fork', seen };
  } catch (error) {
    if (isTrustError(error)) return { verdict: 'behind-unproven' };
    throw error;
  }
}

/** Whether the larger tree begins with the smaller. */
async function hasPrefix(larger: Checkpoint, smaller: Checkpoint, source: LedgerSource): Promise<boolean> {
  const tree = new VerifiedTree(larger, source);
  const read = await tree.load(rootNodes(smaller.size));
  return compareBytes(computeRoot(smaller.size, read), smaller.root) === 0;
}
