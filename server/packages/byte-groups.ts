// Which bytes go by one name: the digest sets that reviews of a version name, grouped by what is the same.
//
// A review joins a group when it shares a strong digest with it and contradicts it on none. Whom the viewer trusts is heard
// first, and only they say what the digests of their group are: a stranger's review may agree with it, but cannot add a
// digest to it that would make other trusted reviews look like reviews of other bytes.

import {
  compareDigests,
  digestEntries,
  type DigestKey,
  type DigestSet,
} from '../../core/digest/digest-set.ts';
import type { Identity } from '../../core/identity.ts';

/** What one review says its bytes are. */
export interface Claim {
  readonly author: Identity;
  readonly digests: DigestSet;
}

export interface ByteGroup {
  readonly digests: DigestSet;
  /** Whoever reviewed these bytes, each once. */
  readonly authors: ReadonlySet<Identity>;
  /** Those of them whom the viewer trusts. */
  readonly trusted: ReadonlySet<Identity>;
}

/** Most groups of one version. Beyond them, what fits into none is left out: somebody is making noise. */
const maxGroups = 12;

interface Growing {
  digests: DigestSet;
  readonly authors: Set<Identity>;
  readonly trusted: Set<Identity>;
}

/** The groups of some claims about one version: those of trusted people first, then by how many agree. */
export function groupBytes(claims: readonly Claim[], isTrusted: (author: Identity) => boolean): ByteGroup[] {
  const groups: Growing[] = [];
  const trusted = claims.filter(({ author }) => isTrusted(author));
  const others = claims.filter(({ author }) => !isTrusted(author));
  for (const { author, digests } of trusted) {
    const group = joinOrOpen(groups, digests);
    group?.authors.add(author);
    group?.trusted.add(author);
  }
  const firm = new Set(groups);
  for (const { author, digests } of others) joinOrOpen(groups, digests, firm)?.authors.add(author);
  return groups.sort((a, b) => b.trusted.size - a.trusted.size || b.authors.size - a.authors.size);
}

function joinOrOpen(
  groups: Growing[],
  digests: DigestSet,
  firm: ReadonlySet<Growing> = new Set(),
): Growing | undefined {
  const same = groups.filter((group) => compareDigests(group.digests, digests).relation === 'same');
  const [first, ...more] = same;
  if (first === undefined) {
    if (groups.length >= maxGroups) return undefined;
    const opened: Growing = { digests, authors: new Set(), trusted: new Set() };
    groups.push(opened);
    return opened;
  }
  if (firm.has(first)) return first;
  first.digests = { ...digests, ...first.digests };
  // This review is the bridge between groups that had nothing to compare before.
  for (const other of more) {
    if (firm.has(other) || compareDigests(first.digests, other.digests).relation === 'different') continue;
    first.digests = { ...other.digests, ...first.digests };
    for (const author of other.authors) first.authors.add(author);
    for (const author of other.trusted) first.trusted.add(author);
    groups.splice(groups.indexOf(other), 1);
  }
  return first;
}

/** Two groups that cannot be the same bytes, and the digest that says so. */
export interface Contradiction {
  readonly key: DigestKey;
  readonly groups: readonly [ByteGroup, ByteGroup];
}

/** Every group that contradicts the first with which it can be compared. */
export function contradictions(groups: readonly ByteGroup[]): Contradiction[] {
  return groups.flatMap((group, position) => {
    for (const before of groups.slice(0, position)) {
      const comparison = compareDigests(before.digests, group.digests);
      const key = comparison.relation === 'different' ? comparison.on[0] : undefined;
      if (key !== undefined) return [{ key, groups: [before, group] as const }];
    }
    return [];
  });
}

/** The digests of a set in their fixed order, for showing. */
export function orderedDigests(digests: DigestSet): Record<string, string> {
  return Object.fromEntries(digestEntries(digests));
}
