// Counting independent reviewers.
//
// A vote is a chain (differences.ts): a review of these bytes with the reviews that carry it. Two votes are independent
// when nobody stands in both: then every part of the source was read once for each vote, by different people. With
// `independence: organisations` two people of one organisation (one reviewer set in common) count as one person. Inside
// one vote the same person may have read several steps.
//
// So a full review by A and a difference by B on a full review by C are two votes, and differences by A and by B on the one
// full review by C are one: what C read, only C has read. Choosing the most votes is a packing problem, solved exactly
// within a budget of steps, which only thresholds above one over tangled chains can exhaust; then the count is a lower bound.

import type { Identity } from '../identity.ts';
import { baseThatCounts, type Chain, type ChainFinder } from './differences.ts';
import type { Match } from './match.ts';
import type { Scene } from './scene.ts';

/** Reviews that may be passed while votes are chosen for one artefact, and while a chain is shown for one more. */
const maxSteps = 20_000;
const anybody = (): boolean => true;

/**
 * As many independent votes as are needed, or as can be found.
 * @param tops counting and carried reviews of the bytes, one for each author, in order of preference
 */
export function independentVotes(
  scene: Scene,
  tops: readonly Match[],
  finder: ChainFinder,
): readonly Chain[] {
  const needs = scene.policy.require.redundancy;
  // Reviews of everything by different people are independent as they are.
  const areIndependent = scene.policy.require.independence === 'identities' || needs === 1;
  if (areIndependent && tops.every((top) => baseThatCounts(scene, top) === undefined)) {
    return tops.slice(0, needs).map((top) => [top]);
  }
  let best: readonly Chain[] = [];
  const budget = { left: maxSteps };

  const search = (from: number, taken: ReadonlySet<Identity>, chosen: readonly Chain[]): boolean => {
    if (chosen.length > best.length) best = chosen;
    if (best.length >= needs) return true;
    const admits = (author: Identity): boolean => voicesOf(scene, author).every((voice) => !taken.has(voice));
    for (const [position, top] of tops.entries()) {
      if (position < from) continue;
      if (chosen.length + tops.length - position <= best.length) return false;
      for (const chain of finder.chains(top, admits, budget)) {
        const voices = chain.flatMap((link) => voicesOf(scene, link.reading.entry.author));
        if (search(position + 1, new Set([...taken, ...voices]), [...chosen, chain])) return true;
      }
    }
    return false;
  };
  search(0, new Set(), []);
  return best;
}

/** A chain for every counting review: the independent votes first, then the others. */
export function allChains(
  tops: readonly Match[],
  votes: readonly Chain[],
  finder: ChainFinder,
): readonly Chain[] {
  const voted = new Set(votes.map((chain) => chain[0]));
  const others = tops.filter((top) => !voted.has(top));
  return [
    ...votes,
    ...others.flatMap((top) => {
      const first = finder.chains(top, anybody, { left: maxSteps }).next();
      return first.done === true ? [] : [first.value];
    }),
  ];
}

/** Whom a vote of this author speaks for. */
function voicesOf(scene: Scene, author: Identity): readonly Identity[] {
  if (scene.policy.require.independence === 'identities') return [author];
  return [author, ...scene.organisationsOf(author)];
}
