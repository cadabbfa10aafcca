// Copying out what a set of roots can reach: breadth first over the edges in force, into compressed rows (see reach.ts).

import type { Root } from '../identity.ts';
import { EdgeRows } from './edge-rows.ts';
import { absentCode, distrustCode, highCode, levelMask, noneCode, scopeShift } from './edges.ts';
import { nameAt, rankByKey } from './node-rank.ts';
import { sortKey } from './nodes.ts';
import type { Reach, SupposedEdge } from './reach.ts';
import { resolveOverrides } from './resolve-overrides.ts';
import type { TrustStore } from './store.ts';
import type { TrustParameters } from './types.ts';

/** Copies what `roots` can reach. Time and memory grow with the part that is reached. */
export function extractReach(
  store: TrustStore,
  roots: readonly Root[],
  parameters: TrustParameters,
  supposed: readonly SupposedEdge[] = [],
): Reach {
  return new Extraction(store, parameters, supposed).run(roots);
}

class Extraction {
  readonly #store: TrustStore;
  readonly #parameters: TrustParameters;
  readonly #supposed: readonly SupposedEdge[];
  /** Local number plus one by global number, and by name for roots that the ledger never named. */
  readonly #local: Int32Array;
  readonly #strangers = new Map<Root, number>();
  readonly #names: Root[] = [];
  readonly #global: number[] = [];
  /** Nodes in the order in which they are expanded, and where their edges end. */
  readonly #queue: number[] = [];
  /** Fewest edges from a root; -1 for a node that is not expanded. */
  readonly #hops: number[] = [];
  readonly #ends: number[] = [];
  readonly #rows = new EdgeRows();

  constructor(store: TrustStore, parameters: TrustParameters, supposed: readonly SupposedEdge[]) {
    this.#store = store;
    this.#parameters = parameters;
    this.#supposed = supposed;
    this.#local = new Int32Array(store.nodes.length);
  }

  run(roots: readonly Root[]): Reach {
    for (const root of roots) this.#expand(this.#enlist(root), 0);
    const rootCount = this.#names.length;
    const maxHops = this.#maxHops();
    // Somebody at the very last hop is in, cannot add anybody, and can still ban and override: their edges count.
    for (let at = 0; at < this.#queue.length; at++) {
      const node = this.#queue[at] ?? 0;
      const hops = this.#hops[node] ?? 0;
      if (hops <= maxHops) this.#copyEdges(node, hops + 1);
      this.#ends.push(this.#rows.count);
    }
    return this.#freeze(rootCount);
  }

  #copyEdges(node: number, hops: number): void {
    const { nodes, edges } = this.#store;
    const global = this.#global[node] ?? -1;
    const minimum = this.#parameters.none <= this.#parameters.max ? noneCode : noneCode + 1;
    if (global !== -1) {
      const { pool } = nodes.out;
      const { packed } = edges;
      const end = nodes.out.end(global);
      this.#rows.reserve(end - nodes.out.start(global));
      // Distrust first: banning somebody bans their sets too, so what a node says of the two must not hang on the order in
      // which the ledger was read.
      for (const distrusting of [true, false]) {
        for (let at = nodes.out.start(global); at < end; at++) {
          const edge = pool[at] ?? 0;
          const meta = packed[4 * edge + 2] ?? absentCode;
          const level = meta & levelMask;
          if (level === absentCode || (level === distrustCode) !== distrusting) continue;
          const target = this.#enlistGlobal(packed[4 * edge + 1] ?? 0);
          if (level >= minimum) this.#expand(target, hops);
          this.#rows.add(target, meta, packed[4 * edge + 3] ?? -1, edge);
        }
      }
    }
    for (const { from, to } of this.#supposed) {
      if (from !== this.#names[node]) continue;
      const target = this.#enlist(to);
      this.#expand(target, hops);
      this.#rows.reserve(1);
      this.#rows.add(target, highCode, -1, -1);
    }
  }

  #enlist(name: Root): number {
    const global = this.#store.nodes.find(name);
    if (global !== undefined) return this.#enlistGlobal(global);
    let node = this.#strangers.get(name);
    if (node === undefined) {
      node = this.#append(name, -1);
      this.#strangers.set(name, node);
    }
    return node;
  }

  #enlistGlobal(global: number): number {
    const known = this.#local[global] ?? 0;
    if (known !== 0) return known - 1;
    const node = this.#append(this.#store.nodes.name(global), global);
    this.#local[global] = node + 1;
    return node;
  }

  #append(name: Root, global: number): number {
    const node = this.#names.push(name) - 1;
    this.#global.push(global);
    this.#hops.push(-1);
    return node;
  }

  #expand(node: number, hops: number): void {
    if (this.#hops[node] !== -1) return;
    this.#hops[node] = hops;
    this.#queue.push(node);
  }

  /** With a least cost above 0 the maximum bounds the number of edges on a path. */
  #maxHops(): number {
    const { max, high, medium, low, none } = this.#parameters;
    const least = Math.min(high, medium, low, none);
    return least === 0 ? Infinity : Math.floor(max / least);
  }

  #freeze(rootCount: number): Reach {
    const { nodes } = this.#store;
    const count = this.#names.length;
    const start = new Int32Array(count);
    const end = new Int32Array(count);
    this.#queue.forEach((node, at) => {
      start[node] = at === 0 ? 0 : (this.#ends[at - 1] ?? 0);
      end[node] = this.#ends[at] ?? 0;
    });
    const key = new Float64Array(count);
    const setStatement = new Int32Array(count).fill(-1);
    const setsOf = new Map<number, number[]>();
    this.#global.forEach((global, node) => {
      key[node] = global === -1 ? sortKey(nameAt(this.#names, node)) : nodes.key.get(global);
      if (global === -1 || !nodes.isSet(global)) return;
      setStatement[node] = nodes.currentSet.get(global);
      const owner = (this.#local[nodes.owner.get(global)] ?? 0) - 1;
      setsOf.set(owner, [...(setsOf.get(owner) ?? []), node]);
    });
    const names = this.#names;
    const { to, meta, statement, edge } = this.#rows.frozen();
    return {
      names,
      rootCount,
      setsOf,
      setStatement,
      start,
      end,
      to,
      meta,
      statement,
      overrides: resolveOverrides(this.#store, meta, statement, edge),
      scopes: distinctScopes(meta),
      find: this.#finder(),
      rank: rankByKey(key, names),
    };
  }

  /** Looks names up without holding on to more than the part in reach. */
  #finder(): (name: Root) => number | undefined {
    const { nodes } = this.#store;
    const strangers = this.#strangers;
    if (4 * this.#names.length > this.#local.length) {
      const local = this.#local;
      return (name) => {
        const global = nodes.find(name);
        const known = global === undefined ? 0 : (local[global] ?? 0);
        return known === 0 ? strangers.get(name) : known - 1;
      };
    }
    const byName = new Map(this.#names.map((name, node) => [name, node] as const));
    return (name) => byName.get(name);
  }
}

function distinctScopes(meta: Int32Array): number[] {
  const scopes = new Set<number>();
  for (const bits of meta) if (bits >> scopeShift !== 0) scopes.add(bits >> scopeShift);
  return [...scopes].sort((a, b) => a - b);
}
