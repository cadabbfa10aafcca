// Paths through the web: how somebody was reached, as the visits of the algorithm left it.
//
// An entry of `pending` carries the values of the edge that added it, and knows the entry whose visit did. So the chain
// back to a root is a real path, whose weakest edge is the entry's level and whose costs add up to its distance.

import { splitRoot, type Root } from '../identity.ts';
import { highCode, levelMask, levelOf } from './edges.ts';
import type { Pending } from './pending.ts';
import type { Reach } from './reach.ts';
import type { TrustStore } from './store.ts';
import type { TrustParameters, TrustStep } from './types.ts';
import type { TrustLevel } from '../statement/levels.ts';

/** A path, last node first; beginnings are shared. The root has no edge and nothing before it. */
export interface Trail {
  readonly node: number;
  readonly edge: number;
  readonly before: Trail | undefined;
}

/** A step of a path with what it comes to: the effective level and the distance of `to` along this path. */
export interface PathStep extends TrustStep {
  readonly effective: TrustLevel;
  readonly distance: number;
}

/** Costs by level code, from distrust to high. */
export function costs(parameters: TrustParameters): readonly number[] {
  const { distrust, none, low, medium, high } = parameters;
  return [distrust, none, low, medium, high];
}

/** The way to an entry. Trails that are made with one `known` share their beginnings, so many of them stay cheap. */
export function trailOf(pending: Pending, entry: number, known = new Map<number, Trail>()): Trail {
  const missing: number[] = [];
  let at = entry;
  while (!known.has(at) && pending.parent(at) !== -1) {
    missing.push(at);
    at = pending.parent(at);
  }
  let trail = known.get(at) ?? { node: pending.node(at), edge: -1, before: undefined };
  known.set(at, trail);
  for (const step of missing.reverse()) {
    trail = { node: pending.node(step), edge: pending.edge(step), before: trail };
    known.set(step, trail);
  }
  return trail;
}

/** The steps of a trail, root first, with levels and distances along it. Empty for a root itself. */
export function describeTrail(
  store: TrustStore,
  reach: Reach,
  parameters: TrustParameters,
  trail: Trail,
): PathStep[] {
  const nodes: Trail[] = [];
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) nodes.push(at);
  nodes.reverse();
  const cost = costs(parameters);
  const steps: PathStep[] = [];
  let level = highCode;
  let distance = 0;
  nodes.forEach(({ node, edge }, place) => {
    const previous = nodes[place - 1];
    if (previous === undefined) return;
    const direct = (reach.meta[edge] ?? 0) & levelMask;
    level = Math.min(level, direct);
    distance += cost[level] ?? 0;
    steps.push({ ...stepOf(store, reach, previous.node, node, edge), effective: levelOf(level), distance });
  });
  return steps;
}

/** One edge as a step. The edge from an owner to its own set stands for no statement about anybody: it has no index. */
export function stepOf(store: TrustStore, reach: Reach, from: number, to: number, edge: number): TrustStep {
  const statement = reach.statement[edge] ?? -1;
  const [author, subject] = [nameOf(reach, from), nameOf(reach, to)];
  const { owner, setName } = splitRoot(subject);
  const own = setName !== undefined && (owner as string) === author;
  return {
    from: author,
    to: subject,
    level: levelOf((reach.meta[edge] ?? 0) & levelMask),
    index: own || statement === -1 ? undefined : store.statements.index.get(statement),
  };
}

/** The name of a local node. */
export function nameOf(reach: Reach, node: number): Root {
  const name = reach.names[node];
  if (name === undefined) throw new RangeError(`No node ${node}`);
  return name;
}
