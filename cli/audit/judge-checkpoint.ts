// The checkpoint that is served now: is it signed, does it go on from what was seen, is it fresh.

import { toHex } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { checkQuorum, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import { clockToleranceMs } from '../../core/statement/openpgp/validity.ts';
import { formatSeconds } from '../../core/time.ts';
import type { Comparison, NotedCheckpoint } from './compare-history.ts';
import { since, type Conditions, type Found } from './conditions.ts';
import { foundInvalid, patienceMs } from './judge-answer.ts';
import { cosignaturesInFuture, freshnessOf, newestCosignature } from './freshness.ts';

/** Whether the policy's quorum is missing. */
export function judgeQuorum(policy: WitnessPolicy, checkpoint: SignedCheckpoint): Found | undefined {
  try {
    checkQuorum(policy, checkpoint);
    return undefined;
  } catch (error) {
    if (error instanceof TrustError) return foundInvalid(error, checkpoint.note);
    throw error;
  }
}

export interface Served {
  readonly checkpoint: SignedCheckpoint;
  readonly policy: WitnessPolicy;
  readonly now: Date;
}

/** What a comparison means: a fork, a rollback, a replica that lags, or nothing. */
export function judgeHistory(
  { checkpoint, policy, now }: Served,
  comparison: Comparison,
  seen: NotedCheckpoint,
  seenAs: { readonly signed: SignedCheckpoint | undefined; readonly at: Date },
  conditions: Conditions,
): Found | undefined {
  if (comparison.verdict === 'grown' || comparison.verdict === 'same') return undefined;
  const before = comparison.verdict === 'fork' ? comparison.seen : seen;
  const notes = {
    seenSize: before.size,
    seenNote: before.note,
    servedSize: checkpoint.size,
    servedNote: checkpoint.note,
  };
  const [seenRoot, servedRoot] = [toHex(before.root), toHex(checkpoint.root)];
  if (comparison.verdict === 'fork') {
    const what =
      before.size === checkpoint.size
        ? `it signed two roots for ${before.size} entries`
        : `what it signed for ${before.size} entries and for ${checkpoint.size} is not of one history`;
    return {
      severity: 'alarm',
      message: `The log has forked: ${what}.`,
      // A log that goes on growing on its other history is the same fork.
      key: seenRoot,
      fields: () => ({ kind: 'fork', ...notes, seenRoot, servedRoot }),
    };
  }
  const began = since(conditions, 'history', ['behind', 'rollback']) ?? now;
  const servedAt = newestCosignature(policy, checkpoint, now);
  const seenAt = seenAs.signed && newestCosignature(policy, seenAs.signed, now);
  const latest = seenAt?.getTime() ?? seenAs.at.getTime() + clockToleranceMs;
  const isSignedLater = servedAt !== undefined && servedAt.getTime() > latest;
  const isPersistent = now.getTime() - began.getTime() >= patienceMs;
  const was = conditions.history?.kind === 'rollback';
  const unproven =
    comparison.verdict === 'behind-unproven' ? ', and nothing shows that they are the first of those' : '';
  const sizes = `The log had ${before.size} entries and now has ${checkpoint.size}${unproven}`;
  if (isSignedLater || isPersistent || was) {
    const how = isSignedLater ? 'cosigned after the larger one' : `since ${formatSeconds(began)}`;
    return {
      severity: 'alarm',
      message: `${sizes}: rolled back, ${how}.`,
      key: 'smaller',
      fields: (start) => ({ kind: 'rollback', ...notes, since: start }),
    };
  }
  return {
    severity: 'warning',
    message: `${sizes}; it may be a copy that lags.`,
    key: 'smaller',
    fields: (start) => ({ kind: 'behind', ...notes, since: start }),
  };
}

/** Whether nothing fresh was shown for longer than `maxAgeMs`. */
export function judgeFreshness(
  { checkpoint, policy, now }: Served,
  seen: { readonly grownAt: Date | undefined; readonly lastEntry: Date | undefined },
  maxAgeMs: number | undefined,
): Found | undefined {
  if (maxAgeMs === undefined) return undefined;
  const { basis, freshAt } = freshnessOf(policy, checkpoint, seen, now);
  if (now.getTime() - freshAt.getTime() <= maxAgeMs) return undefined;
  const what = basis === 'cosignatures' ? 'The quorum of witnesses last signed' : 'The log last grew';
  const message =
    freshAt.getTime() === 0
      ? 'The cosignatures that the quorum needs state no time that can be.'
      : `${what} at ${formatSeconds(freshAt)}: longer ago than ${Math.round(maxAgeMs / 1000)} s.`;
  return {
    severity: 'alarm',
    message,
    key: basis,
    fields: () => ({
      kind: 'stale',
      size: checkpoint.size,
      basis,
      freshAt: freshAt.toISOString(),
      maxAgeSeconds: maxAgeMs / 1000,
    }),
  };
}

/** Whether a witness states a time that lies ahead. */
export function judgeClock({ checkpoint, policy, now }: Served): Found | undefined {
  const [first] = cosignaturesInFuture(policy, checkpoint, now);
  if (first === undefined) return undefined;
  const { witness, time } = first;
  return {
    severity: 'warning',
    message: `The witness ${witness} states the time ${formatSeconds(time)}, and it is ${formatSeconds(now)} here.`,
    key: witness,
    fields: () => ({ kind: 'cosignature-in-future', witness, time: time.toISOString() }),
  };
}
