// Bringing the Merkle tree up to the entries, in the transaction that adds them.
//
// What is put into the tree are leaf hashes as read back from the table, from wherever the head stands: so this is also how
// a ledger from before the log gets its tree, and what makes up for anything that was left behind.

import { TrustError } from '../core/errors.ts';
import { edgeTiles, growTree } from '../core/log/grow.ts';
import type { Queryable } from './database.ts';
import { advanceHead, readHead, type LogHead } from './log-head.ts';
import { readTiles, writeTiles } from './tiles.ts';

/** Entries that are put into the tree at a time. */
const pageSize = 8192;

/**
 * Grows tiles and head to the last entry; call it under lockLedger, after inserting. Throws ledger-corrupt when the tree
 * contradicts itself or has entries missing, and ledger-stopped when somebody else moved the head on.
 * @param first index of the first entry that was just inserted: a head beyond it has lost entries
 */
export async function extendLog(transaction: Queryable, first?: number): Promise<LogHead> {
  let head = await readHead(transaction);
  if (first !== undefined && head.size > first) {
    throw new TrustError('ledger-corrupt', `The log has ${head.size} entries, and the ledger only ${first}`, {
      help: 'Entries were removed. Stop, keep everything, and run: npm run ledger -- fsck',
    });
  }
  for (;;) {
    const hashes = await readLeafHashes(transaction, head.size);
    if (hashes.length === 0) return head;
    const edge = await readTiles(transaction, edgeTiles(head.size));
    const growth = grow(head, edge, hashes);
    await writeTiles(transaction, growth.tiles);
    await advanceHead(transaction, head, growth.head);
    head = { ...head, ...growth.head };
    if (hashes.length < pageSize) return head;
  }
}

function grow(...[head, edge, hashes]: Parameters<typeof growTree>): ReturnType<typeof growTree> {
  try {
    return growTree(head, edge, hashes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('ledger-corrupt', `The log cannot go on from size ${head.size}: ${reason}`, {
      help: 'Stop, keep everything, and run: npm run ledger -- fsck',
      cause,
    });
  }
}

async function readLeafHashes(transaction: Queryable, from: number): Promise<Uint8Array[]> {
  const { rows } = await transaction.query<{ index: number; hash: Uint8Array }>(
    `select idx as index, leaf_hash as hash
    from entries
    where idx >= $1
    order by idx
    limit ${pageSize}`,
    [from],
  );
  return rows.map(({ index, hash }, offset) => {
    if (index !== from + offset) {
      throw new TrustError('ledger-corrupt', `The ledger has no entry ${from + offset}`);
    }
    return hash;
  });
}
