// Which statement counts: of an author's reviews of one package version, the newest that names the same bytes.
//
// crev's rule (crev-wot, ProofDB), keyed by bytes: newer is decided by the author's own `date`, in nanoseconds, and a tie
// by the place in the ledger. A newer review supersedes an older one of the same author and the same purl when both name the
// same bytes (compareDigests says `same`). Reviews of other bytes, or of bytes that cannot be compared, both stand.
// Retracted statements never get here.

import { compareDigests, type DigestSet } from '../digest/digest-set.ts';
import type { Identity } from '../identity.ts';
import type { PackageReview } from '../statement/statement.ts';
import { parseInstant } from '../time.ts';
import type { LedgerStatement } from './evidence.ts';
import { strongEntries } from './usable-digests.ts';

type Review = LedgerStatement<PackageReview>;

/**
 * How many newer reviews that share a digest, and contradict each other on another, one review is compared with. Somebody
 * who says more contradictory things than this about one digest has the older ones ignored.
 */
const maxContradictions = 32;

/** Order of two statements of one author: negative when `a` is newer, by date, then by ledger index. */
export function compareNewestFirst(a: Review, b: Review): number {
  if (a.statement.date !== b.statement.date) {
    const left = parseInstant(a.statement.date);
    const right = parseInstant(b.statement.date);
    if (left !== right) return left > right ? -1 : 1;
  }
  return b.index - a.index;
}

/** The reviews that are not superseded, in ledger order, whatever the order they came in. */
export function currentReviews(reviews: readonly Review[]): Review[] {
  const bySubject = new Map<string, Review[]>();
  for (const review of reviews) pushTo(bySubject, review.statement.package.purl, review);
  const current: Review[] = [];
  for (const ofSubject of bySubject.values()) {
    if (ofSubject.length === 1) current.push(...ofSubject);
    else {
      const byAuthor = new Map<Identity, Review[]>();
      for (const review of ofSubject) pushTo(byAuthor, review.author, review);
      for (const group of byAuthor.values()) keepCurrent(group, current);
    }
  }
  return current.sort((a, b) => a.index - b.index);
}

function pushTo<Key>(groups: Map<Key, Review[]>, key: Key, review: Review): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [review]);
  else group.push(review);
}

function keepCurrent(group: Review[], current: Review[]): void {
  if (group.length === 1) {
    current.push(...group);
    return;
  }
  const newer = new Map<string, DigestSet[]>();
  for (const review of group.sort(compareNewestFirst)) {
    const digests = review.statement.package.digests;
    const entries = strongEntries(digests);
    if (!entries.some(([, hex]) => isSuperseded(digests, newer.get(hex) ?? []))) current.push(review);
    for (const [, hex] of entries) {
      const sets = newer.get(hex);
      if (sets === undefined) newer.set(hex, [digests]);
      else if (sets.length < maxContradictions) sets.push(digests);
    }
  }
}

function isSuperseded(digests: DigestSet, newer: readonly DigestSet[]): boolean {
  return (
    newer.length >= maxContradictions || newer.some((set) => compareDigests(digests, set).relation === 'same')
  );
}
