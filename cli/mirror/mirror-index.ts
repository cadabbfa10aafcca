// A mirror's index: several files, each of some consecutive entries, the larger ones first.
//
// New entries come as a small file. When a file is not much larger than the one behind it, both become one: so each posting
// is written again a few times in all, and a search looks into a few files.

import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { DurableFiles } from './durable-file.ts';
import { IndexFile, writeIndexFile } from './index-file.ts';
import { damagedIndex } from './index-format.ts';
import { postingBytes, postingIndex, postingTypes, prefixBytes, type PostingList } from './posting.ts';
import { comparePostings, sortPostings } from './sort-postings.ts';

/** A file is merged with the one behind it unless it has more than this many times as many postings. */
const growth = 4;

export class MirrorIndex {
  readonly #folder: string;
  #files: IndexFile[];

  private constructor(folder: string, files: IndexFile[]) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Opens the files of an index; throws ledger-corrupt unless they are of all entries below `size`. */
  static open(folder: string, names: readonly string[], size: number): MirrorIndex {
    const files: IndexFile[] = [];
    try {
      for (const name of names) files.push(IndexFile.open(join(folder, name)));
      let at = 0;
      for (const { header, path } of files) {
        if (header.from !== at) throw damagedIndex(path);
        at = header.to;
      }
      if (at !== size) throw damagedIndex(`it is of ${at} entries, and the mirror has ${size}`);
      return new MirrorIndex(folder, files);
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  }

  /** Entries that the index is of. */
  get size(): number {
    return this.#files.at(-1)?.header.to ?? 0;
  }

  /** Names of its files, for the mirror's state. */
  get names(): string[] {
    return this.#files.map(({ header }) => nameOf(header.from, header.to));
  }

  /** The entries that a key leads to, ascending. */
  find(prefix: Buffer): number[] {
    return this.#files.flatMap((file) => file.find(prefix));
  }

  /**
   * Adds the postings of the entries from its size up to `to`. Throws evidence-invalid when one of them has an id that
   * an entry before it has.
   */
  async add(files: DurableFiles, list: PostingList, to: number, root: string): Promise<void> {
    const sorted = sortPostings(list.bytes);
    this.#checkUnique(sorted);
    const from = this.size;
    const path = join(this.#folder, nameOf(from, to));
    await writeIndexFile(files, path, { from, to, root }, [sorted]);
    this.#files.push(IndexFile.open(path));
    await this.#compact(files);
  }

  /** Removes files that were merged into others: call it when the state names the new ones. */
  async removeMerged(): Promise<void> {
    for (const path of this.#merged.splice(0)) await unlink(path).catch(() => undefined);
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  readonly #merged: string[] = [];

  async #compact(files: DurableFiles): Promise<void> {
    for (;;) {
      const [left, right] = this.#files.slice(-2);
      if (left === undefined || right === undefined) return;
      if (left.header.count > growth * right.header.count) return;
      const { from } = left.header;
      const { to, root } = right.header;
      const path = join(this.#folder, nameOf(from, to));
      await writeIndexFile(files, path, { from, to, root }, merge(left, right));
      this.#files.splice(-2, 2, IndexFile.open(path));
      left.close();
      right.close();
      this.#merged.push(left.path, right.path);
    }
  }

  #checkUnique(sorted: Buffer): void {
    for (let at = 0; at < sorted.length && sorted[at] === postingTypes.id; at += postingBytes) {
      const prefix = sorted.subarray(at, at + prefixBytes);
      const next = sorted.subarray(at + postingBytes, at + postingBytes + prefixBytes);
      const before = prefix.equals(next) ? [postingIndex(sorted, at)] : this.find(prefix);
      if (before[0] === undefined) continue;
      const index = prefix.equals(next) ? postingIndex(sorted, at + postingBytes) : postingIndex(sorted, at);
      throw new TrustError(
        'evidence-invalid',
        `Entry ${index} of the ledger does not hold: it has the same statement as entry ${before[0]}.`,
        { help: 'A ledger takes a statement once. Nothing was accepted.' },
      );
    }
  }
}

function nameOf(from: number, to: number): string {
  return `${from}-${to}.index`;
}

/** Two sorted lists as one, in pieces. */
function* merge(left: IndexFile, right: IndexFile): Generator<Buffer> {
  const sides = [left.all(), right.all()] as const;
  const take = (side: 0 | 1): Buffer | undefined => {
    const next = sides[side].next();
    return next.done === true ? undefined : next.value;
  };
  let [a, b] = [take(0), take(1)];
  let [i, j] = [0, 0];
  while (a !== undefined && b !== undefined) {
    const piece = Buffer.allocUnsafe(a.length - i * postingBytes + b.length - j * postingBytes);
    let at = 0;
    while (i * postingBytes < a.length && j * postingBytes < b.length) {
      const isLeft = comparePostings(a, i, b, j) <= 0;
      const [from, position] = isLeft ? [a, i++] : [b, j++];
      at += from.copy(piece, at, position * postingBytes, (position + 1) * postingBytes);
    }
    yield piece.subarray(0, at);
    if (i * postingBytes === a.length) [a, i] = [take(0), 0];
    else [b, j] = [take(1), 0];
  }
  for (; a !== undefined; [a, i] = [take(0), 0]) yield a.subarray(i * postingBytes);
  for (; b !== undefined; [b, j] = [take(1), 0]) yield b.subarray(j * postingBytes);
}
