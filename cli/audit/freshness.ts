// How fresh a checkpoint is.
//
// A log's own signature has no time. Where the policy has a quorum of witnesses, theirs do: the checkpoint is as fresh as the
// newest moment since when the quorum is met, and a log that is well refreshes them whether it grows or not. Without
// witnesses nothing but growth shows that a log is alive: then the age counts from when the monitor last saw it grow, or
// from the newest entry's time where that is later. The latter is the log's own word.

import { clockToleranceMs } from '../../core/statement/openpgp/validity.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { WitnessPolicy } from '../../core/log/witness-policy.ts';

/** How long a ledger with witnesses may be silent when --max-age says nothing, in milliseconds. */
export const defaultMaxAgeMs = 24 * 60 * 60 * 1000;

export interface Freshness {
  readonly basis: 'cosignatures' | 'growth';
  readonly freshAt: Date;
}

/** Cosignature times by the text of their key, in milliseconds; without those that state none or lie in the future. */
function cosignatureTimes(checkpoint: SignedCheckpoint, now: Date): Map<string, number> {
  const latest = now.getTime() + clockToleranceMs;
  const times = new Map<string, number>();
  for (const { key, time } of checkpoint.signatures) {
    if (time === undefined || time === 0 || time * 1000 > latest) continue;
    times.set(nameOf(key), Math.min(time * 1000, now.getTime()));
  }
  return times;
}

/** When witnesses of the policy last cosigned, by any of them; undefined when none states a time that can be. */
export function newestCosignature(
  policy: WitnessPolicy,
  checkpoint: SignedCheckpoint,
  now: Date,
): Date | undefined {
  const times = cosignatureTimes(checkpoint, now);
  const own = [...policy.witnesses.values()].flatMap(({ key }) => times.get(nameOf(key)) ?? []);
  return own.length === 0 ? undefined : new Date(Math.max(...own));
}

/** Cosignatures whose time lies further ahead of the clock than clocks may differ. */
export function cosignaturesInFuture(
  policy: WitnessPolicy,
  checkpoint: SignedCheckpoint,
  now: Date,
): { readonly witness: string; readonly time: Date }[] {
  const witnesses = new Set([...policy.witnesses.values()].map(({ key }) => nameOf(key)));
  const latest = now.getTime() + clockToleranceMs;
  return checkpoint.signatures.flatMap(({ key, time }) =>
    time !== undefined && time * 1000 > latest && witnesses.has(nameOf(key))
      ? [{ witness: key.name, time: new Date(Math.min(time * 1000, lastDate)) }]
      : [],
  );
}

/** The last moment that a Date and RFC 3339 can both say. */
const lastDate = Date.parse('9999-12-31T23:59:59Z');

/** How fresh a checkpoint is under a policy; `grownAt` and `lastEntry` matter only where no quorum of witnesses is asked for. */
export function freshnessOf(
  policy: WitnessPolicy,
  checkpoint: SignedCheckpoint,
  seen: { readonly grownAt: Date | undefined; readonly lastEntry: Date | undefined },
  now: Date,
): Freshness {
  if (policy.quorum !== undefined) {
    const times = cosignatureTimes(checkpoint, now);
    return { basis: 'cosignatures', freshAt: new Date(quorumTime(policy, policy.quorum, times)) };
  }
  const lastEntry = seen.lastEntry === undefined ? 0 : Math.min(seen.lastEntry.getTime(), now.getTime());
  return { basis: 'growth', freshAt: new Date(Math.max(seen.grownAt?.getTime() ?? 0, lastEntry)) };
}

/** Since when a witness or a group is met: of a group of k, the k-th newest time of its members. 0 when never. */
function quorumTime(policy: WitnessPolicy, name: string, times: ReadonlyMap<string, number>): number {
  const witness = policy.witnesses.get(name);
  if (witness !== undefined) return times.get(nameOf(witness.key)) ?? 0;
  const group = policy.groups.get(name);
  if (group === undefined) return 0;
  const newestFirst = group.members.map((member) => quorumTime(policy, member, times)).sort((a, b) => b - a);
  return newestFirst[group.threshold - 1] ?? 0;
}

function nameOf(key: { readonly name: string; readonly id: string }): string {
  return `${key.name}+${key.id}`;
}
