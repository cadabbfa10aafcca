// The table checkpoints: what was signed and published, all of it, the newest being what is served.

import { toHex } from '../core/bytes.ts';
import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

export interface PublishedCheckpoint {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** The signed note. */
  readonly note: string;
  readonly signedAt: Date;
}

/** The published checkpoint: the largest, and of one size the last that was signed. */
export async function readPublished(db: Queryable): Promise<PublishedCheckpoint | undefined> {
  const { rows } = await db.query<PublishedCheckpoint>(
    `select size, root, note, signed_at as "signedAt"
    from checkpoints
    order by size desc, signed_at desc
    limit 1`,
  );
  return rows[0];
}

/** Publishes a checkpoint. The database refuses another root for a size that was published. */
export async function insertCheckpoint(db: Queryable, checkpoint: PublishedCheckpoint): Promise<void> {
  const { size, root, note, signedAt } = checkpoint;
  await db.query(
    `insert into checkpoints (size, root, note, signed_at)
    values ($1, $2, $3, $4)
    on conflict do nothing`,
    [size, bytea(toHex(root)), note, signedAt],
  );
}
