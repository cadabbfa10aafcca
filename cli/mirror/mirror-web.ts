// The web of trust as far as some roots can reach it, from a mirror.
//
// Followed are all words of everybody who is named by somebody reached, whatever the level: more than any view of these
// roots looks at, and nothing of the rest of the ledger.

import { splitRoot, type Identity, type Root } from '../../core/identity.ts';
import { identityOf, type Statement } from '../../core/statement/statement.ts';
import { TrustGraph } from '../../core/trust/graph.ts';
import type { MirrorLedger } from './mirror-ledger.ts';
import { textPrefix } from './posting.ts';

/** A graph with everything that the roots can reach. Throws ledger-corrupt. */
export async function loadMirrorWeb(ledger: MirrorLedger, roots: readonly Root[]): Promise<TrustGraph> {
  const graph = new TrustGraph();
  const reached = new Set<Identity>(roots.map((root) => splitRoot(root).owner));
  // A set grows while it is walked.
  for (const identity of reached) {
    const voided = await ledger.voided(identity);
    if (voided !== undefined) graph.revoke(identity, voided.isHard ? 'all' : voided.from);
    for (const index of ledger.store.find(textPrefix('web', identity))) {
      const { id, author, statement } = await ledger.store.statement(index);
      if (author !== identity) continue;
      graph.apply({ id, index, author, statement });
      for (const named of namedBy(statement)) reached.add(named);
    }
  }
  return graph;
}

function namedBy(statement: Statement): Identity[] {
  switch (statement.kind) {
    case 'trust':
      return statement.ids.map(identityOf);
    case 'reviewer set':
      return [
        ...statement.members.map(({ id }) => identityOf(id)),
        ...(statement.includes ?? []).map(({ set }) => splitRoot(set).owner),
      ];
    case 'package review':
    case 'source':
    case 'retraction':
      return [];
  }
}
