// The nearest missing edge: whom a root would have to trust for somebody out of reach to come into the trust set.
//
// Candidates are the person in question and, step by step backwards along trust that is in force, those who vouch for
// them. Each is tried, nearest first: the view is computed again with that one edge from a root, at level high, so what is
// proposed really works, with every ban, override, scope and distance. Search and trials are bounded.

import type { Root } from '../identity.ts';
import { levelMask, lowCode, scopeShift } from './edges.ts';
import { compareRoots } from './nodes.ts';
import type { TrustEntry } from './types.ts';
import { View } from './view.ts';

/** One edge that is not there, and what it would do. */
export interface MissingEdge {
  readonly from: Root;
  readonly to: Root;
  readonly level: 'high';
  /** Edges between `to` and the person in question; 0 when `to` is that person. */
  readonly hops: number;
  /** What the person in question would be. */
  readonly result: TrustEntry;
}

/** How far back to look, at how many people, how many to try and how many to name. */
const bounds = { hops: 6, people: 10_000, trials: 6, named: 3 } as const;

/**
 * The single edges from the view's first root that would bring `id` into the trust set, nearest first; empty without a
 * root. Looks at the graph as it is now, which may have grown since the view was made.
 */
export function findMissing(view: View, id: Root, packagePurl: string | undefined): MissingEdge[] {
  const [from] = view.roots;
  const missing: MissingEdge[] = [];
  if (from === undefined) return missing;
  let trials = 0;
  for (const { name, hops } of candidates(view, id, packagePurl)) {
    if (trials++ >= bounds.trials || missing.length >= bounds.named) break;
    const supposed = new View(view.store, view.roots, view.parameters, {}, [{ from, to: name }]);
    const result = supposed.entry(id, packagePurl);
    if (result !== undefined) missing.push({ from, to: name, level: 'high', hops, result });
  }
  return missing;
}

/** Who leads to somebody, nearest first, then by raw id; nobody who is banned or in the trust set already. */
function candidates(
  view: View,
  id: Root,
  purl: string | undefined,
): { readonly name: Root; readonly hops: number }[] {
  const { store } = view;
  const found = [{ name: id, hops: 0 }];
  const start = store.nodes.find(id);
  if (start === undefined) return found;
  const seen = new Set([start]);
  let frontier = [start];
  for (let hops = 1; hops <= bounds.hops && frontier.length > 0; hops++) {
    const next: Root[] = [];
    for (const node of frontier) {
      for (let edge = store.nodes.firstIn.get(node); edge !== -1; edge = store.edges.nextIn.get(edge)) {
        const author = store.edges.from(edge);
        const meta = store.edges.meta(edge);
        if (seen.has(author) || seen.size >= bounds.people || !store.isInForce(edge)) continue;
        if ((meta & levelMask) < lowCode || !view.counts(meta >> scopeShift, purl)) continue;
        seen.add(author);
        const name = store.nodes.name(author);
        const standing = view.standing(name, purl);
        if (standing === 'unreached') next.push(name);
      }
    }
    next.sort(compareRoots);
    found.push(...next.map((name) => ({ name, hops })));
    frontier = next.flatMap((name) => store.nodes.find(name) ?? []);
  }
  return found;
}
