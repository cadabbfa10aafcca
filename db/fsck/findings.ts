// What fsck finds: which table, which entry it concerns, and what is wrong. Counted without end, kept up to a bound.

export interface Finding {
  /** The table that holds what is wrong. */
  readonly table: string;
  /** Index of the entry that it concerns, the first where it is several; undefined when it concerns none. */
  readonly index: number | undefined;
  readonly message: string;
}

export class Findings {
  readonly #limit: number;
  readonly #kept: Finding[] = [];
  #total = 0;

  /** Keeps at most this many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The first ones, in the order in which they were found. */
  get kept(): readonly Finding[] {
    return this.#kept;
  }

  /** How many there are. */
  get total(): number {
    return this.#total;
  }

  add(table: string, index: number | undefined, message: string): void {
    this.#total++;
    if (this.#kept.length < this.#limit) this.#kept.push({ table, index, message });
  }
}
