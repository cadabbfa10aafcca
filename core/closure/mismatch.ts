// Mismatch: a trusted review of this package, version and artefact exists, and it is of other bytes.
//
// The alarm that a name-and-version system cannot raise, so it is raised with care (closure-formats.md, section 1.2): the
// purl and version must agree, the qualifiers that both have must agree, and the two must differ on a strong key that both
// name. Incomparable digests always differ and mean nothing. Where an input has several artefacts (wheels, platforms),
// the review must say which one it is of. Reviews that are negative, or that say no review took place, vouch for no bytes and
// raise no alarm; neither does the word of somebody outside the trust set.

import { compareDigests, type DigestKey } from '../digest/digest-set.ts';
import type { ArtefactDigests } from './artefact-digests.ts';
import { oneForEachAuthor, type Match } from './match.ts';
import { qualifiersOf, type PurlParts } from './purl-parts.ts';
import { isNegative, isNoReview } from './requirements.ts';
import type { Reading } from './review-index.ts';
import type { Scene } from './scene.ts';

/** A trusted review of the same package version, and how its digests relate to the input's. */
export interface NamedMatch extends Match {
  /** The strong key on which the bytes differ, with both values; undefined when the digests cannot be compared. */
  readonly differs: { readonly key: DigestKey; readonly here: string; readonly reviewed: string } | undefined;
}

/** Qualifiers that say where or what the bytes are, not which artefact. */
const notIdentity = new Set(['checksum', 'download_url', 'vcs_url']);
/** Qualifiers by which a review says which of several artefacts it is of. */
const artefactQualifiers = ['file_name', 'platform', 'arch', 'classifier'];

/**
 * The trusted reviews of an artefact's package and version that are not of its bytes: of other bytes, or of digests that
 * cannot be compared with it. One for each author and relation, in order of preference.
 * @param matched the reviews that are of its bytes
 * @param several whether the input has more than one artefact
 */
export function namedMatches(
  scene: Scene,
  purl: PurlParts,
  digests: ArtefactDigests,
  matched: readonly Match[],
  several: boolean,
): NamedMatch[] {
  const differing: NamedMatch[] = [];
  const incomparable: NamedMatch[] = [];
  if (purl.version === undefined) return [];
  for (const reading of scene.reviews.ofPackage(purl.package).all) {
    if (matched.some((match) => match.reading === reading)) continue;
    if (reading.purl.versioned !== purl.versioned || !isSameArtefact(purl, digests.name, reading, several)) {
      continue;
    }
    const standing = scene.standings.of(reading.entry.author, purl.package);
    const review = reading.entry.statement.review;
    if (standing === undefined || review === undefined || isNoReview(review)) continue;
    const match: Match = { reading, standing, matched: [] };
    if (isNegative(match) || scene.reviews.isOverridden(reading, purl.package, scene.standings)) continue;
    const comparison = compareDigests(digests.firm, reading.digests);
    const key = comparison.relation === 'different' ? comparison.on[0] : undefined;
    if (key !== undefined) {
      const differs = { key, here: digests.firm[key] ?? '', reviewed: reading.digests[key] ?? '' };
      differing.push({ ...match, differs });
    } else if (comparison.relation === 'incomparable') incomparable.push({ ...match, differs: undefined });
  }
  return [...oneForEachAuthor(differing), ...oneForEachAuthor(incomparable)];
}

function isSameArtefact(
  purl: PurlParts,
  name: string | undefined,
  reading: Reading,
  several: boolean,
): boolean {
  if (reading.purl.query === '') return !several;
  const here = qualifiersOf(purl);
  const there = qualifiersOf(reading.purl);
  for (const [key, value] of there) {
    const own = here.get(key);
    if (own !== undefined && own !== value && !notIdentity.has(key)) return false;
  }
  const named = artefactQualifiers.flatMap((key) => there.get(key) ?? []);
  if (several) return name !== undefined && named.includes(name);
  const fileName = there.get('file_name');
  return fileName === undefined || name === undefined || fileName === name;
}
