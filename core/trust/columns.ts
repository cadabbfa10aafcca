// Growable columns of numbers: the storage of the trust graph.
//
// A column is a typed array that doubles when it is full, so that a million rows cost four or eight megabytes, growth
// costs O(1) a row on average, and nothing is rebuilt when the ledger grows. Rows are only ever added.

type Numbers = Int32Array | Float64Array | Uint8Array;

/** A growable typed array. `data` may be replaced when a row is added: take it anew after every push. */
export class Column<Data extends Numbers> {
  data: Data;
  length = 0;
  readonly #make: (length: number) => Data;

  constructor(make: (length: number) => Data) {
    this.#make = make;
    this.data = make(64);
  }

  /** Adds a row and returns its number, from 0. */
  push(value: number): number {
    this.reserve(this.length + 1);
    this.data[this.length] = value;
    return this.length++;
  }

  /** The value of a row; 0 for a row that does not exist. */
  get(row: number): number {
    return this.data[row] ?? 0;
  }

  /** Writes a row that exists. */
  set(row: number, value: number): void {
    this.data[row] = value;
  }

  /** Makes room for `length` rows in all, without adding any. */
  reserve(length: number): void {
    if (length <= this.data.length) return;
    const grown = this.#make(Math.max(length, 2 * this.data.length));
    grown.set(this.data);
    this.data = grown;
  }
}

export type IntColumn = Column<Int32Array>;
export type FloatColumn = Column<Float64Array>;
export type ByteColumn = Column<Uint8Array>;

/** A column of 32-bit integers; -1 stands for "nothing" where it points at rows. */
export function intColumn(): IntColumn {
  return new Column((length) => new Int32Array(length));
}

/** A column of doubles, for ledger indices and times, which may pass 32 bits. */
export function floatColumn(): FloatColumn {
  return new Column((length) => new Float64Array(length));
}

/** A column of bytes. */
export function byteColumn(): ByteColumn {
  return new Column((length) => new Uint8Array(length));
}
