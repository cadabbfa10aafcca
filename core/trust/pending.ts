// crev's `pending`: a set of (level, distance, node), taken highest level first, then smallest distance, then id bytes.
//
// The three are packed into one exact double, so that the heap compares numbers only. An entry is never put in twice:
// whoever adds one has just lowered a distance or raised a level, and neither goes back. So entries are numbered, taken out
// by a flag, and kept after their visit: with the entry that each came from they are the exact paths behind every level
// and distance.

import { highCode } from './edges.ts';

const waiting = 0;
const removed = 1;
const visited = 2;
/** Numbers per entry, side by side. */
const stride = 8;

/** Largest distance that the order of visits can hold beside two bits of level and 31 of rank: 2^20 - 1. */
export const maxDistance = 2 ** 20 - 1;

export class Pending {
  /** Entries: node, level, distance, parent, edge, state, next older entry of the node. */
  #fields: Int32Array;
  #count = 0;
  readonly #newest: Int32Array;
  /** A heap with four branches, which is half as deep as a binary one: priorities, and the entries they belong to. */
  #priorities: Float64Array;
  #heap: Int32Array;
  #waiting = 0;
  readonly #rank: Int32Array;

  /** `rank` is the place of each node in the order of raw ids. */
  constructor(rank: Int32Array) {
    this.#newest = new Int32Array(rank.length);
    this.#fields = new Int32Array(64 * stride);
    this.#priorities = new Float64Array(64);
    this.#heap = new Int32Array(64);
    this.#rank = rank;
    this.clear();
  }

  /** Entries ever added, waiting or not. */
  get length(): number {
    return this.#count;
  }

  node(entry: number): number {
    return this.#fields[stride * entry] ?? 0;
  }
  level(entry: number): number {
    return this.#fields[stride * entry + 1] ?? 0;
  }
  distance(entry: number): number {
    return this.#fields[stride * entry + 2] ?? 0;
  }
  /** The entry whose visit added this one; -1 for a root. */
  parent(entry: number): number {
    return this.#fields[stride * entry + 3] ?? -1;
  }
  /** The edge that the visit went over; -1 for a root. */
  edge(entry: number): number {
    return this.#fields[stride * entry + 4] ?? -1;
  }

  /** Forgets everything, for another pass. */
  clear(): void {
    this.#count = 0;
    this.#waiting = 0;
    this.#newest.fill(-1);
  }

  /** Adds an entry and returns its number. The distance is a whole number up to `maxDistance`. */
  add(node: number, level: number, distance: number, parent: number, edge: number): number {
    const entry = this.#count++;
    if (stride * this.#count > this.#fields.length) this.#grow();
    const fields = this.#fields;
    const at = stride * entry;
    fields[at] = node;
    fields[at + 1] = level;
    fields[at + 2] = distance;
    fields[at + 3] = parent;
    fields[at + 4] = edge;
    fields[at + 5] = waiting;
    fields[at + 6] = this.#newest[node] ?? -1;
    this.#newest[node] = entry;
    const rank = this.#rank[node] ?? 0;
    const priority = ((highCode - level) * (maxDistance + 1) + distance) * this.#rank.length + rank;
    this.#siftUp(this.#waiting++, priority, entry);
    return entry;
  }

  /** Takes an entry out that waits with exactly these values, if there is one. */
  remove(node: number, level: number, distance: number): void {
    for (let entry = this.#newest[node] ?? -1; entry !== -1; entry = this.#older(entry)) {
      if (this.level(entry) !== level || this.distance(entry) !== distance) continue;
      if (this.#state(entry) === waiting) this.#fields[stride * entry + 5] = removed;
      return;
    }
  }

  /** The next entry, now visited; -1 when none waits. */
  take(): number {
    while (this.#waiting > 0) {
      const entry = this.#pop();
      if (this.#state(entry) === waiting) {
        this.#fields[stride * entry + 5] = visited;
        return entry;
      }
    }
    return -1;
  }

  /** The visited entries of a node, newest first. */
  visits(node: number): number[] {
    const entries: number[] = [];
    for (let entry = this.#newest[node] ?? -1; entry !== -1; entry = this.#older(entry)) {
      if (this.#state(entry) === visited) entries.push(entry);
    }
    return entries;
  }

  #state(entry: number): number {
    return this.#fields[stride * entry + 5] ?? removed;
  }

  #older(entry: number): number {
    return this.#fields[stride * entry + 6] ?? -1;
  }

  #grow(): void {
    const length = 2 * this.#heap.length;
    const fields = new Int32Array(stride * length);
    fields.set(this.#fields);
    this.#fields = fields;
    const priorities = new Float64Array(length);
    priorities.set(this.#priorities);
    this.#priorities = priorities;
    const heap = new Int32Array(length);
    heap.set(this.#heap);
    this.#heap = heap;
  }

  #siftUp(start: number, priority: number, entry: number): void {
    const priorities = this.#priorities;
    const heap = this.#heap;
    let at = start;
    while (at > 0) {
      const above = (at - 1) >> 2;
      const other = priorities[above] ?? 0;
      if (other < priority) break;
      priorities[at] = other;
      heap[at] = heap[above] ?? 0;
      at = above;
    }
    priorities[at] = priority;
    heap[at] = entry;
  }

  #pop(): number {
    const priorities = this.#priorities;
    const heap = this.#heap;
    const top = heap[0] ?? 0;
    const length = --this.#waiting;
    const priority = priorities[length] ?? 0;
    let at = 0;
    for (let below = 1; below < length; below = 4 * at + 1) {
      const last = Math.min(below + 4, length);
      let least = priorities[below] ?? 0;
      for (let other = below + 1; other < last; other++) {
        const candidate = priorities[other] ?? 0;
        if (candidate < least) {
          least = candidate;
          below = other;
        }
      }
      if (least > priority) break;
      priorities[at] = least;
      heap[at] = heap[below] ?? 0;
      at = below;
    }
    priorities[at] = priority;
    heap[at] = heap[length] ?? 0;
    return top;
  }
}
