// How much of what the members reviewed is within the scopes that the set gives them.

import { checkPurlPattern, matchesPattern, purlParts, type PurlPattern } from '../../core/trust/scope.ts';
import { isTrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { identityOf, type ReviewerSet } from '../../core/statement/statement.ts';
import type { Coverage } from '../../db/member-coverage.ts';

export interface CoverageCounts {
  readonly packages: number;
  readonly versions: number;
  /** Package versions by member. */
  readonly byMember: ReadonlyMap<Identity, number>;
  /** Whether these are least values. */
  readonly more: boolean;
}

/** Counts of packages and versions; a version that two members read is one, and one vote of each. */
export function countCoverage(
  set: Pick<ReviewerSet, 'members'>,
  { versions, more }: Coverage,
): CoverageCounts {
  const scopes = new Map<Identity, readonly PurlPattern[] | 'everything'>();
  for (const { id, scope, trust } of set.members) {
    if (trust === 'none' || trust === 'distrust') continue;
    const known = scopes.get(identityOf(id)) ?? [];
    const own = scope?.map((pattern) => checkPurlPattern(pattern, 'statement-invalid'));
    scopes.set(
      identityOf(id),
      own === undefined || known === 'everything' ? 'everything' : [...known, ...own],
    );
  }
  const packages = new Set<string>();
  const seen = new Set<string>();
  const byMember = new Map<Identity, number>();
  for (const one of versions) {
    const scope = scopes.get(one.author) ?? [];
    const purl = one.version === '' ? one.package : `${one.package}@${encodeURIComponent(one.version)}`;
    if (scope !== 'everything' && !isWithin(scope, purl)) continue;
    packages.add(one.package);
    seen.add(purl);
    byMember.set(one.author, (byMember.get(one.author) ?? 0) + 1);
  }
  return { packages: packages.size, versions: seen.size, byMember, more };
}

function isWithin(scope: readonly PurlPattern[], purl: string): boolean {
  try {
    const parts = purlParts(purl);
    return scope.some((pattern) => matchesPattern(pattern, parts));
  } catch (error) {
    if (isTrustError(error, 'purl-invalid')) return false;
    throw error;
  }
}
