// An open-addressing index from keys to row numbers, for keys that stand in columns already.
//
// A Map of a million string or pair keys costs over a hundred megabytes; this costs eight to sixteen bytes a row, because
// it keeps row numbers only and asks its owner for hashes and equality. Linear probing, at most half full, no deletion.

/** What the index asks about a row. */
export interface RowKeys {
  /** The 32-bit hash of the key of a row that is in the index. */
  hash(row: number): number;
}

export class RowIndex {
  readonly #keys: RowKeys;
  #slots = new Int32Array(256);
  #count = 0;

  constructor(keys: RowKeys) {
    this.#keys = keys;
  }

  /**
   * The row with this key, or -1. `hash` is the key's 32-bit hash; `equals` says whether a row has the key.
   */
  find(hash: number, equals: (row: number) => boolean): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = (slots[slot] ?? 0) - 1;
      if (row === -1 || equals(row)) return row;
    }
  }

  /** Adds a row whose key is not in the index yet. */
  add(row: number, hash: number): void {
    if (2 * (this.#count + 1) > this.#slots.length) this.#grow();
    this.#place(row, hash);
    this.#count++;
  }

  #place(row: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    for (const entry of old) if (entry !== 0) this.#place(entry - 1, this.#keys.hash(entry - 1));
  }
}

/** A 32-bit hash of a pair of row numbers, mixed so that neighbouring numbers spread (MurmurHash3's finaliser). */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
