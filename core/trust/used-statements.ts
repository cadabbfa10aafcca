// What somebody else needs in order to compute the same trust sets: a client that does not believe the server.
//
// Everything in force by whoever was visited in any pass, also by people who were banned in the end, because their bans
// and overrides shaped the result. And the retractions of those people, for whoever holds the withdrawn statement.

import type { Reach } from './reach.ts';
import type { StatementPlace } from './statements.ts';
import type { TrustStore } from './store.ts';
import { nameOf } from './trail.ts';
import type { TrustSet } from './trust-result.ts';

/** Trust statements, reviewer sets and retractions behind `sets`, up to a ledger index, in ledger order. */
export function usedStatements(
  store: TrustStore,
  reach: Reach,
  sets: readonly TrustSet[],
  lastIndex: number,
): StatementPlace[] {
  const { nodes, statements } = store;
  const rows = new Set<number>();
  const places = new Map<number, StatementPlace>();
  const noteWithdrawals = (subject: number): void => {
    for (let row = nodes.firstStatement.get(subject); row !== -1; row = statements.next.get(row)) {
      const withdrawal = statements.withdrawalOf(row);
      if (withdrawal !== undefined && withdrawal.index <= lastIndex) {
        places.set(withdrawal.index, withdrawal);
      }
    }
  };
  for (let node = 0; node < reach.names.length; node++) {
    if (!sets.some((set) => set.visited[node] === 1)) continue;
    rows.add(reach.setStatement[node] ?? -1);
    for (let edge = reach.start[node] ?? 0; edge < (reach.end[node] ?? 0); edge++) {
      rows.add(reach.statement[edge] ?? -1);
    }
    const subject = nodes.find(nameOf(reach, node));
    if (subject === undefined) continue;
    noteWithdrawals(subject);
    let owned = nodes.firstSet.get(subject);
    for (; owned !== -1; owned = nodes.nextSet.get(owned)) noteWithdrawals(owned);
  }
  rows.delete(-1);
  for (const row of rows) {
    const index = statements.index.get(row);
    places.set(index, { index, id: statements.id(row) });
  }
  return [...places.values()].sort((a, b) => a.index - b.index);
}
