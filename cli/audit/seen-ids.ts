// The ids of all entries that the monitor has read, so that a statement that is logged twice is noticed.
//
// On disk: 16 bytes of each id in one file, entry N at record N minus the first index. Written at its place and before the
// state, so a file that is ahead of the state after a crash is simply written over. Half an id decides nothing by itself:
// whoever finds one again reads the earlier entry and compares the whole.

import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

/** Bytes of an id that are kept. */
const keptBytes = 16;
/** Stands for an entry without a readable id. */
const noId = '\0'.repeat(keptBytes);

export class SeenIds {
  readonly #path: string;
  readonly #firstIndex: number;
  /** Index of the first entry by the kept bytes of its id, as a latin1 text. */
  readonly #indices = new Map<string, number>();
  #unsaved: string[] = [];
  #next: number;

  private constructor(path: string, firstIndex: number) {
    this.#path = path;
    this.#firstIndex = firstIndex;
    this.#next = firstIndex;
  }

  /**
   * The ids of the entries from `firstIndex` up to, not including, `nextIndex`. Throws config-invalid when the file holds
   * fewer than that.
   */
  static async open(path: string, firstIndex: number, nextIndex: number): Promise<SeenIds> {
    const seen = new SeenIds(path, firstIndex);
    const end = (nextIndex - firstIndex) * keptBytes;
    const bytes = end === 0 ? Buffer.alloc(0) : await readIfThere(path);
    if (bytes.length < end) {
      throw new TrustError('config-invalid', `${escapeTerminal(path)} holds fewer ids than the state says.`, {
        help: 'The state of this monitor is damaged: move its folder away and start again; --from-index says from which entry on.',
      });
    }
    for (let at = 0; at < end; at += keptBytes) seen.#remember(bytes.toString('latin1', at, at + keptBytes));
    return seen;
  }

  /** Index of the first entry, of those that were read, that may have this id (64 hex digits). */
  find(id: string): number | undefined {
    return this.#indices.get(textOf(id));
  }

  /** Takes the id of the next entry; undefined for an entry that can't be read. */
  add(id: string | undefined): void {
    const text = id === undefined ? noId : textOf(id);
    this.#unsaved.push(text);
    this.#remember(text);
  }

  /** Writes what was added; it is on disk when this returns. */
  async save(): Promise<void> {
    if (this.#unsaved.length === 0) return;
    const bytes = Buffer.from(this.#unsaved.join(''), 'latin1');
    const start = (this.#next - this.#unsaved.length - this.#firstIndex) * keptBytes;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await using file = await openForWriting(this.#path);
    await file.write(bytes, 0, bytes.length, start);
    await file.datasync();
    this.#unsaved = [];
  }

  #remember(text: string): void {
    if (text !== noId && !this.#indices.has(text)) this.#indices.set(text, this.#next);
    this.#next++;
  }
}

function textOf(id: string): string {
  return Buffer.from(id, 'hex').toString('latin1', 0, keptBytes);
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

/** Opens for writing at a place, without cutting what is there: 'a' would ignore the place, 'r+' wants the file. */
async function openForWriting(path: string) {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (!isMissing(error)) throw error;
    return open(path, 'w', 0o600);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
