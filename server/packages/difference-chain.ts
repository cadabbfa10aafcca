// The way from a version down to a review of everything: who read it in full, who read only what changed since another
// version, and how that one was read in turn. Where nobody read the last one in full, the chain ends in a gap, and says so.

import { compareDigests, type DigestSet } from '../../core/digest/digest-set.ts';
import type { LedgerStatement } from '../../core/closure/evidence.ts';
import { isNoReview } from '../../core/closure/requirements.ts';
import type { Identity } from '../../core/identity.ts';
import type { PackageReview, StatementId, Subject } from '../../core/statement/statement.ts';

type Review = LedgerStatement<PackageReview>;

export interface ChainReview {
  readonly id: StatementId;
  readonly index: number;
  readonly author: Identity;
}

export interface ChainLink {
  readonly purl: string;
  /** Reviews of everything. */
  readonly full: readonly ChainReview[];
  /** Reviews of the difference from the next link. */
  readonly differences: readonly ChainReview[];
}

/** Most links that a page shows. */
const maxLinks = 16;

/**
 * The links from some bytes down; empty when no review of them is of a difference.
 * @param current reviews that stand, bases of differences included
 */
export function differenceChain(purl: string, digests: DigestSet, current: readonly Review[]): ChainLink[] {
  const links: ChainLink[] = [];
  const seen = new Set<string>();
  let at: Subject | undefined = { purl, digests };
  while (at !== undefined && links.length < maxLinks && !seen.has(at.purl)) {
    const here: Subject = at;
    seen.add(here.purl);
    const reviews = current.filter(({ statement }) => isReadingOf(statement, here));
    const full = reviews.filter(({ statement }) => statement['package-diff-base'] === undefined);
    const base = commonBase(reviews, seen);
    const differences = base === undefined ? [] : reviews.filter(({ statement }) => isFrom(statement, base));
    links.push({ purl: here.purl, full: full.map(shown), differences: differences.map(shown) });
    at = full.length > 0 ? undefined : base;
  }
  return links.length === 1 && links[0]?.differences.length === 0 ? [] : links;
}

/** Whether a review is of these bytes, says that it was one, and does not warn of them. */
function isReadingOf({ package: { digests }, review }: PackageReview, subject: Subject): boolean {
  if (review === undefined || isNoReview(review) || review.rating === 'negative') return false;
  return compareDigests(digests, subject.digests).relation === 'same';
}

/** The base of most of the differences, the newest of equally many. */
function commonBase(reviews: readonly Review[], seen: ReadonlySet<string>): Subject | undefined {
  const counts = new Map<string, { subject: Subject; count: number }>();
  for (const { statement } of reviews) {
    const subject = statement['package-diff-base'];
    if (subject === undefined || seen.has(subject.purl)) continue;
    const before = counts.get(subject.purl);
    counts.set(subject.purl, { subject, count: (before?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.subject;
}

function isFrom(review: PackageReview, base: Subject): boolean {
  return review['package-diff-base']?.purl === base.purl;
}

function shown({ id, index, author }: Review): ChainReview {
  return { id, index, author };
}
