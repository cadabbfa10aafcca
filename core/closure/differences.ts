// Reviews of a difference, and the chains that carry them: from the bytes in question down to a review of everything.
//
// What crev leaves open and we close: a review with `package-diff-base` says only that the step from the base was read. It
// counts when its base, matched by digest and of the same purl type, has itself a counting review, of everything or of a
// further difference, and so on down. Every link meets the whole policy (trust, thoroughness …); a base that a trusted
// negative review flags carries nothing. A chain never passes one review twice, so cycles end nowhere, and holds at most
// `maxChainLength` links. With `rules: {differences: as-full}`, as in crev, every review stands for itself.

import { compareDigests } from '../digest/digest-set.ts';
import type { Identity } from '../identity.ts';
import type { Subject } from '../statement/statement.ts';
import { oneForEachAuthor, type Match } from './match.ts';
import { isFlagging, shortfallsOf } from './requirements.ts';
import type { Reading } from './review-index.ts';
import type { Scene } from './scene.ts';
import { strongEntries, usableDigests } from './usable-digests.ts';

/** Most links of a chain, and most reviews that are looked at to find those of one review. */
export const maxChainLength = 64;
const maxExplored = 4096;

/** A review and what carries it: the review of the input first, the review of everything last. */
export type Chain = readonly Match[];

export interface ChainFinder {
  /** Whether a counting review is carried at all: it is of everything, or some chain leads down from it. */
  isCarried(match: Match): boolean;
  /**
   * The chains of a counting review whose authors are all admitted, a shortest first when everybody is. Chains that the
   * caller does not ask for are not computed; each review that is passed takes one from the budget, and none are left at 0.
   */
  chains(match: Match, admits: (author: Identity) => boolean, budget: Budget): Generator<Chain>;
}

export interface Budget {
  left: number;
}

/** The chains of reviews for inputs of one package. */
export function createChainFinder(scene: Scene, packagePurl: string): ChainFinder {
  const steps = new Map<Reading, readonly Match[]>();
  /** Links below a review down to a review of everything; Infinity when nothing carries it. */
  const depths = new Map<Reading, number>();
  const baseOf = (match: Match): Subject | undefined => baseThatCounts(scene, match);

  const stepsOf = (match: Match): readonly Match[] => {
    let known = steps.get(match.reading);
    if (known === undefined) {
      const base = baseOf(match);
      known = base === undefined ? [] : countingReviews(scene, packagePurl, base);
      steps.set(match.reading, known);
    }
    return known;
  };

  const depthOf = (match: Match): number => {
    if (baseOf(match) === undefined) return 0;
    if (!depths.has(match.reading)) explore(match, stepsOf, (link) => baseOf(link) === undefined, depths);
    return depths.get(match.reading) ?? Infinity;
  };

  function* chains(
    match: Match,
    admits: (author: Identity) => boolean,
    budget: Budget,
    above: readonly Reading[] = [],
  ): Generator<Chain> {
    if (--budget.left < 0 || !admits(match.reading.entry.author)) return;
    const depth = depthOf(match);
    if (depth === 0) yield [match];
    if (depth === 0 || above.length + depth >= maxChainLength) return;
    const trail = [...above, match.reading];
    const below = stepsOf(match).filter(
      (step) => !trail.includes(step.reading) && depthOf(step) < maxChainLength,
    );
    for (const step of below.sort((a, b) => depthOf(a) - depthOf(b))) {
      for (const rest of chains(step, admits, budget, trail)) yield [match, ...rest];
    }
  }

  return {
    isCarried: (match) => depthOf(match) < maxChainLength,
    chains: (match, admits, budget) => chains(match, admits, budget),
  };
}

/** For reviews that all stand for themselves. */
export const noChains: ChainFinder = {
  isCarried: () => true,
  *chains(match, admits) {
    if (admits(match.reading.entry.author)) yield [match];
  },
};

/** The base that has to carry a review under the policy; undefined when the review stands for itself. */
export function baseThatCounts({ policy }: Scene, match: Match): Subject | undefined {
  if (policy.rules.differences === 'as-full') return undefined;
  return match.reading.entry.statement['package-diff-base'];
}

/** The counting reviews of a base, one for each author; none when a negative review flags it. */
function countingReviews(scene: Scene, packagePurl: string, base: Subject): readonly Match[] {
  const digests = usableDigests(base.digests, scene.policy.rules);
  const type = scene.purlOf(base.purl).type;
  const found = new Map<Reading, Match>();
  for (const [, hex] of strongEntries(digests)) {
    for (const reading of scene.reviews.byHex(hex)) {
      if (found.has(reading) || reading.purl.type !== type) continue;
      const comparison = compareDigests(digests, reading.digests);
      const standing = scene.standings.of(reading.entry.author, packagePurl);
      if (comparison.relation !== 'same' || standing === undefined) continue;
      if (scene.reviews.isOverridden(reading, packagePurl, scene.standings)) continue;
      found.set(reading, { reading, standing, matched: comparison.on });
    }
  }
  const matches = oneForEachAuthor([...found.values()]);
  if (matches.some((match) => isFlagging(match, scene.policy))) return [];
  return matches.filter((match) => shortfallsOf(match, scene.policy).length === 0);
}

/** Breadth first down from `top`, then back up from the reviews of everything: the least number of links below each. */
function explore(
  top: Match,
  stepsOf: (match: Match) => readonly Match[],
  isFull: (match: Match) => boolean,
  depths: Map<Reading, number>,
): void {
  const reached = new Map<Reading, Match>([[top.reading, top]]);
  const above = new Map<Reading, Reading[]>();
  for (const match of reached.values()) {
    if (reached.size > maxExplored) break;
    for (const step of stepsOf(match)) {
      const uppers = above.get(step.reading);
      if (uppers === undefined) above.set(step.reading, [match.reading]);
      else uppers.push(match.reading);
      if (!reached.has(step.reading)) reached.set(step.reading, step);
    }
  }
  let level = [...reached.values()].filter(isFull).map((match) => match.reading);
  for (const reading of reached.keys()) depths.set(reading, Infinity);
  for (let depth = 0; level.length > 0; depth++) {
    for (const reading of level) depths.set(reading, depth);
    const next = new Set(level.flatMap((reading) => above.get(reading) ?? []));
    level = [...next].filter((reading) => depths.get(reading) === Infinity);
  }
}
