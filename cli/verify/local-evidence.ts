// Evidence for the resolver, made of nothing but statements that were verified here.

import type { Evidence, LedgerStatement } from '../../core/closure/evidence.ts';
import type { Policy } from '../../core/closure/policy.ts';
import type { PackageReview, SourceStatement, StatementId } from '../../core/statement/statement.ts';
import { TrustGraph } from '../../core/trust/graph.ts';
import type { PlacedStatement } from './verify-statements.ts';

export interface LocalEvidence {
  readonly evidence: Evidence;
  readonly graph: TrustGraph;
  /** All statements by id, for explanations. */
  readonly byId: ReadonlyMap<StatementId, PlacedStatement>;
}

/**
 * Builds the web of trust and the evidence. `ledgerSize` is the state that the answer is for: a retraction that came
 * later does not count yet, whatever the ledger says by now.
 */
export function localEvidence(
  statements: readonly PlacedStatement[],
  policy: Policy,
  ledgerSize: number,
): LocalEvidence {
  const graph = new TrustGraph();
  const byId = new Map<StatementId, PlacedStatement>();
  for (const placed of statements) {
    const { id, author, statement } = placed.verified;
    graph.apply({ id, author, index: placed.index, statement });
    byId.set(id, placed);
  }
  const withdrawn = withdrawnIds(statements, ledgerSize);
  const reviews: LedgerStatement<PackageReview>[] = [];
  const sources: LedgerStatement<SourceStatement>[] = [];
  for (const { verified, index } of statements) {
    const { id, author, statement } = verified;
    if (withdrawn.has(id)) continue;
    if (statement.kind === 'package review') reviews.push({ id, index, author, statement });
    else if (statement.kind === 'source') sources.push({ id, index, author, statement });
  }
  const trust = graph.view(policy.roots, policy['trust-costs']);
  const organisationsOf: Evidence['organisationsOf'] = (author) => trust.organisationsOf(author);
  return { evidence: { reviews, sources, trust, organisationsOf }, graph, byId };
}

/** Withdrawn by a retraction that is here and verified, or by one that the server names. */
function withdrawnIds(statements: readonly PlacedStatement[], ledgerSize: number): ReadonlySet<StatementId> {
  const withdrawn = new Set<StatementId>();
  const byId = new Map(statements.map((placed) => [placed.verified.id, placed] as const));
  for (const { verified, index, retractedBy } of statements) {
    if (retractedBy !== undefined && retractedBy < ledgerSize) withdrawn.add(verified.id);
    if (verified.statement.kind !== 'retraction') continue;
    const target = byId.get(verified.statement.statement);
    if (target?.verified.author === verified.author && target.index < index)
      withdrawn.add(target.verified.id);
  }
  return withdrawn;
}
