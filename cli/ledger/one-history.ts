// Two checkpoints of one log: the smaller has to be the beginning of the larger, by tiles that lead to the larger one's root.

import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { compareBytes, toHex, utf8 } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { computeRoot, rootNodes } from '../../core/log/tree.ts';
import type { Io } from '../io.ts';
import { forkEvidence, ForkError } from './fork-error.ts';
import { rolledBack } from './ledger-words.ts';
import { createState } from './state-folder.ts';
import { distrustingCache } from './tile-cache.ts';

/**
 * Requires that two signed checkpoints are of one history: `known`, which was seen before, and a new one. Throws ForkError
 * when they are not, with the evidence kept in `folder`; ledger-rolled-back when `checkpoint` is the smaller one and the
 * source lacks the tiles to compare them by; proof-invalid for tiles that do not hold; and what the source throws.
 */
export async function requireOneHistory(
  io: Io,
  folder: string,
  known: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
  source: LedgerSource,
): Promise<void> {
  const [small, large] = known.size < checkpoint.size ? [known, checkpoint] : [checkpoint, known];
  let root: Uint8Array;
  if (small.size === large.size) root = large.root;
  else {
    root = await distrustingCache(source, (from) => prefixRoot(large, small.size, from)).catch(
      async (error: unknown) => {
        if (large !== known || !isTrustError(error, 'not-found')) throw error;
        throw rolledBack(known, checkpoint, await keepEvidence(io, folder, known, checkpoint), error);
      },
    );
  }
  if (compareBytes(root, small.root) === 0) return;
  throw new ForkError(known, checkpoint, await keepEvidence(io, folder, known, checkpoint));
}

/** The root of the first `size` entries of a tree, by tiles that lead to the tree's own root. */
async function prefixRoot(
  checkpoint: SignedCheckpoint,
  size: number,
  source: LedgerSource,
): Promise<Uint8Array> {
  const read = await new VerifiedTree(checkpoint, source).load(rootNodes(size));
  return computeRoot(size, read);
}

/** Writes both notes to a file; returns its path, undefined when it can't be written. */
async function keepEvidence(
  io: Io,
  folder: string,
  known: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
): Promise<string | undefined> {
  const name = toHex(sha256(utf8(known.note + checkpoint.note)).subarray(0, 4));
  const file = join(folder, `evidence-${known.size}-${checkpoint.size}-${name}.txt`);
  try {
    await createState(file, forkEvidence(known, checkpoint, io.clock()));
    return file;
  } catch {
    return undefined;
  }
}
