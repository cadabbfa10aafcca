// What one review lacks under the policy, and whether it is a negative one. Chains and redundancy are not here.
//
// The order of the checks is crev's (crev.md, section 11) with ours after it. Silence in a review is not held against it:
// who discloses no relation has none, who names no model is a person.

import { atLeast, levels, ratings, trustLevels } from '../statement/levels.ts';
import type { Match } from './match.ts';
import type { Policy } from './policy.ts';
import type { Shortfall } from './verdict.ts';

/** Everything that keeps a trusted review from counting; empty when it counts. */
export function shortfallsOf(match: Match, { require }: Policy): Shortfall[] {
  const { id: statement, statement: review } = match.reading.entry;
  const shortfalls: Shortfall[] = [];
  if (!atLeast(trustLevels, match.standing.level, require.trust)) {
    shortfalls.push({ kind: 'trust', statement, has: match.standing.level, needs: require.trust });
  }
  const measured = review.review;
  if (measured === undefined || isNoReview(measured)) shortfalls.push({ kind: 'no-review', statement });
  else {
    const { thoroughness, understanding } = measured;
    if (!atLeast(levels, thoroughness, require.thoroughness)) {
      const needs = require.thoroughness;
      shortfalls.push({ kind: 'thoroughness', statement, has: thoroughness, needs });
    }
    if (!atLeast(levels, understanding, require.understanding)) {
      const needs = require.understanding;
      shortfalls.push({ kind: 'understanding', statement, has: understanding, needs });
    }
    if (!atLeast(ratings, measured.rating, require.rating)) {
      shortfalls.push({ kind: 'rating', statement, has: measured.rating, needs: require.rating });
    }
  }
  const agent = review['llm-agent'];
  const rule = require['llm-agent'];
  if (agent !== undefined && (rule === 'exclude' || (rule === 'human-guided' && !agent['human-guided']))) {
    shortfalls.push({ kind: 'machine-made', statement, model: agent.model });
  }
  const relation = review.disclosure?.relation ?? 'none';
  if (relation !== 'none' && require['exclude-relations'].includes(relation)) {
    shortfalls.push({ kind: 'relation', statement, relation });
  }
  if (require['exclude-paid'] && review.disclosure?.paid === true)
    shortfalls.push({ kind: 'paid', statement });
  return shortfalls;
}

/** crev's "no review": none, none, neutral. */
export function isNoReview(review: NonNullable<Match['reading']['entry']['statement']['review']>): boolean {
  return review.thoroughness === 'none' && review.understanding === 'none' && review.rating === 'neutral';
}

/** Whether a trusted review says that these bytes are bad, however shallow and whoever or whatever made it. */
export function isNegative(match: Match): boolean {
  return match.reading.entry.statement.review?.rating === 'negative';
}

/** Whether a negative review flags: anyone's in the trust set, or only of those who reach the required level. */
export function isFlagging(match: Match, { require, rules }: Policy): boolean {
  return (
    isNegative(match) &&
    (rules.negatives === 'trust-set' || atLeast(trustLevels, match.standing.level, require.trust))
  );
}
