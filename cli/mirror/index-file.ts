// Reading and writing one file of a mirror's index (index-format.ts).
//
// Searches read synchronously: one block of a file that is most often in memory already costs less than waiting for it.

import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { DurableFiles } from './durable-file.ts';
import {
  blockBytes,
  blockPostings,
  checkBlock,
  checksumBytes,
  damagedIndex,
  formatBlock,
  formatHeader,
  parseHeader,
  type IndexHeader,
} from './index-format.ts';
import { postingBytes, postingIndex } from './posting.ts';

/** Blocks that are written at once: 256 KiB. */
const gatheredBlocks = 64;
/** Blocks that are kept in memory for each file. */
const maxKept = 512;

/** Writes a file from sorted postings, as they come. Throws config-invalid, and what the iterable throws. */
export async function writeIndexFile(
  files: DurableFiles,
  path: string,
  about: Pick<IndexHeader, 'from' | 'to' | 'root'>,
  postings: Iterable<Buffer>,
): Promise<void> {
  await files.writeWith(path, async (file) => {
    const fence: Buffer[] = [];
    const gathered = Buffer.alloc(gatheredBlocks * blockPostings * postingBytes);
    let filled = 0;
    let count = 0;
    let at = blockBytes;
    const flush = async (): Promise<void> => {
      const blocks: Buffer[] = [];
      for (let start = 0; start < filled; start += blockPostings * postingBytes) {
        const block = gathered.subarray(start, Math.min(filled, start + blockPostings * postingBytes));
        fence.push(Buffer.from(block.subarray(0, postingBytes)));
        blocks.push(formatBlock(block));
      }
      const bytes = Buffer.concat(blocks);
      await file.write(bytes, 0, bytes.length, at);
      at += bytes.length;
      filled = 0;
    };
    for (const piece of postings) {
      count += piece.length / postingBytes;
      for (let taken = 0; taken < piece.length;) {
        const copied = piece.copy(gathered, filled, taken);
        filled += copied;
        taken += copied;
        if (filled === gathered.length) await flush();
      }
    }
    if (filled > 0) await flush();
    const end = Buffer.concat(fence);
    await file.write(end, 0, end.length, at);
    const header = formatHeader({ ...about, count, fence: hash('sha256', end, 'hex') });
    await file.write(header, 0, header.length, 0);
  });
}

export class IndexFile {
  readonly path: string;
  readonly header: IndexHeader;
  readonly #file: number;
  readonly #fence: Buffer;
  readonly #blocks = new Map<number, Buffer>();

  private constructor(path: string, header: IndexHeader, file: number, fence: Buffer) {
    this.path = path;
    this.header = header;
    this.#file = file;
    this.#fence = fence;
  }

  /** Opens a file and checks its header and its fence; throws ledger-corrupt. */
  static open(path: string): IndexFile {
    const name = basename(path);
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (cause) {
      throw new TrustError('ledger-corrupt', `A file of the mirror's index is missing: ${name}`, {
        help: damagedIndex(name).help ?? '',
        cause,
      });
    }
    try {
      const header = parseHeader(readAt(file, 0, blockBytes), name);
      const blocks = Math.ceil(header.count / blockPostings);
      const fence = readAt(file, blockBytes * (1 + blocks), blocks * postingBytes);
      if (hash('sha256', fence, 'hex') !== header.fence) throw damagedIndex(name);
      return new IndexFile(path, header, file, fence);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** The entries that postings with this prefix lead to, ascending. Throws ledger-corrupt. */
  find(prefix: Buffer): number[] {
    const found: number[] = [];
    for (let block = this.#blockBefore(prefix); block < this.#blockCount; block++) {
      const postings = this.#block(block);
      let position = lowerBound(postings, prefix);
      for (; position < postings.length / postingBytes; position++) {
        if (compareTo(postings, position, prefix) !== 0) return found;
        found.push(postingIndex(postings, position * postingBytes));
      }
    }
    return found;
  }

  /** All postings in order, block by block. Throws ledger-corrupt. */
  *all(): Generator<Buffer> {
    for (let block = 0; block < this.#blockCount; block++) yield this.#readBlock(block);
  }

  close(): void {
    closeSync(this.#file);
  }

  get #blockCount(): number {
    return this.#fence.length / postingBytes;
  }

  /** The last block that begins before any posting with this prefix. */
  #blockBefore(prefix: Buffer): number {
    return Math.max(0, lowerBound(this.#fence, prefix) - 1);
  }

  #block(block: number): Buffer {
    const kept = this.#blocks.get(block) ?? this.#readBlock(block);
    this.#blocks.delete(block);
    this.#blocks.set(block, kept);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= maxKept) break;
      this.#blocks.delete(oldest);
    }
    return kept;
  }

  #readBlock(block: number): Buffer {
    const bytes = readAt(this.#file, blockBytes * (1 + block), blockBytes);
    checkBlock(bytes, basename(this.path));
    const postings = Math.min(blockPostings, this.header.count - block * blockPostings);
    return bytes.subarray(checksumBytes, checksumBytes + postings * postingBytes);
  }
}

/** The first posting that is not before a prefix. */
function lowerBound(postings: Buffer, prefix: Buffer): number {
  let low = 0;
  let high = postings.length / postingBytes;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareTo(postings, middle, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareTo(postings: Buffer, position: number, prefix: Buffer): number {
  const at = position * postingBytes;
  return postings.compare(prefix, 0, prefix.length, at, at + prefix.length);
}

function readAt(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) {
    read = readSync(file, buffer, filled, length - filled, at + filled);
  }
  return buffer.subarray(0, filled);
}
