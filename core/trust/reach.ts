// The part of the graph that a set of roots can reach, frozen: what a view computes on.
//
// Copied out once per view into compressed rows, so that later growth of the ledger cannot change a view, and so that the
// passes of crev's algorithm, and one run per combination of scopes, walk memory in order. The part is a superset of what
// any trust set can visit: levels, scopes, bans and overrides are ignored here, only edges that can never add anybody
// are not followed, and, where every edge costs something, nobody further away than the maximum is.

import type { Root } from '../identity.ts';
import { scopeShift } from './edges.ts';

/** An edge that the ledger does not have, to ask "what if": trust at level high. */
export interface SupposedEdge {
  readonly from: Root;
  readonly to: Root;
}

/** A frozen part of the graph. Nodes have local numbers, the roots first. */
export interface Reach {
  readonly names: readonly Root[];
  readonly rootCount: number;
  /** The sets in reach of an identity in reach. */
  readonly setsOf: ReadonlyMap<number, readonly number[]>;
  /** Statement that defines a set; -1 for identities and for sets without one. */
  readonly setStatement: Int32Array;
  /** Edges out of node n: from start[n] to before end[n]. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly to: Int32Array;
  /** Level, override flag and scope, as in `Edges`. */
  readonly meta: Int32Array;
  /** Statement behind an edge; -1 for a supposed edge. */
  readonly statement: Int32Array;
  /** For edges whose statement overrides somebody: the edges in reach that are then to be ignored. */
  readonly overrides: ReadonlyMap<number, readonly number[]>;
  /** Scopes that occur, without 0. */
  readonly scopes: readonly number[];
  /** The local number of a node, undefined when out of reach. */
  find(name: Root): number | undefined;
  /** The place of each node in crev's order: by raw id bytes. */
  readonly rank: Int32Array;
}

/** Per edge whether its scope counts; undefined when no edge in reach has a scope. */
export function scopeFilter(reach: Reach, inScope: (scope: number) => boolean): Uint8Array | undefined {
  if (reach.scopes.length === 0) return undefined;
  const counting = new Set(reach.scopes.filter(inScope));
  const filter = new Uint8Array(reach.meta.length);
  for (let edge = 0; edge < filter.length; edge++) {
    const scope = (reach.meta[edge] ?? 0) >> scopeShift;
    filter[edge] = scope === 0 || counting.has(scope) ? 1 : 0;
  }
  return filter;
}
