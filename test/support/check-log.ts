// What has to hold of every ledger at rest, whatever happened to it before: derived from its entries, by definition and not
// by the code that keeps it.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { compareBytes, fromUtf8, toHex } from '../../core/bytes.ts';
import { parseCheckpoint } from '../../core/log/checkpoint.ts';
import { parseLeaf } from '../../core/log/leaf.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import { formatVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { parseTilePath, type TileId } from '../../core/log/tile.ts';
import { computeRoot } from '../../core/log/tree.ts';
import type { Queryable } from '../../db/database.ts';
import { readHead } from '../../db/log-head.ts';
import { readerOf, tileFiles, treeLevels } from './memory-log.ts';

/** A ledger in which everything was right. */
export interface CheckedLog {
  readonly size: number;
  /** Entries of the newest checkpoint; undefined when there is none. */
  readonly published: number | undefined;
  /** Every checkpoint that was published. */
  readonly notes: ReadonlySet<string>;
  /** Index by statement or certificate id. */
  readonly indices: ReadonlyMap<string, number>;
  /** Leaf hashes in order. */
  readonly leaves: readonly Uint8Array[];
  /** Root of the first entries, hex. */
  rootAt(size: number): string;
}

export interface CheckOptions {
  /** Keys of the log: every checkpoint has to be signed by one. */
  readonly keys: readonly VerifierKey[];
  /** The fence, or several: the trees in them have to be beginnings of this one. */
  readonly fences: readonly string[];
}

/** Fails the test unless entries, tiles, head, checkpoints and fences are those of one and the same log. */
export async function checkLog(db: Queryable, { keys, fences }: CheckOptions): Promise<CheckedLog> {
  const { rows: entries } = await db.query<{ index: number; id: string; leaf: Uint8Array; hash: Uint8Array }>(
    `select idx as index, encode(statement_id, 'hex') as id, leaf, leaf_hash as hash from entries order by idx`,
  );
  const leaves = entries.map(({ leaf }) => leafHash(leaf));
  entries.forEach(({ index, id, leaf, hash }, position) => {
    expect(index, 'indices are without gaps').toBe(position);
    expect(parseLeaf(fromUtf8(leaf)).id, `leaf record ${index}`).toBe(id);
    expect(compareBytes(hash, leaves[position]!), `leaf hash ${index}`).toBe(0);
  });
  const indices = new Map(entries.map(({ id, index }) => [id, index]));
  expect(indices.size, 'a statement is one entry').toBe(entries.length);

  const read = readerOf(treeLevels(leaves));
  const rootAt = (size: number): string => toHex(computeRoot(size, read));
  const { rows: tiles } = await db.query<{ level: number; index: number; hashes: Uint8Array }>(
    'select level, idx as index, hashes from tiles',
  );
  const stored = new Map(tiles.map((tile) => [`${tile.level}/${tile.index}`, toHex(tile.hashes)]));
  const expected = [...tileFiles(leaves)].map(([path, bytes]) => [tileName(path), toHex(bytes)] as const);
  expect(stored, 'tiles').toEqual(new Map(expected));
  const { size, root } = await readHead(db);
  expect({ size, root: toHex(root) }, 'head').toEqual({ size: leaves.length, root: rootAt(leaves.length) });

  const { rows: checkpoints } = await db.query<{ size: number; root: Uint8Array; note: string }>(
    'select size, root, note from checkpoints order by size desc, signed_at desc',
  );
  for (const checkpoint of checkpoints) {
    const opened = await open(checkpoint.note, keys);
    expect(opened.size, 'a note and its row').toBe(checkpoint.size);
    expect(toHex(opened.root), `root of the checkpoint of ${opened.size}`).toBe(rootAt(opened.size));
    expect(toHex(checkpoint.root)).toBe(rootAt(opened.size));
  }
  const published = checkpoints[0]?.size;
  const signed = fences.flatMap(readFence);
  for (const fence of signed) {
    expect(fence.size, 'nothing was signed that is not there').toBeLessThanOrEqual(size);
    expect(toHex(fence.root), `root of the fence at ${fence.size}`).toBe(rootAt(fence.size));
  }
  if (published !== undefined && fences.length > 0) {
    const furthest = Math.max(-1, ...signed.map((fence) => fence.size));
    expect(furthest, 'the fence was raised before').toBeGreaterThanOrEqual(published);
  }
  const notes = new Set(checkpoints.map(({ note }) => note));
  return { size, published, notes, indices, leaves, rootAt };
}

/** Notes that were opened before: a model test checks the same ones hundreds of times. */
const opened = new Map<string, SignedCheckpoint>();

async function open(note: string, keys: readonly VerifierKey[]): Promise<SignedCheckpoint> {
  const name = [note, ...keys.map(formatVerifierKey)].join('\n');
  const checkpoint = opened.get(name) ?? (await openCheckpoint(note, keys));
  opened.set(name, checkpoint);
  return checkpoint;
}

function readFence(file: string): { size: number; root: Uint8Array }[] {
  try {
    return [parseCheckpoint(readFileSync(file, 'utf8'))];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function tileName(path: string): string {
  const parsed = parseTilePath(path);
  if (parsed?.kind !== 'tile') throw new Error(`not a tile: ${path}`);
  const { level, index }: TileId = parsed.tile;
  return `${level}/${index}`;
}
