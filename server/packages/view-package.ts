// The model of the page of a package, or of one of its versions: the verdict under the viewer's roots first, then everything that
// it rests on.

import { purlParts } from '../../core/closure/purl-parts.ts';
import type { Identity } from '../../core/identity.ts';
import { describeIdentities } from '../../db/people.ts';
import {
  countVersions,
  findSameBytes,
  listReviewedBytes,
  listReviews,
  type VersionCount,
} from '../../db/site-reviews.ts';
import type { Service } from '../service.ts';
import { shortIdentity } from '../site/view-text.ts';
import type { Viewer } from '../site/viewer.ts';
import { orderedDigests } from './byte-groups.ts';
import { differenceChain } from './difference-chain.ts';
import type { PackageModel } from './package-model.ts';
import { reviewItem, standingOf } from './review-item.ts';
import { ageOf, newestVersion, orderOf } from './versions.ts';
import { versionPurl, weigh, type Weighed, type WeighedVersion } from './weigh.ts';

/** Reviews on one page, reviews whose bytes are weighed, and versions that are listed. */
const pageSize = 25;
const maxWeighed = 500;
const maxVersions = 100;

export interface PackageQuestion {
  /** Purl without version, canonical. */
  readonly package: string;
  readonly version: string | undefined;
  readonly before: number | undefined;
  readonly origin: string;
}

/** Everything that the page of a package or version shows. */
export async function viewPackage(
  service: Service,
  asked: PackageQuestion,
  { roots, now }: Viewer,
): Promise<PackageModel> {
  const { db } = service;
  const { package: name, version, before, origin } = asked;
  const [listed, ofVersion, ofPackage, counts] = await Promise.all([
    listReviews(db, { package: name, version, before, limit: pageSize + 1 }),
    version === undefined ? [] : listReviewedBytes(db, { package: name, version, limit: maxWeighed }),
    listReviewedBytes(db, { package: name, limit: maxWeighed }),
    countVersions(db, name, maxVersions + 1),
  ]);
  const reviewed = [...ofVersion, ...ofPackage.filter((one) => one.version !== version)];
  // Names are needed for the words of the verdicts; whoever stands in a trust path is looked up after.
  const authors = new Set([...listed, ...reviewed].map(({ author }) => author));
  const known = await describeIdentities(db, authors, now);
  const nameOf = (author: Identity): string => known.get(author)?.name ?? shortIdentity(author);
  const weighed = await weigh(service, name, reviewed, { roots, now, nameOf, version });
  const here = version === undefined ? undefined : weighed?.versions.get(version);
  const current = weighed && new Set(weighed.current.map(({ index }) => index));
  const newest = newestVersion(
    name,
    counts.map((one) => one.version),
  );
  const page = listed.slice(0, pageSize);
  const reviews = page.map((review) => {
    const of = purlParts(review.statement.package.purl).version ?? '';
    return reviewItem(review, {
      version: of,
      age: ageOf(name, of, version ?? newest),
      // A page of older reviews may hold some that were not weighed.
      current: Math.max(ofVersion.length, ofPackage.length) < maxWeighed ? current : undefined,
      standing: standingOf(weighed?.view, review.author, name),
    });
  });
  const chain = chainOf(here, versionPurl(name, version ?? ''), weighed);
  const people = await describeIdentities(db, namedIn(reviews, chain, here), now);
  const last = page.at(-1);
  return {
    ...{ package: name, origin, reviews, chain },
    purl: versionPurl(name, version ?? ''),
    ...(version !== undefined && { version }),
    hasRoots: roots.length > 0,
    ...(weighed !== undefined && {
      verdict: verdictOf(version ?? newest ?? '', weighed, version === undefined),
    }),
    bytes: (here?.bytes ?? []).filter(({ authors: who }) => who.size > 0).map(shownBytes),
    contradictions: contradictionsOf(here, roots.length > 0),
    sameBytes: here === undefined ? [] : await sameBytes(db, name, here),
    ...(listed.length > pageSize && last !== undefined && { next: last.index }),
    isFirstPage: before === undefined,
    versions: versionRows(name, counts.slice(0, maxVersions), weighed),
    moreVersions: counts.length > maxVersions,
    people: Object.fromEntries([...known, ...people]),
  };
}

