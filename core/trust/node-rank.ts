// The place of each node in crev's order, as a number, so that the order of visits compares numbers only.
//
// The order is that of raw id bytes (see nodes.ts). A node's key settles most pairs; names are compared in full only where
// keys agree: an owner and its sets, and ids that begin alike.

import type { Root } from '../identity.ts';
import { compareRoots } from './nodes.ts';

/** Ranks from 0, by key and then by name; both are indexed by node. */
export function rankByKey(key: Float64Array, names: readonly Root[]): Int32Array {
  const sorted = key.slice().sort();
  const rank = new Int32Array(key.length);
  const shared = new Map<number, number[]>();
  for (let node = 0; node < key.length; node++) {
    const value = key[node] ?? 0;
    let low = 0;
    for (let high = sorted.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    rank[node] = low;
    if (sorted[low + 1] !== value) continue;
    const group = shared.get(value) ?? [];
    group.push(node);
    shared.set(value, group);
  }
  for (const group of shared.values()) {
    const first = rank[group[0] ?? 0] ?? 0;
    group.sort((a, b) => compareRoots(nameAt(names, a), nameAt(names, b)));
    group.forEach((node, place) => (rank[node] = first + place));
  }
  return rank;
}

/** The name of a node that exists. */
export function nameAt(names: readonly Root[], node: number): Root {
  const name = names[node];
  if (name === undefined) throw new RangeError(`No node ${node}`);
  return name;
}
