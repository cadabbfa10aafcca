// Reading an asynchronous stream of chunks by exact counts, as block formats need it.
//
// Copies only where a request spans chunks. A stream that ends too early is refused by whoever asked, not here: `take`
// says how much there was.

export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Pulls bytes out of a stream. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(stream: ByteStream) {
    this.#chunks =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
  }

  /** The next piece of at most `most` bytes, without waiting for that many; undefined at the end of the stream. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      if (this.#ended) return undefined;
      const next = await this.#chunks.next();
      if (next.done === true) this.#ended = true;
      else this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** The next `count` bytes; fewer only at the end of the stream. */
  async take(count: number): Promise<Uint8Array> {
    const first = await this.some(count);
    if (first === undefined || first.length === count) return first ?? new Uint8Array(0);
    const all = new Uint8Array(count);
    all.set(first);
    let filled = first.length;
    while (filled < count) {
      const piece = await this.some(count - filled);
      if (piece === undefined) return all.subarray(0, filled);
      all.set(piece, filled);
      filled += piece.length;
    }
    return all;
  }

  /** Lets the source go without reading it to its end. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#rest = new Uint8Array(0);
    await this.#chunks.return?.();
  }
}
