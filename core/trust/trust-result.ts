// What a computation of the trust set leaves behind, over the local nodes of a reach.

import type { Pending } from './pending.ts';
import type { Trail } from './trail.ts';

/** Level of a node that is not in the set. */
export const untrusted = 255;

/** Why somebody is banned: the edge that says so, its author, and how the author was reached in that pass. */
export interface Ban {
  readonly by: number;
  readonly edge: number;
  readonly trail: Trail;
}

/** A trust set over the local nodes of a reach. */
export interface TrustSet {
  /** Effective level code of a node, or `untrusted`. */
  readonly level: Uint8Array;
  readonly distance: Int32Array;
  /** The entries that gave a node its level, and its distance; they may differ. */
  readonly levelEntry: Int32Array;
  readonly distanceEntry: Int32Array;
  /** All entries of the last pass. */
  readonly pending: Pending;
  readonly bans: ReadonlyMap<number, Ban>;
  /** 1 for nodes that were visited in any pass: their statements shaped the result. */
  readonly visited: Uint8Array;
  /** Edges that overrides silenced: the level below which their author is not heard, and the edge that says so. */
  readonly ignored: ReadonlyMap<number, { readonly below: number; readonly by: number }>;
  readonly passes: number;
}
