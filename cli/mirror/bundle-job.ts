// What a verification thread is asked about a bundle, and what it answers.

import type { ErrorCode } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import type { Certificate } from '../../core/statement/verified.ts';

/** A certificate in the form that it has from an entry on. */
export interface PlacedCertificate {
  readonly index: number;
  readonly certificate: Certificate;
}

export interface BundleJob {
  /** Index of the bundle's first entry. */
  readonly first: number;
  readonly width: number;
  /** Entries before this position were judged before: only that they are the same, by their hashes, is looked at. */
  readonly from: number;
  readonly entries: Uint8Array;
  readonly documents: Uint8Array;
  /** Of the authors of these entries, and those among these entries: ascending by index. */
  readonly certificates: readonly PlacedCertificate[];
  /** Authors of whom a certificate does not hold: their statements can't be judged. */
  readonly unknowable: readonly Identity[];
}

/** What is wrong, and in which of the bundle's two files it shows. */
export interface EntryFinding {
  readonly index: number;
  readonly part: 'bundle' | 'documents';
  readonly code: ErrorCode;
  readonly message: string;
}

export interface BundleOutcome {
  /** Leaf hashes of the entries that can be read, 32 bytes each. */
  readonly hashes: Uint8Array;
  readonly postings: Uint8Array;
  /** Milliseconds since 1970 of the first and the last entry whose leaf record can be read; undefined when there is none. */
  readonly times: { readonly first: number; readonly last: number } | undefined;
  readonly findings: readonly EntryFinding[];
  /** Statements that could not be judged because their author's certificate does not hold. */
  readonly unjudged: number;
}
