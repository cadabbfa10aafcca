// What every rule of resolution has at hand for one question: the policy, the indexed evidence and the web of trust.

import type { Identity } from '../identity.ts';
import type { Evidence } from './evidence.ts';
import type { Policy } from './policy.ts';
import { purlPartsCache, type PurlParts } from './purl-parts.ts';
import { indexReviews, type ReviewIndex } from './review-index.ts';
import { indexSources, type SourceIndex } from './artefact-digests.ts';
import { standingsOf, type Standings } from './standings.ts';

export interface Scene {
  readonly policy: Policy;
  readonly reviews: ReviewIndex;
  readonly sources: SourceIndex;
  readonly standings: Standings;
  readonly organisationsOf: (author: Identity) => readonly Identity[];
  readonly purlOf: (text: string) => PurlParts;
}

/** Indexes the evidence for one question. The order in which statements come makes no difference. */
export function createScene(policy: Policy, evidence: Evidence): Scene {
  const purlOf = purlPartsCache();
  return {
    policy,
    reviews: indexReviews(evidence.reviews, policy.rules, purlOf),
    sources: indexSources(evidence.sources),
    standings: standingsOf(evidence.trust),
    organisationsOf: (author) => evidence.organisationsOf(author),
    purlOf,
  };
}
