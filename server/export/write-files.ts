// The files that growing from one size to another adds, each checked before it is written.
//
// A tile is read by its way to the root, leaf records have to hash to their tile, documents to their leaf records. What is
// there already is compared: the same bytes are left alone, others are a fork.

import { createHash } from 'node:crypto';
import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { formatBundle } from '../../core/log/entry-bundle.ts';
import { parseLeaf } from '../../core/log/leaf.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import type { VerifiedTree } from '../../core/log/tile-reader.ts';
import {
  bundlePath,
  bundlesBetween,
  documentsPath,
  tilePath,
  tilesBetween,
  tileWidth,
  type BundleId,
  type TileId,
} from '../../core/log/tile.ts';
import { readBundleLeaves } from '../../db/bundles.ts';
import type { Queryable } from '../../db/database.ts';
import { formatPage, readDocumentPages } from '../log/document-pages.ts';
import { documentsFile, immutableFile, type FileForm } from '../log/file-forms.ts';
import type { ExportTarget } from './export-target.ts';
import { fork } from './previous-export.ts';

/** Bundles and tiles that are under way at a time. */
const atOnce = 4;

export interface Writing {
  readonly db: Queryable;
  readonly target: ExportTarget;
  /** The tree at the checkpoint that is being exported. */
  readonly tree: VerifiedTree;
  /** Told after every bundle: entries done, and to do. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes every bundle, document bundle and tile that the tree has beyond `from` entries; resolves with how many files were
 * not there. Throws ledger-fork when a file is there with other bytes, ledger-corrupt when the database contradicts itself.
 */
export async function writeFiles(writing: Writing, from: number): Promise<number> {
  const to = writing.tree.checkpoint.size;
  let written = 0;
  let done = 0;
  await forEach(bundlesBetween(from, to), writing.signal, async (bundle) => {
    written += await writeBundle(writing, bundle);
    done += bundle.width;
    writing.progress?.(Math.min(done, to - from), to - from);
  });
  await forEach(tilesBetween(from, to), writing.signal, async (tile) => {
    const { bytes } = await readNodes(writing, tile);
    written += await writeOnce(writing.target, tilePath(tile), bytes);
  });
  return written;
}

/** Writes a file whose bytes may change, when they have; resolves with 1 when it was written. */
export async function writeChanged(
  target: ExportTarget,
  path: string,
  bytes: Uint8Array,
  form: FileForm,
): Promise<number> {
  const before = await target.read(path);
  if (before !== undefined && compareBytes(before, bytes) === 0) return 0;
  await target.write(path, bytes, form);
  return 1;
}

async function writeBundle(writing: Writing, bundle: BundleId): Promise<number> {
  const { db, target } = writing;
  const leaves = await readBundleLeaves(db, bundle);
  const tile = await readNodes(writing, { level: 0, ...bundle });
  for (const [position, leaf] of leaves.entries()) {
    if (compareBytes(leafHash(leaf), tile.node(0, position)) !== 0) {
      throw corrupt(`entry ${bundle.index * tileWidth + position} does not hash to its tile`);
    }
  }
  const documents = await readCheckedDocuments(db, bundle, leaves);
  return (
    (await writeOnce(target, bundlePath(bundle), formatBundle(leaves))) +
    (await writeChanged(target, documentsPath(bundle), documents, documentsFile))
  );
}

async function readCheckedDocuments(
  db: Queryable,
  bundle: BundleId,
  leaves: readonly Uint8Array[],
): Promise<Uint8Array> {
  const expected = leaves.map((leaf) => parseLeaf(fromUtf8(leaf)).documentHash);
  const pages: Uint8Array[] = [];
  let position = 0;
  for await (const lines of readDocumentPages(db, bundle)) {
    for (const { index, hash, document } of lines) {
      const actual = createHash('sha256').update(document).digest('hex');
      if (hash !== expected[position] || hash !== actual) {
        throw corrupt(`the document of entry ${index} is not the one that its leaf record names`);
      }
      position++;
    }
    pages.push(formatPage(lines));
  }
  return Buffer.concat(pages);
}

async function readNodes({ tree }: Writing, tile: TileId): ReturnType<VerifiedTree['nodes']> {
  try {
    return await tree.nodes(tile);
  } catch (cause) {
    throw corrupt(`${tilePath(tile)} does not lead to the root of the checkpoint`, cause);
  }
}

/** Writes a file that never changes, unless it is there; resolves with 1 when it was not. */
async function writeOnce(target: ExportTarget, path: string, bytes: Uint8Array): Promise<number> {
  const before = await target.read(path);
  if (before === undefined) {
    await target.write(path, bytes, immutableFile);
    return 1;
  }
  if (compareBytes(before, bytes) !== 0) throw fork(target, `its file ${path} has other bytes than ours`);
  return 0;
}

/** Does the work for every item, a few at a time; rejects with the first failure, once nothing is under way any more. */
async function forEach<Item>(
  items: Iterator<Item>,
  signal: AbortSignal | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = items.next(); next.done !== true && failure === undefined; next = items.next()) {
      try {
        signal?.throwIfAborted();
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failure !== undefined) throw failure.error;
}

function corrupt(why: string, cause?: unknown): TrustError {
  return new TrustError('ledger-corrupt', `The ledger was not exported: ${why}`, {
    help: 'Stop, keep everything, and run: npm run ledger -- fsck',
    ...(cause !== undefined && { cause }),
  });
}
