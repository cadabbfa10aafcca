// What a signing thread is asked for, and what it gives.

import type { Identity } from '../core/identity.ts';

/** A document, and the position of its author among the certificates. */
export interface Signed {
  readonly document: string;
  readonly author: number;
}

/** Sign the reviews number `from` up to `to`. */
export interface SignOrder {
  readonly keys: readonly { readonly privateKey: string; readonly identity: Identity }[];
  readonly from: number;
  readonly to: number;
}
