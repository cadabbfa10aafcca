// Taking over a checkpoint that goes on from what was seen: it is what later ones are compared with.

import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { AuditState } from './audit-state.ts';
import type { Comparison } from './compare-history.ts';
import { newestCosignature } from './freshness.ts';
import type { OpenedCheckpoint } from './ledger-keys.ts';

/** Smaller checkpoints that are kept beside the largest one. */
const keptEarlier = 16;

/** Changes the state: a larger checkpoint takes the place of the largest seen, and one of its size if it is fresher. */
export function acceptCheckpoint(
  state: AuditState,
  { verdict }: Comparison,
  { checkpoint, policy }: OpenedCheckpoint,
  seen: OpenedCheckpoint | undefined,
  now: Date,
): void {
  if (verdict === 'grown') {
    state.earlier = [state.checkpoint, ...state.earlier].slice(0, keptEarlier);
    state.checkpoint = checkpoint.note;
    state.seenAt = now.toISOString();
    state.grownAt = state.seenAt;
  } else if (verdict === 'same') {
    const time = (one: SignedCheckpoint | undefined): number =>
      (one && newestCosignature(policy, one, now))?.getTime() ?? 0;
    if (time(checkpoint) > time(seen?.checkpoint)) state.checkpoint = checkpoint.note;
  }
}
