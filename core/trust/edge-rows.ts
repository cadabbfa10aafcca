// Edges that are being copied out of the graph, row after row, in parallel typed arrays that grow by doubling.

export class EdgeRows {
  count = 0;
  #to = new Int32Array(64);
  #meta = new Int32Array(64);
  #statement = new Int32Array(64);
  #edge = new Int32Array(64);

  /** Makes room for `more` edges; nothing may be added without. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.#to.length) return;
    const length = Math.max(needed, 2 * this.#to.length);
    this.#to = enlarged(this.#to, length);
    this.#meta = enlarged(this.#meta, length);
    this.#statement = enlarged(this.#statement, length);
    this.#edge = enlarged(this.#edge, length);
  }

  /** Adds an edge: its local subject, its meta and statement as in `Edges`, and its number there. */
  add(to: number, meta: number, statement: number, edge: number): void {
    const at = this.count++;
    this.#to[at] = to;
    this.#meta[at] = meta;
    this.#statement[at] = statement;
    this.#edge[at] = edge;
  }

  /** Copies of exactly the rows that were added. */
  frozen(): { to: Int32Array; meta: Int32Array; statement: Int32Array; edge: Int32Array } {
    const { count } = this;
    return {
      to: this.#to.slice(0, count),
      meta: this.#meta.slice(0, count),
      statement: this.#statement.slice(0, count),
      edge: this.#edge.slice(0, count),
    };
  }
}

function enlarged(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(numbers);
  return larger;
}
