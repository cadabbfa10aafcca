// Tiles of a log on disk, by its origin, so that a check fetches only what has grown.
//
// Nothing in here is believed: every tile is checked against a signed root when it is read (core/log/tile-reader.ts), and
// before anybody is accused of a wrong tile it is fetched anew. Full tiles never change. Of the tile at the right edge the
// widest form is kept, which begins with all narrower ones; it also tells what a log looked like that has lost entries.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareBytes } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { tilePath, tileWidth, type BundleId, type TileId } from '../../core/log/tile.ts';
import { readBounded } from '../read-bounded.ts';

/** A source that reads tiles from disk first. */
export interface CachedSource extends LedgerSource {
  /** How many tiles came from disk, and how many from the source. */
  readonly counts: { cached: number; fetched: number };
  /** The same source, reading no tile from disk and still keeping what comes. */
  readonly fresh: LedgerSource;
}

/**
 * Keeps the tiles of a source below `folder`. `nameOf` names the log (its place when left out), and is asked when the first
 * tile is read. Failing to read or write is no error.
 */
export function withTileCache(
  source: LedgerSource,
  folder: string,
  nameOf: () => Promise<string> = () => Promise.resolve(source.place),
): CachedSource {
  let own: Promise<string> | undefined;
  const folderOf = (): Promise<string> =>
    (own ??= nameOf().then((name) =>
      join(folder, 'tiles', createHash('sha256').update(name).digest('hex').slice(0, 16)),
    ));
  const counts = { cached: 0, fetched: 0 };
  const fetchTile = async (tile: TileId): Promise<Uint8Array> => {
    const bytes = await source.tile(tile);
    counts.fetched++;
    await keep(await folderOf(), tile, bytes);
    return bytes;
  };
  const others = {
    place: source.place,
    discovery: () => source.discovery(),
    checkpoint: () => source.checkpoint(),
    bundle: (bundle: BundleId) => source.bundle(bundle),
    documents: (bundle: BundleId) => source.documents(bundle),
  };
  return {
    ...others,
    counts,
    fresh: { ...others, tile: fetchTile },
    async tile(tile) {
      const known = await find(await folderOf(), tile);
      if (known === undefined) return fetchTile(tile);
      counts.cached++;
      return known;
    },
  };
}

/**
 * Runs what reads a ledger; when that finds something wrong after tiles came from disk, runs it once more without them, so
 * that a damaged file here accuses nobody.
 */
export async function distrustingCache<Result>(
  source: LedgerSource,
  read: (source: LedgerSource) => Promise<Result>,
  isSuspect: (result: Result) => boolean = () => false,
): Promise<Result> {
  if (!isCached(source)) return read(source);
  const before = source.counts.cached;
  try {
    const result = await read(source);
    if (!isSuspect(result) || source.counts.cached === before) return result;
  } catch (error) {
    if (!isTrustError(error, 'proof-invalid') || source.counts.cached === before) throw error;
  }
  return read(source.fresh);
}

function isCached(source: LedgerSource): source is CachedSource {
  return 'fresh' in source && 'counts' in source;
}

/** Where a full tile is, and where the widest one that is not full. */
function filesOf(own: string, { level, index }: TileId): { full: string; edge: string } {
  const full = join(own, tilePath({ level, index, width: tileWidth }));
  return { full, edge: `${full}.edge` };
}

async function find(own: string, tile: TileId): Promise<Uint8Array | undefined> {
  const { full, edge } = filesOf(own, tile);
  const wanted = tile.width * hashBytes;
  for (const path of tile.width === tileWidth ? [full] : [edge, full]) {
    const bytes = await readTile(path);
    if (bytes !== undefined && bytes.length >= wanted && bytes.length % hashBytes === 0) {
      return bytes.subarray(0, wanted);
    }
  }
  return undefined;
}

async function readTile(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readBounded(path, tileWidth * hashBytes);
  } catch {
    return undefined;
  }
}

async function keep(own: string, tile: TileId, bytes: Uint8Array): Promise<void> {
  const { full, edge } = filesOf(own, tile);
  const isFull = bytes.length === tileWidth * hashBytes;
  const path = isFull ? full : edge;
  // A narrower tile than the one that is there says nothing new, unless they differ.
  const known = isFull ? undefined : await readTile(edge);
  if (known !== undefined && startsWith(known, bytes)) return;
  const beside = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(beside, bytes, { mode: 0o600 });
    await rename(beside, path);
    if (isFull) await unlink(edge).catch(() => undefined);
  } catch {
    await unlink(beside).catch(() => undefined);
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && compareBytes(bytes.subarray(0, start.length), start) === 0;
}
