// Proofs out of the ledger's own tiles: inclusion, consistency, receipts.
//
// Tiles are kept with all their nodes computed. A tile of a given width never changes, so what is kept stays true while the
// log grows, and a proof from tiles that were read before asks nobody. No receipt is handed out that its own verifier has
// not accepted.

import { TrustError } from '../../core/errors.ts';
import { parseCheckpoint, type Checkpoint } from '../../core/log/checkpoint.ts';
import { emptyRoot } from '../../core/log/merkle-hash.ts';
import { verifyInclusion } from '../../core/log/merkle-proof.ts';
import { parseNote } from '../../core/log/note.ts';
import { TileNodes } from '../../core/log/tile-nodes.ts';
import { loadNodes } from '../../core/log/tile-reader.ts';
import { tileOfNode, tilePath, tileWidth, type TileId } from '../../core/log/tile.ts';
import { formatTlogProof } from '../../core/log/tlog-proof.ts';
import {
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  type Node,
  type ReadNode,
} from '../../core/log/tree.ts';
import type { Queryable } from '../../db/database.ts';
import { readTile } from '../../db/tiles.ts';
import { Recent } from './recent.ts';

/** Tiles that are kept, and up to twice as many, 16 KiB each: those of 250,000 entries at least. */
const maxTiles = 1024;

/** Makes proofs. Sizes are at most the size of the head. */
export interface Prover {
  /** The nodes of a tile that is exactly so wide; throws ledger-corrupt when the database lacks it. */
  nodes(tile: TileId): Promise<TileNodes>;
  /** PATH(index, D[size]), the leaf's sibling first. Throws proof-invalid when there is no such entry. */
  inclusion(index: number, size: number): Promise<Uint8Array[]>;
  /** PROOF(from, D[to]). Throws proof-invalid when these are no two sizes of one log. */
  consistency(from: number, to: number): Promise<Uint8Array[]>;
  /**
   * The tlog-proof of an entry under a signed checkpoint, verified against the checkpoint's root. Throws proof-invalid for
   * an entry that is not in it, and ledger-corrupt when the tiles do not lead to that root.
   */
  receipt(index: number, checkpoint: { readonly size: number; readonly note: string }): Promise<string>;
}

/** A prover over the tables of the ledger. */
export function createProver(db: Queryable): Prover {
  const tiles = new Recent<TileNodes>(maxTiles);
  let opened: { readonly note: string; readonly checkpoint: Checkpoint } | undefined;

  const nodes = (tile: TileId): Promise<TileNodes> =>
    tiles.find(keyOf(tile), async () => {
      const bytes = await readTile(db, tile.level, tile.index, tile.width);
      if (bytes !== undefined) return new TileNodes(bytes);
      throw new TrustError('ledger-corrupt', `The ledger lacks its tile ${tilePath(tile)}`, {
        help: 'Stop, keep everything, and run: npm run ledger -- fsck',
      });
    });
  /** Runs a computation over kept tiles; when one of them is not kept, loads all that it reads and runs it again. */
  const prove = async (
    size: number,
    compute: (read: ReadNode) => Uint8Array[],
    nodesRead: () => readonly Node[],
  ): Promise<Uint8Array[]> => {
    let missing = 0;
    const proof = compute((node) => {
      const tile = tiles.get(keyOf(tileOfNode(node, size)));
      if (tile !== undefined) return tile.treeNode(node);
      missing++;
      return emptyRoot;
    });
    return missing === 0 ? proof : compute(await loadNodes(nodesRead(), size, { nodes }));
  };
  const inclusion = (index: number, size: number): Promise<Uint8Array[]> =>
    prove(
      size,
      (read) => proveInclusion(index, size, read),
      () => inclusionNodes(index, size),
    );
  const open = (note: string): Checkpoint => {
    if (opened?.note !== note) opened = { note, checkpoint: parseCheckpoint(parseNote(note).text) };
    return opened.checkpoint;
  };

  return {
    nodes,
    inclusion,
    consistency: (from, to) =>
      prove(
        to,
        (read) => proveConsistency(from, to, read),
        () => consistencyNodes(from, to),
      ),
    receipt: async (index, { note }) => {
      const { size, root } = open(note);
      const hashes = await inclusion(index, size);
      const own = await nodes(tileOfNode({ level: 0, index }, size));
      try {
        const leafHash = own.node(0, index % tileWidth);
        verifyInclusion({ index, size, leafHash, proof: hashes, root });
      } catch (cause) {
        throw new TrustError(
          'ledger-corrupt',
          `The tiles do not prove entry ${index} under the checkpoint of ${size} entries`,
          { help: 'Stop, keep everything, and run: npm run ledger -- fsck', cause },
        );
      }
      return formatTlogProof({ index, hashes, checkpoint: note });
    },
  };
}

function keyOf({ level, index, width }: TileId): string {
  return `${level}/${index}/${width}`;
}
