// crev's trust set, to the letter (crev-wot, TrustSet::from and from_inner_loop), on a frozen part of the graph.
//
// Passes run until one adds no ban. A pass takes the highest level, then the smallest distance, then the smallest id; it
// stops when the level falls after new bans, so that the bans of more trusted people act first. Two things are ours: there
// may be several roots, each at distance 0 and level high; and banning an identity bans its reviewer sets, which are its
// word, unless the identity or the set is itself a root. Work is counted and bounded, because someone inside the web can
// arrange for many passes.

import { TrustError } from '../errors.ts';
import type { Root } from '../identity.ts';
import { distrustCode, highCode, levelMask, overrideFlag } from './edges.ts';
import { Pending } from './pending.ts';
import { scopeFilter, type Reach } from './reach.ts';
import { costs, trailOf, type Trail } from './trail.ts';
import { untrusted, type Ban, type TrustSet } from './trust-result.ts';
import type { TrustParameters } from './types.ts';

/** Edges that may still be looked at; shared by all sets of a view. */
export interface WorkBudget {
  left: number;
}

/**
 * Computes a trust set.
 * @param inScope by scope number, whether edges of that scope count.
 * @throws TrustError trust-limit-exceeded when the budget is used up.
 */
export function computeTrustSet(
  reach: Reach,
  parameters: TrustParameters,
  inScope: (scope: number) => boolean,
  budget: WorkBudget,
): TrustSet {
  const edgeInScope = scopeFilter(reach, inScope);
  const state = new Passes(reach, parameters, edgeInScope, budget);
  for (;;) {
    const before = state.bans.size;
    state.pass();
    if (state.bans.size <= before) return state;
  }
}

class Passes implements TrustSet {
  readonly level: Uint8Array;
  readonly distance: Int32Array;
  readonly levelEntry: Int32Array;
  readonly distanceEntry: Int32Array;
  readonly visited: Uint8Array;
  readonly bans = new Map<number, Ban>();
  readonly ignored = new Map<number, { below: number; by: number }>();
  readonly pending: Pending;
  passes = 0;
  readonly #reach: Reach;
  readonly #max: number;
  readonly #costs: Int32Array;
  readonly #inScope: Uint8Array | undefined;
  readonly #budget: WorkBudget;
  readonly #banned: Uint8Array;
  /** Trails of this pass by entry. */
  readonly #trails = new Map<number, Trail>();
  /** By edge, the level below which its author is not heard; only where somebody in reach overrides anybody. */
  readonly #ignoredBelow: Uint8Array | undefined;

  constructor(
    reach: Reach,
    parameters: TrustParameters,
    inScope: Uint8Array | undefined,
    budget: WorkBudget,
  ) {
    const count = reach.names.length;
    this.level = new Uint8Array(count);
    this.distance = new Int32Array(count);
    this.levelEntry = new Int32Array(count);
    this.distanceEntry = new Int32Array(count);
    this.visited = new Uint8Array(count);
    this.pending = new Pending(reach.rank);
    this.#banned = new Uint8Array(count);
    if (reach.overrides.size > 0) this.#ignoredBelow = new Uint8Array(reach.to.length);
    this.#reach = reach;
    this.#max = parameters.max;
    this.#costs = Int32Array.from(costs(parameters));
    this.#inScope = inScope;
    this.#budget = budget;
  }

  pass(): void {
    const { rootCount } = this.#reach;
    this.passes++;
    this.level.fill(untrusted);
    this.ignored.clear();
    this.#ignoredBelow?.fill(0);
    this.#trails.clear();
    this.pending.clear();
    for (let root = 0; root < rootCount; root++) {
      this.level[root] = highCode;
      this.distance[root] = 0;
      const entry = this.pending.add(root, highCode, 0, -1, -1);
      this.levelEntry[root] = entry;
      this.distanceEntry[root] = entry;
    }
    let previous = highCode;
    const atStart = this.bans.size;
    for (let entry = this.pending.take(); entry !== -1; entry = this.pending.take()) {
      const level = this.pending.level(entry);
      if (level !== previous && this.bans.size !== atStart) return;
      previous = level;
      this.#visit(entry, level);
    }
  }

