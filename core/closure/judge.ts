// The verdict on one input, before exemptions, in the order in which the verdicts speak:
//
//   flagged       a trusted negative review of these bytes, or an open issue, whatever else is said of them
//   reviewed      every artefact has enough independent counting reviews
//   mismatch      trusted reviews are of other bytes of the same artefact
//   insufficient  trusted reviews of these bytes exist, below the policy
//   unverifiable  the closure says nothing usable about the bytes
//   unreviewed    nobody trusted has read them

import type { ArtefactDigests } from './artefact-digests.ts';
import { baseThatCounts, createChainFinder, noChains, type Chain, type ChainFinder } from './differences.ts';
import type { Input, UnverifiableReason } from './input.ts';
import type { Match, Matches } from './match.ts';
import { namedMatches, type NamedMatch } from './mismatch.ts';
import { originOf, originsOf } from './origins.ts';
import type { PackageState } from './package-state.ts';
import type { PurlParts } from './purl-parts.ts';
import { isFlagging, shortfallsOf } from './requirements.ts';
import type { Scene } from './scene.ts';
import type { Flag, Shortfall, Verdict } from './verdict.ts';
import { allChains, independentVotes } from './votes.ts';

/** An input with everything that was looked up for it. */
export interface Case {
  readonly input: Input;
  readonly purl: PurlParts;
  readonly artefacts: readonly ArtefactDigests[];
  /** For each artefact, the reviews of its bytes. */
  readonly matches: readonly Matches[];
  readonly state: PackageState;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Trusted reviews of the same package version that are not of these bytes. */
  readonly named: readonly NamedMatch[];
}

/** Judges one input that is not local. */
export function judge(scene: Scene, subject: Case): Judgement {
  const { input, purl, artefacts, matches, state } = subject;
  const named = artefacts.flatMap((artefact, position) =>
    namedMatches(scene, purl, artefact, matches[position]?.trusted ?? [], artefacts.length > 1),
  );
  const flags = [...negativeFlags(scene, subject), ...state.flags];
  if (flags.length > 0) return { verdict: { verdict: 'flagged', flags }, named };

  const isChained = (match: Match): boolean => baseThatCounts(scene, match) !== undefined;
  const finder = matches.some((one) => one.trusted.some(isChained))
    ? createChainFinder(scene, purl.package)
    : noChains;
  const tallies = matches.map((one) => tally(scene, one.trusted, finder));
  const reviewed = tallies.filter((one) => one.enough).length;
  if (reviewed > 0 && reviewed === artefacts.length) {
    const chains = distinctChains(tallies.flatMap((one) => one.chains));
    return {
      verdict: { verdict: 'reviewed', chains: chains.map((chain) => originsOf(scene, chain, purl.package)) },
      named,
    };
  }
  const mismatch = mismatchOf(scene, purl, named);
  if (mismatch !== undefined) return { verdict: mismatch, named };

  const heard = distinctReviews(matches.flatMap((one) => one.trusted));
  if (heard.length > 0) {
    const reviews = heard.map((match) => originOf(scene, match, purl.package));
    const shortfalls = collectShortfalls(scene, tallies, reviewed, artefacts.length);
    return { verdict: { verdict: 'insufficient', reviews, shortfalls }, named };
  }
  const reason = unverifiableReason(input, artefacts);
  if (reason !== undefined) return { verdict: { verdict: 'unverifiable', ...reason }, named };

  const strangers = distinct(matches.flatMap((one) => one.strangers)).length;
  const note = named.some((match) => match.differs === undefined) ? otherDigestsNote : undefined;
  return { verdict: { verdict: 'unreviewed', strangers, ...(note !== undefined && { note }) }, named };
}

const otherDigestsNote =
  'A trusted review of this version exists, in digests that the closure does not carry: ' +
  '`trust-check --sources`, or a `source` statement, can join them.';

interface Tally {
  readonly enough: boolean;
  readonly votes: number;
  readonly chains: readonly Chain[];
  readonly shortfalls: readonly Shortfall[];
}

