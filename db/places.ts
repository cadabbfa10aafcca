// Where something is in the ledger: an entry's index by statement id or by leaf hash, a document by its hash.

import type { Queryable } from './database.ts';
import { bytea } from './parameters.ts';

/** Index of the entry with this statement or certificate id (hex); undefined when there is none. */
export async function findIndexById(db: Queryable, id: string): Promise<number | undefined> {
  const { rows } = await db.query<{ index: number }>(
    `select idx as index
    from entries
    where statement_id = $1::bytea`,
    [bytea(id)],
  );
  return rows[0]?.index;
}

/** Index of the entry with this leaf hash (hex); undefined when there is none. */
export async function findIndexByLeafHash(db: Queryable, leafHash: string): Promise<number | undefined> {
  const { rows } = await db.query<{ index: number }>(
    `select idx as index
    from entries
    where leaf_hash = $1::bytea`,
    [bytea(leafHash)],
  );
  return rows[0]?.index;
}

/** The document with this SHA-256 (hex), byte for byte; undefined when the ledger holds none. */
export async function findDocument(db: Queryable, hash: string): Promise<string | undefined> {
  const { rows } = await db.query<{ body: string }>(
    `select body
    from documents
    where hash = $1::bytea`,
    [bytea(hash)],
  );
  return rows[0]?.body;
}
