// Taking judged bundles into a mirror: files, tree and index, committed together from time to time.
//
// Files go to disk while the next bundles are judged. A commit waits for them, writes the index of what is new, and then
// the state; a run that ends before loses only what came after its last commit.

import { toBase64 } from '../../core/bytes.ts';
import { join } from 'node:path';
import {
  hashAt,
  bundlePath,
  documentsPath,
  tilePath,
  tileWidth,
  type BundleId,
} from '../../core/log/tile.ts';
import type { TileBytes } from '../../core/log/grow.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { DurableFiles } from './durable-file.ts';
import { GrowingTree } from './growing-tree.ts';
import type { JudgedBundle } from './judge-bundles.ts';
import type { MirrorIndex } from './mirror-index.ts';
import { formatState, type MirrorState } from './mirror-state.ts';
import { PostingList } from './posting.ts';

/** Files that are written at once. */
const maxPending = 24;

export class MirrorWriter {
  readonly #folder: string;
  readonly #index: MirrorIndex;
  readonly #files = new DurableFiles();
  readonly #tree: GrowingTree;
  readonly #postings = new PostingList();
  /** False when the ledger's files are there already and only the index is made. */
  readonly #writesFiles: boolean;
  #state: MirrorState;
  #lastTime: number | undefined;
  #pending: Promise<void>[] = [];

  constructor(folder: string, state: MirrorState, index: MirrorIndex, writesFiles = true) {
    this.#folder = folder;
    this.#state = state;
    this.#index = index;
    this.#writesFiles = writesFiles;
    this.#tree = new GrowingTree(state.tree);
    this.#lastTime = state.lastTime;
  }

  /** Entries taken so far, committed or not. */
  get size(): number {
    return this.#tree.head.size;
  }

  get state(): MirrorState {
    return this.#state;
  }

  /** Milliseconds since 1970 of the last entry. */
  get lastTime(): number | undefined {
    return this.#lastTime;
  }

  get root(): Uint8Array {
    return this.#tree.head.root;
  }

  /** Entries that are not committed yet. */
  get uncommitted(): number {
    return this.size - this.#state.tree.size;
  }

  /** Takes a bundle in which everything holds. */
  async take({ bundle, first, entries, documents, outcome }: JudgedBundle): Promise<void> {
    const hashes: Uint8Array[] = [];
    for (let position = this.size - first; position < bundle.width; position++) {
      hashes.push(hashAt(outcome.hashes, position));
    }
    const full = this.#tree.grow(hashes);
    this.#postings.append(outcome.postings);
    this.#lastTime = outcome.times?.last ?? this.#lastTime;
    this.#write(bundlePath(bundle), entries);
    this.#write(documentsPath(bundle), documents);
    for (const tile of full) this.#writeTile(tile);
    while (this.#pending.length > maxPending) await this.#pending.shift();
  }

  /** Waits until everything taken so far is on disk. */
  async settle(): Promise<void> {
    while (this.#pending.length > 0) await this.#pending.shift();
  }

  /** Writes the partial tiles at the edge, which the state keeps meanwhile: for the last commit of a run. */
  writeEdge(): void {
    for (const tile of this.#tree.edge) this.#writeTile(tile);
  }

  /** Makes what was taken part of the mirror. Throws evidence-invalid for a statement that is there already. */
  async commit(note: string, checkedAt: Date): Promise<void> {
    const tree = this.#tree.save();
    await this.settle();
    await this.flushIndex(1);
    await this.#files.syncFolders();
    this.#state = {
      ...this.#state,
      tree: { ...tree, edge: [...tree.edge] },
      ...{ note, index: this.#index.names, checkedAt: checkedAt.toISOString() },
      ...(this.#lastTime !== undefined && { lastTime: this.#lastTime }),
    };
    const { path, text } = formatState(this.#folder, this.#state);
    await this.#files.write(path, text);
    await this.#files.syncFolders();
    await this.#index.removeMerged();
  }

  /** Writes the index of what was taken when that is at least so many entries. Throws like `commit`. */
  async flushIndex(least: number): Promise<void> {
    if (this.size - this.#index.size < least) return;
    await this.#index.add(this.#files, this.#postings, this.size, toBase64(this.root));
    this.#postings.clear();
  }

  /** Writes one of the ledger's other files, and makes it safe. */
  async publish(path: string, text: string): Promise<void> {
    await this.#files.write(join(this.#folder, path), text);
    await this.#files.syncFolders();
  }

  #writeTile({ level, index, hashes }: TileBytes): void {
    this.#write(tilePath({ level, index, width: hashes.length / hashBytes }), hashes);
  }

  #write(path: string, bytes: Uint8Array): void {
    if (!this.#writesFiles) return;
    const writing = this.#files.write(join(this.#folder, path), bytes);
    writing.catch(() => undefined);
    this.#pending.push(writing);
  }
}

/** Paths of the partial files of a tree of one size that one of another size does not have. */
export function outgrownFiles(oldSize: number, newSize: number): string[] {
  const paths: string[] = [];
  for (let level = 0; tileWidth ** level <= oldSize; level++) {
    const hashes = Math.floor(oldSize / tileWidth ** level);
    const id = { level, index: Math.floor(hashes / tileWidth), width: hashes % tileWidth };
    if (id.width === 0 || Math.floor(newSize / tileWidth ** level) === hashes) continue;
    paths.push(tilePath(id));
    const bundle: BundleId = id;
    if (level === 0) paths.push(bundlePath(bundle), documentsPath(bundle));
  }
  return paths;
}