/** On the page of the package, the word is the newest version's, and the versions that are flagged are named before it. */
function verdictOf(version: string, { versions, current }: Weighed, all: boolean): PackageModel['verdict'] {
  const here = versions.get(version);
  const counted = all ? [...versions.values()] : here === undefined ? [] : [here];
  const count = (key: 'trusted' | 'reviewers'): number =>
    new Set(counted.flatMap((one) => [...one[key]])).size;
  const warning = current.filter(
    ({ author, statement: { review, package: subject } }) =>
      review?.rating === 'negative' &&
      counted.some((one) => one.reviewers.has(author) && (all || isOf(subject.purl, one.version))),
  );
  return {
    word: here?.word ?? 'unreviewed',
    of: version,
    trusted: count('trusted'),
    reviewers: count('reviewers'),
    warning: new Set(warning.map(({ author }) => author)).size,
    flagged: all
      ? [...versions.values()].filter((one) => one.word === 'flagged').map((one) => one.version)
      : [],
  };
}

function isOf(purl: string, version: string): boolean {
  return (purlParts(purl).version ?? '') === version;
}

function shownBytes({
  digests,
  verdict,
  lines,
  trusted,
  authors,
}: WeighedVersion['bytes'][number]): PackageModel['bytes'][number] {
  const others = [...authors].filter((author) => !trusted.has(author));
  return {
    digests: orderedDigests(digests),
    word: verdict.result.verdict,
    lines: lines.filter((line) => !line.startsWith('note: ') && !line.startsWith('next: ')).slice(0, 20),
    remarks: verdict.remarks.slice(0, 20),
    trusted: [...trusted].slice(0, 20),
    others: others.slice(0, 5),
    otherCount: others.length,
  };
}

function contradictionsOf(
  here: WeighedVersion | undefined,
  hasRoots: boolean,
): PackageModel['contradictions'] {
  return (here?.contradictions ?? []).map(({ key, groups }) => ({
    key,
    alarm: !hasRoots || groups.every(({ trusted }) => trusted.size > 0),
    sides: groups.map(({ digests, authors }) => ({
      value: digests[key] ?? '',
      authors: [...authors].slice(0, 5),
    })),
  }));
}

function chainOf(
  here: WeighedVersion | undefined,
  purl: string,
  weighed: Weighed | undefined,
): PackageModel['chain'] {
  for (const { digests } of here?.bytes ?? []) {
    const chain = differenceChain(purl, digests, weighed?.current ?? []);
    if (chain.length > 0)
      return chain.map(({ full, differences, ...link }) => ({
        ...link,
        full: full.slice(0, 10),
        differences: differences.slice(0, 10),
      }));
  }
  return [];
}

async function sameBytes(db: Service['db'], name: string, here: WeighedVersion): Promise<string[]> {
  // Where reviews contradict each other, only the bytes that most agree on are looked for.
  const digests = here.bytes[0]?.digests ?? {};
  const found = await findSameBytes(db, digests, { package: name, version: here.version }, 20);
  return found.map((one) => versionPurl(one.package, one.version));
}

function namedIn(
  reviews: PackageModel['reviews'],
  chain: PackageModel['chain'],
  here: WeighedVersion | undefined,
): Set<Identity> {
  const names = new Set<string>();
  for (const { standing } of reviews) {
    if (standing.kind !== 'trusted') continue;
    for (const { from, to } of standing.path)
      for (const one of [from, to]) names.add(one.split('#', 1)[0] ?? '');
  }
  for (const { full, differences } of chain)
    for (const { author } of [...full, ...differences]) names.add(author);
  for (const { trusted } of here?.bytes ?? []) for (const author of trusted) names.add(author);
  return names as Set<Identity>;
}

function versionRows(
  name: string,
  counts: readonly VersionCount[],
  weighed: Weighed | undefined,
): PackageModel['versions'] {
  const order = orderOf(
    name,
    counts.map(({ version }) => version),
  );
  const sorted = order === undefined ? counts : counts.toSorted((a, b) => order(b.version, a.version));
  return sorted.map(({ version, reviews, reviewers }) => {
    const one = weighed?.versions.get(version);
    return {
      ...{ version, reviews, reviewers, purl: versionPurl(name, version) },
      ...(one !== undefined && { word: one.word, trusted: one.trusted.size }),
    };
  });
}
