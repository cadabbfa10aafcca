// What a target holds already: its checkpoint, which has to be one of ours, and one that ours continues.

import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import type { Discovery } from '../../core/api/ledger.ts';
import { TrustError } from '../../core/errors.ts';
import { verifyConsistency } from '../../core/log/merkle-proof.ts';
import { parseVerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { Prover } from '../log/prover.ts';
import type { ExportTarget } from './export-target.ts';

/** Path of the checkpoint in every target. */
export const checkpointPath = 'checkpoint';

/**
 * The checkpoint that a target holds, undefined when it holds none. Throws ledger-fork when it is not signed by a key of this
 * log.
 */
export async function readPrevious(
  target: ExportTarget,
  discovery: Discovery,
): Promise<SignedCheckpoint | undefined> {
  const bytes = await target.read(checkpointPath);
  if (bytes === undefined) return undefined;
  try {
    return await openCheckpoint(fromUtf8(bytes), discovery.keys.map(parseVerifierKey));
  } catch (cause) {
    throw fork(target, `it holds a checkpoint that is not one of ${discovery.origin}`, cause);
  }
}

/** Throws ledger-fork unless the tree of a previous export is the beginning of ours. */
export async function requireContinuation(
  target: ExportTarget,
  previous: SignedCheckpoint,
  ours: { readonly size: number; readonly root: Uint8Array },
  prover: Prover,
): Promise<void> {
  if (previous.size > ours.size) {
    throw fork(target, `it holds ${previous.size} entries, and this ledger has published ${ours.size}`);
  }
  if (previous.size === ours.size && compareBytes(previous.root, ours.root) !== 0) {
    throw fork(target, `it holds another tree of ${ours.size} entries`);
  }
  try {
    const proof = await prover.consistency(previous.size, ours.size);
    verifyConsistency({
      ...{ oldSize: previous.size, oldRoot: previous.root, proof },
      ...{ newSize: ours.size, newRoot: ours.root },
    });
  } catch (cause) {
    throw fork(
      target,
      `its tree of ${previous.size} entries is not the beginning of ours of ${ours.size}`,
      cause,
    );
  }
}

/** What is told when a target and this ledger contradict each other. */
export function fork(target: ExportTarget, why: string, cause?: unknown): TrustError {
  return new TrustError('ledger-fork', `Nothing is written to ${target.place}: ${why}`, {
    help:
      'Either it belongs to another ledger, or this database is older than what was published from it. ' +
      'Keep both, and see "A restored backup" in docs/OPERATIONS.md; a new target is always possible.',
    ...(cause !== undefined && { cause }),
  });
}
