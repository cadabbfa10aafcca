// The table log_head: how far the tree goes. It is moved on by compare-and-swap, in the transaction that adds entries.

import { toHex } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

export interface LogHead {
  /** Undefined until the log has started for the first time. */
  readonly origin: string | undefined;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** The head as it is now. Throws ledger-corrupt when there is none. */
export async function readHead(db: Queryable): Promise<LogHead> {
  const { rows } = await db.query<{ origin: string | null; size: number; root: Uint8Array }>(
    'select origin, size, root from log_head',
  );
  const [row] = rows;
  if (row === undefined) throw new TrustError('ledger-corrupt', 'The ledger has lost the head of its log');
  return { ...row, origin: row.origin ?? undefined };
}

/** Gives the log its origin, once; returns the origin that it has then. */
export async function setOrigin(db: Queryable, origin: string): Promise<string> {
  await db.query('update log_head set origin = $1 where origin is null', [origin]);
  return (await readHead(db)).origin ?? origin;
}

/** Moves the head on. Throws ledger-stopped when it is not where it was expected: then another is appending. */
export async function advanceHead(
  transaction: Queryable,
  from: LogHead,
  to: { readonly size: number; readonly root: Uint8Array },
): Promise<void> {
  const { rowCount } = await transaction.query(
    `update log_head
    set size = $1, root = $2
    where size = $3 and root = $4`,
    [to.size, bytea(toHex(to.root)), from.size, bytea(toHex(from.root))],
  );
  if (rowCount !== 1) {
    throw new TrustError('ledger-stopped', `The head of the log moved on from size ${from.size} meanwhile`, {
      help: 'Submit again. If this comes back, two services append without the lock: see docs/OPERATIONS.md.',
    });
  }
}