  #visit(entry: number, level: number): void {
    const { start, end, to, meta, overrides } = this.#reach;
    const { pending } = this;
    const node = pending.node(entry);
    const distance = pending.distance(entry);
    const first = start[node] ?? 0;
    const last = end[node] ?? 0;
    const inScope = this.#inScope;
    const ignoredBelow = this.#ignoredBelow;
    const banned = this.#banned;
    const cost = this.#costs;
    const max = this.#max;
    const levels = this.level;
    const distances = this.distance;
    this.visited[node] = 1;
    this.#spend(last - first + 1, node);
    for (let edge = first; edge < last; edge++) {
      if (inScope !== undefined && inScope[edge] === 0) continue;
      const subject = to[edge] ?? 0;
      if (banned[subject] === 1) continue;
      if (ignoredBelow !== undefined && level < (ignoredBelow[edge] ?? 0)) continue;
      const bits = meta[edge] ?? 0;
      const direct = bits & levelMask;
      if (direct === distrustCode) {
        this.#ban(subject, { by: node, edge, trail: trailOf(pending, entry, this.#trails) });
        continue;
      }
      if ((bits & overrideFlag) !== 0) this.#ignore(overrides.get(edge) ?? [], level, edge, node);
      const effective = direct < level ? direct : level;
      const reached = distance + (cost[effective] ?? 0);
      if (reached > max) continue;
      const old = levels[subject] ?? untrusted;
      const isNew = old === untrusted;
      if (isNew || effective > old || reached < (distances[subject] ?? 0)) {
        this.#improve(subject, effective, reached, entry, edge);
      }
    }
  }

  /** Each of level and distance improves on its own; the entry that waits gets this edge's values. */
  #improve(node: number, level: number, distance: number, parent: number, edge: number): void {
    const oldLevel = this.level[node] ?? untrusted;
    const oldDistance = this.distance[node] ?? 0;
    const isNew = oldLevel === untrusted;
    if (!isNew) this.pending.remove(node, oldLevel, oldDistance);
    const entry = this.pending.add(node, level, distance, parent, edge);
    if (isNew || level > oldLevel) {
      this.level[node] = level;
      this.levelEntry[node] = entry;
    }
    if (isNew || distance < oldDistance) {
      this.distance[node] = distance;
      this.distanceEntry[node] = entry;
    }
  }

  #ban(node: number, ban: Ban): void {
    this.#banOne(node, ban);
    if (node < this.#reach.rootCount) return;
    for (const set of this.#reach.setsOf.get(node) ?? []) {
      if (set >= this.#reach.rootCount && this.#banned[set] === 0) this.#banOne(set, ban);
    }
  }

  #banOne(node: number, ban: Ban): void {
    this.level[node] = untrusted;
    this.#banned[node] = 1;
    this.bans.set(node, ban);
  }

  #ignore(edges: readonly number[], level: number, by: number, author: number): void {
    this.#spend(edges.length, author);
    for (const edge of edges) {
      if (this.#ignoredBelow === undefined || level <= (this.#ignoredBelow[edge] ?? 0)) continue;
      this.#ignoredBelow[edge] = level;
      this.ignored.set(edge, { below: level, by });
    }
  }

  #spend(work: number, node: number): void {
    this.#budget.left -= work;
    if (this.#budget.left >= 0) return;
    const name: Root | undefined = this.#reach.names[node];
    throw new TrustError(
      'trust-limit-exceeded',
      `The trust set is not computed within its bound of work: ${this.passes} passes and ${this.bans.size} bans so far, last at ${name ?? 'a node'}`,
      { help: 'Name other roots, lower the maximum distance, or distrust whoever makes the web explode.' },
    );
  }
}
