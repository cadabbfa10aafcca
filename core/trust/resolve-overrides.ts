// What the override lists of statements mean within one part of the graph: which edges in it they silence.
//
// A list names authors, and silences what they say about the subject that the list's own edge points at. Authors and
// edges out of reach do not matter, so what is left is at most the edges themselves.

import { TrustError } from '../errors.ts';
import { overrideFlag } from './edges.ts';
import type { TrustStore } from './store.ts';

/** Most (override, subject) combinations in one part of the graph; one statement can hold a quarter of a million. */
const maxOverrideLookups = 20_000_000;

/** Which local edges the override lists of local edges mean: (listed author, same subject). */
export function resolveOverrides(
  store: TrustStore,
  meta: Int32Array,
  statement: Int32Array,
  edge: Int32Array,
): Map<number, readonly number[]> {
  const { statements, edges } = store;
  const overrides = new Map<number, readonly number[]>();
  let localEdge: Int32Array | undefined;
  let looked = 0;
  for (let at = 0; at < meta.length; at++) {
    if (((meta[at] ?? 0) & overrideFlag) === 0) continue;
    if (localEdge === undefined) {
      localEdge = new Int32Array(edges.length);
      for (let i = 0; i < meta.length; i++) {
        const global = edge[i] ?? -1;
        if (global !== -1) localEdge[global] = i + 1;
      }
    }
    const subject = edges.to(edge[at] ?? 0);
    const ignored: number[] = [];
    const listed = statements.overrides.get(statement[at] ?? -1) ?? [];
    looked += listed.length;
    if (looked > maxOverrideLookups) throw overrideLimit();
    for (const author of listed) {
      const pair = edges.findPair(author, subject);
      const known = pair === -1 ? 0 : (localEdge[pair] ?? 0);
      if (known !== 0) ignored.push(known - 1);
    }
    if (ignored.length > 0) overrides.set(at, ignored);
  }
  return overrides;
}

function overrideLimit(): TrustError {
  return new TrustError(
    'trust-limit-exceeded',
    `More than ${maxOverrideLookups} overrides within reach of these roots`,
    { help: 'Name other roots, or lower the maximum distance.' },
  );
}
