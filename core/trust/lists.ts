// Many growing lists of integers in one typed array: the edges out of each node.
//
// A list that is full moves to the end with twice the room, so adding costs O(1) on average and reading walks memory in
// order. Moved-from room is lost; with doubling that is at most as much as what is in use.

import { intColumn } from './columns.ts';

export class Lists {
  #pool = new Int32Array(1024);
  #used = 0;
  readonly #start = intColumn();
  readonly #length = intColumn();
  readonly #room = intColumn();

  /** All lists; that of row r stands from `start(r)` to before `end(r)`. Replaced when a list grows. */
  get pool(): Int32Array {
    return this.#pool;
  }

  /** Adds an empty list and returns its row. */
  addList(): number {
    this.#length.push(0);
    this.#room.push(0);
    return this.#start.push(0);
  }

  start(row: number): number {
    return this.#start.get(row);
  }

  end(row: number): number {
    return this.#start.get(row) + this.#length.get(row);
  }

  /** Adds a value to a list. */
  append(row: number, value: number): void {
    const length = this.#length.get(row);
    if (length === this.#room.get(row)) this.#move(row, length, Math.max(2, 2 * length));
    this.#pool[this.#start.get(row) + length] = value;
    this.#length.set(row, length + 1);
  }

  /** Replaces a list by `count` numbers from `first` on. */
  setRange(row: number, first: number, count: number): void {
    if (count > this.#room.get(row)) this.#move(row, 0, count);
    const start = this.#start.get(row);
    for (let i = 0; i < count; i++) this.#pool[start + i] = first + i;
    this.#length.set(row, count);
  }

  #move(row: number, keep: number, room: number): void {
    if (this.#used + room > this.#pool.length) {
      const grown = new Int32Array(Math.max(this.#used + room, 2 * this.#pool.length));
      grown.set(this.#pool);
      this.#pool = grown;
    }
    const start = this.#start.get(row);
    this.#pool.copyWithin(this.#used, start, start + keep);
    this.#start.set(row, this.#used);
    this.#room.set(row, room);
    this.#used += room;
  }
}