function tally(scene: Scene, trusted: readonly Match[], finder: ChainFinder): Tally {
  const shortfalls: Shortfall[] = [];
  const tops: Match[] = [];
  for (const match of trusted) {
    const missing = shortfallsOf(match, scene.policy);
    const base = match.reading.entry.statement['package-diff-base'];
    if (missing.length === 0 && base !== undefined && !finder.isCarried(match)) {
      missing.push({ kind: 'base', statement: match.reading.entry.id, base: base.purl });
    }
    if (missing.length === 0) tops.push(match);
    shortfalls.push(...missing);
  }
  const votes = independentVotes(scene, tops, finder);
  const enough = votes.length >= scene.policy.require.redundancy;
  return {
    enough,
    votes: votes.length,
    chains: enough ? allChains(tops, votes, finder) : [],
    shortfalls: enough ? [] : shortfalls,
  };
}

function negativeFlags(scene: Scene, { matches, purl }: Case): Flag[] {
  return distinctReviews(matches.flatMap((one) => one.trusted))
    .filter((match) => isFlagging(match, scene.policy))
    .map((match) => ({ kind: 'negative-review', origin: originOf(scene, match, purl.package) }));
}

function mismatchOf(scene: Scene, purl: PurlParts, named: readonly NamedMatch[]): Verdict | undefined {
  if (scene.policy.rules.mismatch === 'ignore') return undefined;
  const others = named.flatMap((match) =>
    match.differs === undefined ? [] : [{ origin: originOf(scene, match, purl.package), ...match.differs }],
  );
  return others.length === 0 ? undefined : { verdict: 'mismatch', others };
}

function collectShortfalls(
  scene: Scene,
  tallies: readonly Tally[],
  reviewed: number,
  artefacts: number,
): Shortfall[] {
  const shortfalls = new Map<string, Shortfall>();
  const add = (shortfall: Shortfall): unknown => shortfalls.set(JSON.stringify(shortfall), shortfall);
  tallies.flatMap((one) => one.shortfalls).forEach(add);
  const needs = scene.policy.require.redundancy;
  const lacking = tallies.filter((one) => !one.enough).map((one) => one.votes);
  const has = Math.max(0, ...lacking);
  if (needs > 1) add({ kind: 'redundancy', has, needs });
  if (artefacts > 1) add({ kind: 'artefacts', reviewed, of: artefacts });
  return [...shortfalls.values()];
}

/**
 * Why nothing can be said about the bytes, if so. What the format's parser says holds unless digests were learned since:
 * computed by the asker, or joined by a trusted source statement. They make no aggregate a package, and no opaque
 * binary readable.
 */
function unverifiableReason(
  input: Input,
  artefacts: readonly ArtefactDigests[],
): { reason: UnverifiableReason; note: string } | undefined {
  const { unverifiable } = input;
  const learned = artefacts.some((artefact) => artefact.learned);
  if (unverifiable !== undefined) {
    const incurable = unverifiable.reason === 'aggregate' || unverifiable.reason === 'binary';
    if (incurable || !learned) return { reason: unverifiable.reason, note: unverifiable.note };
  }
  if (artefacts.some((artefact) => artefact.strong.length > 0)) return undefined;
  return input.artefacts.some((artefact) => Object.keys(artefact.digests).length > 0)
    ? { reason: 'weak', note: 'The closure names these bytes by weak digests only.' }
    : { reason: 'unpinned', note: 'The closure names no digest for it.' };
}

/** One match for each review: with several artefacts one review may be of more than one. */
function distinctReviews(matches: readonly Match[]): readonly Match[] {
  if (matches.length < 2) return matches;
  return [...new Map(matches.map((match) => [match.reading, match])).values()];
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return values.length < 2 ? values : [...new Set(values)];
}

function distinctChains(chains: readonly Chain[]): readonly Chain[] {
  if (chains.length < 2) return chains;
  const byLinks = new Map<string, Chain>();
  for (const chain of chains) {
    const key = chain.map((link) => link.reading.entry.id).join();
    if (!byLinks.has(key)) byLinks.set(key, chain);
  }
  return [...byLinks.values()];
}
