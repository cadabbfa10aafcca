// Why an input is in the closure at all: the shortest chains of dependents, from the input up to what nothing depends on.

import type { Input } from '../../core/closure/input.ts';

const maxPaths = 5;

/** Chains of positions, the input first. Shortest first, at most five; empty when nothing depends on it. */
export function inversePaths(inputs: readonly Input[], position: number): number[][] {
  const dependents = new Map<number, number[]>();
  inputs.forEach((input, from) => {
    for (const to of input.dependencies) dependents.set(to, [...(dependents.get(to) ?? []), from]);
  });
  const paths: number[][] = [];
  // One visit for each input: the shortest chain through it, and no loops.
  const before = new Map<number, number>([[position, -1]]);
  const queue = [position];
  for (let at = queue.shift(); at !== undefined && paths.length < maxPaths; at = queue.shift()) {
    const above = dependents.get(at) ?? [];
    if (above.length === 0 && at !== position) paths.push(chainTo(at, before));
    for (const next of above) {
      if (before.has(next)) continue;
      before.set(next, at);
      queue.push(next);
    }
  }
  return paths;
}

function chainTo(end: number, before: ReadonlyMap<number, number>): number[] {
  const chain: number[] = [];
  for (let at: number | undefined = end; at !== undefined && at !== -1; at = before.get(at)) chain.push(at);
  return chain.reverse();
}
