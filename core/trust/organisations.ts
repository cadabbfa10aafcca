// Which organisations stand behind an author: for counting reviewers who are independent of each other.

import { splitRoot, type Identity } from '../identity.ts';
import { levelMask, lowCode } from './edges.ts';
import type { Reach } from './reach.ts';
import { nameOf } from './trail.ts';
import { untrusted, type TrustSet } from './trust-result.ts';

/** The owners of the sets in reach, without banned ones, by member. */
export function membersToOwners(reach: Reach, set: TrustSet): Map<number, Identity[]> {
  const owners = new Map<number, Identity[]>();
  for (let node = 0; node < reach.names.length; node++) {
    const { owner, setName } = splitRoot(nameOf(reach, node));
    if (setName === undefined || (set.bans.has(node) && set.level[node] === untrusted)) continue;
    for (let edge = reach.start[node] ?? 0; edge < (reach.end[node] ?? 0); edge++) {
      const member = reach.to[edge] ?? 0;
      if (((reach.meta[edge] ?? 0) & levelMask) < lowCode) continue;
      const known = owners.get(member) ?? [];
      if (!known.includes(owner)) owners.set(member, [...known, owner].sort());
    }
  }
  return owners;
}
