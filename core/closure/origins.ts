// Origins: how a report shows a review that was heard, whose it is, and by which trust path.

import type { Chain } from './differences.ts';
import type { Match } from './match.ts';
import type { Scene } from './scene.ts';
import type { Origin } from './verdict.ts';

/** A heard review as the report carries it, for an input of the given package. */
export function originOf(scene: Scene, match: Match, packagePurl: string): Origin {
  const { id, index, author, statement: review } = match.reading.entry;
  return {
    statement: id,
    index,
    author,
    level: match.standing.level,
    distance: match.standing.distance,
    path: [...scene.standings.path(author, packagePurl)],
    purl: review.package.purl,
    date: review.date,
    ...(review.review !== undefined && { review: review.review }),
    matched: [...match.matched],
    ...(match.via !== undefined && { via: match.via }),
    ...(match.sources !== undefined && { sources: [...match.sources] }),
    ...(review['llm-agent'] !== undefined && { 'llm-agent': review['llm-agent'].model }),
    ...(review.disclosure !== undefined && { relation: review.disclosure.relation }),
    ...(review.comment !== undefined && { comment: review.comment }),
  };
}

/** A chain as the report carries it: the review of the input first. */
export function originsOf(scene: Scene, chain: Chain, packagePurl: string): Origin[] {
  return chain.map((link) => originOf(scene, link, packagePurl));
}
