// Reading the entries of a mirror: by index, and through its index by what they are about.
//
// Whatever is read has the hash that its leaf record names. Signatures were checked when the mirror took it.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { fromUtf8 } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { parseCheckpoint } from '../../core/log/checkpoint.ts';
import { parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import { parseBundle } from '../../core/log/entry-bundle.ts';
import { parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { parseNote } from '../../core/log/note.ts';
import { tileWidth, tileWidthAt } from '../../core/log/tile.ts';
import { readStoredDocument, type StoredDocument } from '../../core/statement/read-stored.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { damagedIndex } from './index-format.ts';
import { MirrorIndex } from './mirror-index.ts';
import { indexFolder, readMirrorState, type MirrorState } from './mirror-state.ts';

/** Bundles, and statements, that are kept in memory. */
const maxBundles = 64;
const maxStatements = 10_000;

export interface MirrorEntry {
  readonly index: number;
  readonly leaf: LeafRecord;
  readonly document: string;
}

/** An entry that holds a statement. */
export interface MirrorStatement extends StoredDocument {
  readonly index: number;
  readonly recordedAt: Date;
  readonly document: string;
}

interface Bundle {
  readonly leaves: readonly Uint8Array[];
  readonly lines: readonly Uint8Array[];
}

export class MirrorStore {
  /** Entries of the mirror's checkpoint: nothing beyond is looked at. */
  readonly size: number;
  readonly #source: RawLedgerSource;
  readonly #index: MirrorIndex;
  readonly #bundles = new Map<number, Promise<Bundle>>();
  readonly #statements = new Map<number, Promise<MirrorStatement>>();

  private constructor(size: number, source: RawLedgerSource, index: MirrorIndex) {
    this.size = size;
    this.#source = source;
    this.#index = index;
  }

  /** Opens a mirror. Throws usage when the folder is none, ledger-corrupt when its index does not fit its checkpoint. */
  static async open(folder: string): Promise<MirrorStore> {
    const state = requireMirror(folder);
    const source = makeFolderSource(folder);
    let note: string;
    try {
      note = await source.checkpoint();
    } catch (error) {
      if (!isTrustError(error, 'not-found')) throw error;
      throw new TrustError('usage', `The mirror in ${escapeTerminal(folder)} is not complete yet.`, {
        help: `Run trust-check mirror ${escapeTerminal(folder)} again: it goes on where it stopped.`,
        cause: error,
      });
    }
    const { size } = parseCheckpoint(parseNote(note).text);
    if (state.tree.size < size)
      throw damagedIndex(`it is of ${state.tree.size} entries, and the checkpoint of ${size}`);
    return new MirrorStore(
      size,
      source,
      MirrorIndex.open(join(folder, indexFolder), state.index, state.tree.size),
    );
  }

  /** The entries that a key leads to, ascending. Throws ledger-corrupt. */
  find(prefix: Buffer): number[] {
    return this.#index.find(prefix).filter((index) => index < this.size);
  }

  /** An entry with its document. Throws ledger-corrupt. */
  async entry(index: number): Promise<MirrorEntry> {
    const leaf = await this.leaf(index);
    try {
      const { lines } = await this.#bundle(index);
      const line = parseDocumentLine(fromUtf8(lines[index % tileWidth] ?? new Uint8Array()));
      if (line.index === index && hash('sha256', line.document, 'hex') === leaf.documentHash)
        return { index, leaf, document: line.document };
    } catch (cause) {
      throw damagedEntry(index, cause);
    }
    throw damagedEntry(index);
  }

  /** The leaf record of an entry. Throws ledger-corrupt. */
  async leaf(index: number): Promise<LeafRecord> {
    try {
      const { leaves } = await this.#bundle(index);
      return parseLeaf(fromUtf8(leaves[index % tileWidth] ?? new Uint8Array()));
    } catch (cause) {
      throw damagedEntry(index, cause);
    }
  }

  /** The statement of an entry that is not a certificate's. Throws ledger-corrupt. */
  statement(index: number): Promise<MirrorStatement> {
    const known = this.#statements.get(index) ?? this.#readStatement(index);
    keep(this.#statements, index, known, maxStatements);
    return known;
  }

  async #readStatement(index: number): Promise<MirrorStatement> {
    const { leaf, document } = await this.entry(index);
    let read: StoredDocument;
    try {
      read = readStoredDocument(document);
    } catch (cause) {
      throw damagedEntry(index, cause);
    }
    if (read.id !== leaf.id || read.author !== leaf.author || read.statement.kind !== leaf.kind)
      throw damagedEntry(index);
    return { ...read, index, recordedAt: leaf.recordedAt, document };
  }

  #bundle(index: number): Promise<Bundle> {
    const number = Math.floor(index / tileWidth);
    const known = this.#bundles.get(number) ?? this.#readBundle(number);
    keep(this.#bundles, number, known, maxBundles);
    return known;
  }

  async #readBundle(index: number): Promise<Bundle> {
    const bundle = { index, width: tileWidthAt(0, index, this.size) };
    const [entries, documents] = await Promise.all([
      this.#source.bundle(bundle),
      this.#source.documentBytes(bundle),
    ]);
    return { leaves: parseBundle(entries, bundle.width), lines: splitLines(documents) };
  }
}

/** The state of a mirror; throws usage when the folder holds none. */
export function requireMirror(folder: string): MirrorState {
  const state = readMirrorState(folder);
  if (state !== undefined) return state;
  throw new TrustError('usage', `There is no mirror in ${escapeTerminal(folder)}.`, {
    help: `Make one with trust-check mirror ${escapeTerminal(folder)} --server URL.`,
  });
}

/** Puts a value at the end of a map and lets the oldest ones go; a failure is not kept. */
function keep<Value>(
  map: Map<number, Promise<Value>>,
  key: number,
  value: Promise<Value>,
  most: number,
): void {
  map.delete(key);
  map.set(key, value);
  value.catch(() => map.delete(key));
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}

function damagedEntry(index: number, cause?: unknown): TrustError {
  return new TrustError('ledger-corrupt', `Entry ${index} of the mirror is damaged.`, {
    help: 'trust-check log fsck lists everything that is damaged; then mirror into a new folder.',
    ...(cause !== undefined && { cause }),
  });
}
