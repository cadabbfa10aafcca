// Why somebody is trusted, or is not: one tagged union, for people and for JSON.
//
// Trusted: the widest path, which is what gives the level; the shortest too when it is another one, because crev takes
// level and distance from different paths if it can. Not trusted: banned, heard of but too far away, silenced by an
// override, vouched for only for other packages, or out of reach, with the edges that would change that.

import type { Root } from '../identity.ts';
import { levelMask, lowCode, scopeShift } from './edges.ts';
import { findMissing, type MissingEdge } from './missing.ts';
import { costs, describeTrail, nameOf, stepOf, trailOf, type PathStep, type Trail } from './trail.ts';
import { untrusted } from './trust-result.ts';
import type { TrustEntry, TrustStep } from './types.ts';
import type { View } from './view.ts';

export type Explanation =
  | {
      readonly kind: 'trusted';
      readonly entry: TrustEntry;
      /** The path that gives the level; empty for a root. */
      readonly path: readonly PathStep[];
      /** The path that gives the distance, when it is not that one. */
      readonly shortest?: readonly PathStep[];
    }
  | {
      readonly kind: 'banned';
      readonly by: Root;
      /** Ledger index of the statement that bans. */
      readonly index: number | undefined;
      /** How whoever bans was reached, and last the distrust itself. */
      readonly path: readonly PathStep[];
    }
  | {
      readonly kind: 'too-far';
      /** How the nearest person who trusts them was reached, and last the edge that goes too far. */
      readonly path: readonly PathStep[];
      readonly distance: number;
      readonly max: number;
    }
  | {
      readonly kind: 'overridden';
      /** The trust that is not heard. */
      readonly edge: TrustStep;
      /** The statement that silences it. */
      readonly by: TrustStep;
    }
  | {
      readonly kind: 'out-of-scope';
      readonly edge: TrustStep;
      /** The purl patterns for which it counts. */
      readonly scope: readonly string[];
    }
  | { readonly kind: 'unreached'; readonly missing: readonly MissingEdge[] };

/**
 * Explains what a view makes of somebody, for one package or, without a purl, in general.
 * @throws TrustError purl-invalid, trust-limit-exceeded.
 */
export function explain(view: View, id: Root, packagePurl?: string): Explanation {
  const { reach, set } = view.computed(packagePurl);
  const node = reach.find(id);
  const entry = view.entry(id, packagePurl);
  if (entry !== undefined && node !== undefined) return explainTrusted(view, node, entry, packagePurl);
  const ban = node === undefined ? undefined : set.bans.get(node);
  if (ban !== undefined) {
    const trail: Trail = { node: reach.to[ban.edge] ?? 0, edge: ban.edge, before: ban.trail };
    const path = describeTrail(view.store, reach, view.parameters, trail);
    return { kind: 'banned', by: nameOf(reach, ban.by), index: path.at(-1)?.index, path };
  }
  const near = node === undefined ? undefined : explainNear(view, node, packagePurl);
  return near ?? { kind: 'unreached', missing: findMissing(view, id, packagePurl) };
}

function explainTrusted(view: View, node: number, entry: TrustEntry, purl: string | undefined): Explanation {
  const { reach, set } = view.computed(purl);
  const describe = (of: number): PathStep[] =>
    describeTrail(view.store, reach, view.parameters, trailOf(set.pending, of));
  const path = describe(set.levelEntry[node] ?? 0);
  const along = path.at(-1)?.distance ?? 0;
  if (along === entry.distance) return { kind: 'trusted', entry, path };
  return { kind: 'trusted', entry, path, shortest: describe(set.distanceEntry[node] ?? 0) };
}

/** What keeps somebody out whom a member of the trust set names at level low or more: distance, override or scope. */
function explainNear(view: View, node: number, purl: string | undefined): Explanation | undefined {
  const { store, parameters } = view;
  const { reach, set } = view.computed(purl);
  const cost = costs(parameters);
  let nearest: { trail: Trail; distance: number } | undefined;
  let silenced: Explanation | undefined;
  let elsewhere: Explanation | undefined;
  for (const { from, edge } of edgesInto(view, node, purl)) {
    const bits = reach.meta[edge] ?? 0;
    const direct = bits & levelMask;
    const step = stepOf(store, reach, from, node, edge);
    const scope = bits >> scopeShift;
    if (!view.counts(scope, purl)) {
      elsewhere ??= { kind: 'out-of-scope', edge: step, scope: store.scopes.patterns(scope) };
      continue;
    }
    const override = set.ignored.get(edge);
    for (const visit of set.pending.visits(from)) {
      const level = set.pending.level(visit);
      if (override !== undefined && level < override.below) {
        const author = sourceOf(view, override.by, purl);
        silenced ??= {
          kind: 'overridden',
          edge: step,
          by: stepOf(store, reach, author, node, override.by),
        };
        continue;
      }
      const distance = set.pending.distance(visit) + (cost[Math.min(level, direct)] ?? 0);
      if (nearest !== undefined && nearest.distance <= distance) continue;
      nearest = { trail: { node, edge, before: trailOf(set.pending, visit) }, distance };
    }
  }
  if (nearest !== undefined) {
    const path = describeTrail(store, reach, parameters, nearest.trail);
    return { kind: 'too-far', path, distance: nearest.distance, max: parameters.max };
  }
  return silenced ?? elsewhere;
}

/** The edges at level low or more from members of the set to a node. */
function edgesInto(
  view: View,
  node: number,
  purl: string | undefined,
): { readonly from: number; readonly edge: number }[] {
  const { reach, set } = view.computed(purl);
  const found: { from: number; edge: number }[] = [];
  for (let from = 0; from < reach.names.length; from++) {
    if (set.level[from] === untrusted) continue;
    for (let edge = reach.start[from] ?? 0; edge < (reach.end[from] ?? 0); edge++) {
      const level = (reach.meta[edge] ?? 0) & levelMask;
      if (reach.to[edge] === node && level >= lowCode) found.push({ from, edge });
    }
  }
  return found;
}

/** The node that an edge starts from. */
function sourceOf(view: View, edge: number, purl: string | undefined): number {
  const { reach } = view.computed(purl);
  for (let node = 0; node < reach.names.length; node++) {
    if (edge >= (reach.start[node] ?? 0) && edge < (reach.end[node] ?? 0)) return node;
  }
  return 0;
}
