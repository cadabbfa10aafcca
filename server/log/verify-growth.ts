// What is checked before every signature: that the head is what the stored entries hash to, on top of what was signed before.
//
// Leaves are read back from the table and hashed again; the older root is computed from its edge tiles; the newer root from
// both; every tile that growing touches is compared with the stored one; and the older tree is proven a prefix of the newer
// by the verifier that clients use. A log that signs a root which its entries do not hash to is lost for good.

import { compareBytes, toHex } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { edgeTiles, growTree, rootOfEdge, type TileBytes, type TreeHead } from '../../core/log/grow.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { verifyConsistency } from '../../core/log/merkle-proof.ts';
import { tileOfNode, tilesBetween, tileWidth } from '../../core/log/tile.ts';
import { consistencyNodes, proveConsistency } from '../../core/log/tree.ts';
import type { Queryable } from '../../db/database.ts';
import { readLeafBytes } from '../../db/entries.ts';
import { nativeLeafHash } from '../../db/native-hash.ts';
import { createStoredTiles, type StoredTiles } from './stored-tiles.ts';

/** Entries that are hashed at a time. A leaf may have 64 KiB. */
const pageSize = 1024;
const help = 'Stop, keep everything, and run: npm run ledger -- fsck';

/** Throws ledger-corrupt unless the tree `to` is what the entries make of the tree `from`. */
export async function verifyGrowth(db: Queryable, from: TreeHead, to: TreeHead): Promise<void> {
  try {
    let at = from;
    while (at.size < to.size) {
      const end = Math.min(at.size + pageSize, to.size);
      const stored = createStoredTiles(db);
      // All at once: what is the edge before, what grows, and on the last page what the proof reads.
      await stored.load([
        ...edgeTiles(at.size),
        ...tilesBetween(at.size, end),
        ...consistencyNodes(from.size, to.size).map((node) => tileOfNode(node, to.size)),
      ]);
      const leaves = await readLeafBytes(db, at.size, end - at.size);
      if (leaves.length < end - at.size) throw corrupt(`entry ${at.size + leaves.length} is missing`);
      const growth = growTree(at, stored.pick(edgeTiles(at.size)), leaves.map(nativeLeafHash));
      for (const tile of growth.tiles) compareTile(tile, stored);
      at = growth.head;
      if (at.size === to.size) verifyPrefix(stored, from, to);
    }
    if (compareBytes(at.root, to.root) !== 0) {
      throw corrupt(`the entries hash to the root ${toHex(at.root)}, and the head says ${toHex(to.root)}`);
    }
  } catch (cause) {
    if (!isTrustError(cause) || (cause.code !== 'proof-invalid' && cause.code !== 'ledger-corrupt')) {
      throw cause;
    }
    throw new TrustError(
      'ledger-corrupt',
      `The log refuses to sign ${to.size} entries on top of ${from.size}: ${cause.message}`,
      { help, cause },
    );
  }
}

/**
 * The bounded check of a head that was signed before: throws ledger-corrupt unless its edge tiles lead to its root and the
 * leaves of its last tile hash to that.
 */
export async function verifyEdge(db: Queryable, { size, root }: TreeHead): Promise<void> {
  if (compareBytes(await storedRoot(db, size), root) !== 0) {
    throw corrupt(`The head of the log at size ${size} is not what its tiles lead to`);
  }
  if (size === 0) return;
  const index = Math.floor((size - 1) / tileWidth);
  const stored = createStoredTiles(db);
  await stored.load([{ level: 0, index }]);
  const leaves = await readLeafBytes(db, index * tileWidth, size - index * tileWidth);
  if (leaves.length < size - index * tileWidth) throw corrupt(`The ledger lacks entries below ${size}`);
  const hashes = new Uint8Array(leaves.length * hashBytes);
  for (const [position, leaf] of leaves.entries()) hashes.set(nativeLeafHash(leaf), position * hashBytes);
  compareTile({ level: 0, index, hashes }, stored);
}

/** The root that the stored tiles give for a size; throws ledger-corrupt when some are missing. */
export async function storedRoot(db: Queryable, size: number): Promise<Uint8Array> {
  const stored = createStoredTiles(db);
  await stored.load(edgeTiles(size));
  try {
    return rootOfEdge(size, stored.pick(edgeTiles(size)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('ledger-corrupt', reason, { help, cause });
  }
}

/** Throws proof-invalid unless the stored tiles prove that the older tree is the beginning of the newer. */
function verifyPrefix(stored: StoredTiles, from: TreeHead, to: TreeHead): void {
  verifyConsistency({
    proof: proveConsistency(from.size, to.size, stored.reader(to.size)),
    ...{ oldSize: from.size, oldRoot: from.root, newSize: to.size, newRoot: to.root },
  });
}

/** Growing by a page may leave a tile narrower than it is stored by now: only its beginning is compared. */
function compareTile({ level, index, hashes }: TileBytes, stored: StoredTiles): void {
  const [found] = stored.pick([{ level, index }]);
  if (found === undefined || compareBytes(found.hashes.subarray(0, hashes.length), hashes) !== 0) {
    throw corrupt(`tile ${level}/${index} is not what its entries hash to`);
  }
}

function corrupt(message: string): TrustError {
  return new TrustError('ledger-corrupt', message, { help });
}
