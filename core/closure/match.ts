// Which reviews are of these bytes: by digest alone, never by name.
//
// A review matches when it shares a strong digest with what is known of the artefact and contradicts it on none
// (compareDigests). What the closure states or the asker computed decides first; only where that says nothing do digests
// from trusted source statements join in. Of the matching ones, those by authors outside the trust set are counted as
// strangers, overridden ones are dropped (crev.md, section 11, step 2), and each author is heard once, the newest.

import {
  compareDigests,
  digestEntries,
  type DigestComparison,
  type DigestKey,
} from '../digest/digest-set.ts';
import type { Identity } from '../identity.ts';
import { trustLevels } from '../statement/levels.ts';
import type { StatementId } from '../statement/statement.ts';
import type { TrustEntry } from '../trust/types.ts';
import type { ArtefactDigests } from './artefact-digests.ts';
import { compareNewestFirst } from './current-reviews.ts';
import type { Reading } from './review-index.ts';
import type { Scene } from './scene.ts';

/** A review of the bytes in question by somebody in the trust set. */
export interface Match {
  readonly reading: Reading;
  readonly standing: TrustEntry;
  readonly matched: readonly DigestKey[];
  /** How the match was made when not on a digest that the closure states. */
  readonly via?: 'computed' | 'source-statement';
  /** The source statements that joined the digests, for `source-statement`. */
  readonly sources?: readonly StatementId[];
}

export interface Matches {
  /** The most trusted first, then the nearest, then the oldest entry of the ledger. */
  readonly trusted: readonly Match[];
  readonly strangers: readonly Identity[];
}

/** The reviews of an artefact's bytes, one for each author. */
export function matchArtefact(scene: Scene, digests: ArtefactDigests, packagePurl: string): Matches {
  const candidates = sharing(scene, digests);
  if (candidates.length === 0) return nobody;
  const trusted: Match[] = [];
  const strangers = new Set<Identity>();
  for (const reading of candidates) {
    const how = joinedBy(digests, reading);
    if (how === undefined) continue;
    const { author } = reading.entry;
    const standing = scene.standings.of(author, packagePurl);
    if (standing === undefined) {
      if (scene.standings.level(author, packagePurl) !== 'distrust') strangers.add(author);
    } else if (!scene.reviews.isOverridden(reading, packagePurl, scene.standings)) {
      trusted.push({ reading, standing, ...how });
    }
  }
  return { trusted: oneForEachAuthor(trusted), strangers: [...strangers] };
}

const nobody: Matches = { trusted: [], strangers: [] };

/** The reviews that share a strong digest with what is known, whatever else they say. */
function sharing(scene: Scene, digests: ArtefactDigests): readonly Reading[] {
  let found: readonly Reading[] = [];
  for (const [, hex] of digests.strong) {
    const readings = scene.reviews.byHex(hex);
    if (found.length === 0) found = readings;
    else if (readings.length > 0) found = [...new Set([...found, ...readings])];
  }
  return found;
}

/** Of several matches by one author the newest, all in order of preference. */
export function oneForEachAuthor<Kind extends Match>(matches: readonly Kind[]): Kind[] {
  if (matches.length < 2) return [...matches];
  const newest = new Map<Identity, Kind>();
  for (const match of matches) {
    const { author } = match.reading.entry;
    const before = newest.get(author);
    if (before === undefined || compareNewestFirst(match.reading.entry, before.reading.entry) < 0) {
      newest.set(author, match);
    }
  }
  return [...newest.values()].sort(comparePreference);
}

/** Trusted reviews that share nothing but a weak digest with an artefact that has no strong one: a hint, never counted. */
export function weakHints(scene: Scene, digests: ArtefactDigests, packagePurl: string): Reading[] {
  if (digests.strong.length > 0) return [];
  const hints = new Set<Reading>();
  for (const [key, hex] of digestEntries(digests.all)) {
    for (const reading of scene.reviews.byHex(hex)) {
      const shares = reading.digests[key] === hex;
      if (shares && scene.standings.of(reading.entry.author, packagePurl) !== undefined) hints.add(reading);
    }
  }
  return [...hints];
}

type Join = Pick<Match, 'matched' | 'via' | 'sources'>;

function joinedBy(digests: ArtefactDigests, reading: Reading): Join | undefined {
  const own = compareDigests(digests.own, reading.digests);
  if (own.relation === 'different')
    return digests.firm === digests.all ? undefined : joinedFirmly(digests, reading);
  if (own.relation === 'same') {
    const stated = own.on.some((key) => digests.stated[key] !== undefined);
    return { matched: own.on, ...(!stated && { via: 'computed' }) };
  }
  if (digests.all === digests.own) return undefined;
  return joinedOn(digests, compareDigests(digests.all, reading.digests));
}

/** For digests that an SBOM only declares: where they contradict a review, what was learned besides may still match it. */
function joinedFirmly(digests: ArtefactDigests, reading: Reading): Join | undefined {
  return joinedOn(digests, compareDigests(digests.firm, reading.digests));
}

function joinedOn(digests: ArtefactDigests, comparison: DigestComparison): Join | undefined {
  if (comparison.relation !== 'same') return undefined;
  const matched = comparison.on;
  const sources = new Set(matched.flatMap((key) => digests.broughtBy.get(key) ?? []));
  if (sources.size === 0) return { matched, via: 'computed' };
  return { matched, via: 'source-statement', sources: [...sources] };
}

function comparePreference(a: Match, b: Match): number {
  return (
    trustLevels.indexOf(b.standing.level) - trustLevels.indexOf(a.standing.level) ||
    a.standing.distance - b.standing.distance ||
    a.reading.entry.index - b.reading.entry.index
  );
}
