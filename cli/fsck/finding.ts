// What fsck finds: in which of the ledger's files, and which entry or entries it is about.

import type { ErrorCode } from '../../core/errors.ts';

export interface FsckFinding {
  /** Path of the file in the ledger's layout, without a leading slash. */
  readonly file: string;
  /** First and last entry that it is about; undefined when it is about the whole ledger. */
  readonly entries: { readonly first: number; readonly last: number } | undefined;
  readonly code: ErrorCode;
  /** What is wrong, as a sentence. May hold text from the ledger. */
  readonly message: string;
}

/** Most findings that are kept; further ones are counted. */
export const maxFindings = 1000;

/** Gathers findings, up to a limit. */
export class FindingList {
  readonly #kept: FsckFinding[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Findings by entry, those about the whole ledger first. */
  get kept(): readonly FsckFinding[] {
    return [...this.#kept].sort((a, b) => (a.entries?.first ?? -1) - (b.entries?.first ?? -1));
  }

  add(file: string, entries: FsckFinding['entries'], code: ErrorCode, message: string): void {
    this.#count++;
    if (this.#kept.length < maxFindings) this.#kept.push({ file, entries, code, message });
  }

  addEntry(file: string, index: number, code: ErrorCode, message: string): void {
    this.add(file, { first: index, last: index }, code, message);
  }
}
