// The reviews of one question, current ones only, indexed once: by digest, by package, and by whom they override.

import { compareIdentities, type Identity } from '../identity.ts';
import { digestEntries, type DigestSet } from '../digest/digest-set.ts';
import { trustLevels } from '../statement/levels.ts';
import { identityOf, type PackageReview } from '../statement/statement.ts';
import { compareNewestFirst, currentReviews } from './current-reviews.ts';
import type { LedgerStatement } from './evidence.ts';
import type { Policy } from './policy.ts';
import type { PurlParts } from './purl-parts.ts';
import type { Standings } from './standings.ts';
import { usableDigests } from './usable-digests.ts';

/** A current review, with what resolution asks of it at hand. */
export interface Reading {
  readonly entry: LedgerStatement<PackageReview>;
  readonly purl: PurlParts;
  /** Its digests, without those that the policy calls weak. */
  readonly digests: DigestSet;
}

export interface PackageReadings {
  readonly all: readonly Reading[];
  /** Those that carry issues or advisories; undefined when none does. */
  readonly reporting: readonly Reading[] | undefined;
  /** Whether any of them calls the package unmaintained. */
  readonly anyUnmaintained: boolean;
}

export interface ReviewIndex {
  /** Reviews that name this value under any key; whoever asks compares the sets. */
  byHex(hex: string): readonly Reading[];
  /** Reviews of a package, any version. */
  ofPackage(packagePurl: string): PackageReadings;
  /** crev's override: whether somebody more trusted says that this author's review of this version is to be ignored. */
  isOverridden(reading: Reading, packagePurl: string, standings: Standings): boolean;
}

interface Gathered {
  readonly all: Reading[];
  reporting: Reading[] | undefined;
  anyUnmaintained: boolean;
}

const none: readonly Reading[] = [];
const nothing: PackageReadings = { all: none, reporting: undefined, anyUnmaintained: false };

/** Indexes the current ones of these reviews; `purlOf` cuts purls (purl-parts.ts). */
export function indexReviews(
  reviews: readonly LedgerStatement<PackageReview>[],
  rules: Policy['rules'],
  purlOf: (text: string) => PurlParts,
): ReviewIndex {
  const byHex = new Map<string, Reading[]>();
  const byPackage = new Map<string, Gathered>();
  const overriders = new Map<string, Map<Identity, Identity[]>>();
  for (const entry of currentReviews(reviews)) {
    const review = entry.statement;
    const purl = purlOf(review.package.purl);
    const reading: Reading = { entry, purl, digests: usableDigests(review.package.digests, rules) };
    for (const [, hex] of digestEntries(reading.digests)) {
      const readings = byHex.get(hex);
      if (readings === undefined) byHex.set(hex, [reading]);
      else readings.push(reading);
    }
    let ofPackage = byPackage.get(purl.package);
    if (ofPackage === undefined) {
      byPackage.set(
        purl.package,
        (ofPackage = { all: [reading], reporting: undefined, anyUnmaintained: false }),
      );
    } else ofPackage.all.push(reading);
    if (review.issues !== undefined || review.advisories !== undefined) {
      if (ofPackage.reporting === undefined) ofPackage.reporting = [reading];
      else ofPackage.reporting.push(reading);
    }
    if (review.flags?.unmaintained === true) ofPackage.anyUnmaintained = true;
    for (const overridden of review.override ?? []) {
      noteOverride(overriders, purl.versioned, identityOf(overridden), entry.author);
    }
  }
  return {
    byHex: (hex) => byHex.get(hex) ?? none,
    ofPackage: (packagePurl) => byPackage.get(packagePurl) ?? nothing,
    isOverridden: (reading, packagePurl, standings) => {
      const by = overriders.get(reading.purl.versioned)?.get(reading.entry.author);
      if (by === undefined) return false;
      const own = trustLevels.indexOf(standings.level(reading.entry.author, packagePurl));
      return by.some((author) => {
        const standing = standings.of(author, packagePurl);
        return standing !== undefined && trustLevels.indexOf(standing.level) > own;
      });
    },
  };
}

/**
 * Who calls a package unmaintained: the authors whose newest review of it, of any version, has the flag (crev, ProofDB).
 * @param isTrusted whose word counts
 */
export function unmaintainedBy(
  readings: PackageReadings,
  isTrusted: (author: Identity) => boolean,
): readonly Identity[] {
  if (!readings.anyUnmaintained) return [];
  const newest = new Map<Identity, Reading>();
  for (const reading of readings.all) {
    const before = newest.get(reading.entry.author);
    if (before === undefined || compareNewestFirst(reading.entry, before.entry) < 0) {
      newest.set(reading.entry.author, reading);
    }
  }
  return [...newest]
    .filter(([author, reading]) => reading.entry.statement.flags?.unmaintained === true && isTrusted(author))
    .map(([author]) => author)
    .sort(compareIdentities);
}

function noteOverride(
  overriders: Map<string, Map<Identity, Identity[]>>,
  versioned: string,
  overridden: Identity,
  by: Identity,
): void {
  let ofVersion = overriders.get(versioned);
  if (ofVersion === undefined) overriders.set(versioned, (ofVersion = new Map<Identity, Identity[]>()));
  const list = ofVersion.get(overridden);
  if (list === undefined) ofVersion.set(overridden, [by]);
  else list.push(by);
}
