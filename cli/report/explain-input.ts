// Everything about one input: its verdict in words, the reviews under it with paths and ledger entries, reviews by people
// outside the web with what is missing, reviews of other bytes, and why it is in the closure.

import { compareDigests, digestEntries, type DigestSet } from '../../core/digest/digest-set.ts';
import { packagePurl } from '../../core/digest/purl.ts';
import { describeVerdict } from '../../core/closure/explain-verdict.ts';
import { originsIn } from '../../core/closure/compare-reports.ts';
import type { Closure, Input } from '../../core/closure/input.ts';
import type { Policy } from '../../core/closure/policy.ts';
import type { InputVerdict } from '../../core/closure/verdict.ts';
import { makeRoot, type Identity } from '../../core/identity.ts';
import { explain, type Explanation } from '../../core/trust/explain.ts';
import type { LocalEvidence } from '../verify/local-evidence.ts';
import type { PlacedStatement } from '../verify/verify-statements.ts';
import { inversePaths } from './inverse-paths.ts';

export interface ReviewFacts {
  readonly statement: string;
  readonly index: number;
  readonly author: Identity;
  readonly purl: string;
  readonly date: string;
  /** How its bytes relate to the input's. */
  readonly bytes: 'same' | 'base' | 'different' | 'incomparable';
  /** Whether the verdict names it. */
  readonly counted: boolean;
  readonly rating: string | undefined;
  /** For a review of a difference: from what. */
  readonly base: string | undefined;
  readonly comment: string | undefined;
  readonly standing: Explanation;
}

export interface InputExplanation {
  readonly verdict: InputVerdict;
  readonly words: readonly string[];
  readonly digests: readonly (readonly [string, string])[];
  /** Reviews of these bytes, and of other bytes under the same name and version. */
  readonly reviews: readonly ReviewFacts[];
  /** Chains of purls, the input first: who needs it. */
  readonly dependents: readonly (readonly string[])[];
}

/** Explains the verdict on one input from the statements that were verified here. */
export function explainInput(
  closure: Closure,
  verdict: InputVerdict,
  policy: Policy,
  local: LocalEvidence,
): InputExplanation {
  const input = closure.inputs[verdict.input];
  const view = local.graph.view(policy.roots, policy['trust-costs']);
  const counted = new Set(originsIn(verdict.result).keys());
  const own = input === undefined ? [] : digestSets(input);
  const reviews: ReviewFacts[] = [];
  for (const placed of local.byId.values()) {
    const facts = reviewFacts(placed, verdict.purl, own, counted.has(placed.verified.id));
    if (facts === undefined) continue;
    const standing = explain(view, makeRoot(facts.author), packagePurl(verdict.purl));
    reviews.push({ ...facts, standing });
  }
  // What decided first, then the same bytes, then the rest; within these the oldest first.
  reviews.sort((a, b) => Number(b.counted) - Number(a.counted) || rank(a) - rank(b) || a.index - b.index);
  return {
    verdict,
    words: describeVerdict(verdict),
    digests: distinct(own.flatMap((set) => digestEntries(set))),
    reviews,
    dependents: inversePaths(closure.inputs, verdict.input).map((chain) =>
      chain.map((position) => closure.inputs[position]?.purl ?? ''),
    ),
  };
}

function reviewFacts(
  { verified, index }: PlacedStatement,
  purl: string,
  own: readonly DigestSet[],
  counted: boolean,
): Omit<ReviewFacts, 'standing'> | undefined {
  const { statement, author, id } = verified;
  if (statement.kind !== 'package review') return undefined;
  const relations = own.map((set) => compareDigests(set, statement.package.digests).relation);
  const isNamed = statement.package.purl === purl;
  if (!relations.includes('same') && !isNamed && !counted) return undefined;
  return {
    statement: id,
    index,
    author,
    purl: statement.package.purl,
    date: statement.date,
    bytes: bytesOf(relations, isNamed),
    counted,
    rating: statement.review?.rating,
    base: statement['package-diff-base']?.purl,
    comment: statement.comment,
  };
}

function bytesOf(relations: readonly string[], isNamed: boolean): ReviewFacts['bytes'] {
  if (relations.includes('same')) return 'same';
  // Heard although of another version: a link further down a chain of differences.
  if (!isNamed) return 'base';
  return relations.includes('different') ? 'different' : 'incomparable';
}

function distinct(entries: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...new Map(entries.map((entry) => [entry.join(':'), entry])).values()];
}

function digestSets(input: Input): DigestSet[] {
  return input.artefacts.flatMap((artefact) => [
    artefact.digests,
    ...(artefact.equivalents ?? []).map(({ digests }) => digests),
  ]);
}

function rank({ bytes }: ReviewFacts): number {
  return ['same', 'base', 'different', 'incomparable'].indexOf(bytes);
}
