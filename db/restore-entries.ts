// Taking back entries that the ledger once had, exactly as they were: the same leaf records with the same times.
//
// Only for recovery (server/ledger-admin/recover.ts). Each document is verified as of the time in its leaf record, and each
// leaf is derived again, by the code that rebuilds. Whether these are the entries that were signed is for the caller to
// check, by the root.

import { fromUtf8, toHex } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';
import { parseLeaf } from '../core/log/leaf.ts';
import { leafHash } from '../core/log/merkle-hash.ts';
import { hashText } from '../core/statement/canonical.ts';
import type { Queryable } from './database.ts';
import { extendLog } from './extend-log.ts';
import { checkNotFrozen } from './log-freeze.ts';
import type { LogHead } from './log-head.ts';
import { bytea } from './parameters.ts';
import { replayEntries, type VerifyStatement } from './replay.ts';

/** An entry as a mirror has it. */
export interface RestoredEntry {
  readonly index: number;
  /** The bytes of its leaf record. */
  readonly leaf: Uint8Array;
  readonly document: string;
}

/**
 * Appends entries at the end of the ledger, into every projection and into the tree; returns the new head. Call it under
 * lockLedger. Throws ledger-frozen, and ledger-corrupt for a leaf record that is none, and for a document that does not
 * verify or is not the one of its leaf.
 */
export async function restoreEntries(
  transaction: Queryable,
  entries: readonly RestoredEntry[],
  verify?: VerifyStatement,
): Promise<LogHead> {
  await checkNotFrozen(transaction);
  const rows = entries.map(({ index, leaf, document }) => ({
    ...parseLeaf(fromUtf8(leaf)),
    ...{ index, leaf, document },
  }));
  for (const { index, document, documentHash } of rows) {
    if (hashText(document) === documentHash) continue;
    throw new TrustError(
      'ledger-corrupt',
      `The document of entry ${index} is not the one of its leaf record`,
    );
  }
  await transaction.query(
    `insert into documents (hash, body)
    select hash, body
    from unnest($1::bytea[], $2::text[]) as added (hash, body)
    on conflict do nothing`,
    [rows.map((row) => bytea(row.documentHash)), rows.map((row) => row.document)],
  );
  await transaction.query(
    `insert into entries (idx, kind, author, statement_id, document_hash, recorded_at, leaf, leaf_hash)
    select idx, kind, author, statement_id, document_hash, recorded_at, leaf, leaf_hash
    from unnest(
      $1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::timestamptz[], $7::bytea[], $8::bytea[]
    ) as added (idx, kind, author, statement_id, document_hash, recorded_at, leaf, leaf_hash)`,
    [
      rows.map((row) => row.index),
      rows.map((row) => row.kind),
      rows.map((row) => row.author),
      rows.map((row) => bytea(row.id)),
      rows.map((row) => bytea(row.documentHash)),
      rows.map((row) => row.recordedAt),
      rows.map((row) => bytea(toHex(row.leaf))),
      rows.map((row) => bytea(toHex(leafHash(row.leaf)))),
    ],
  );
  await replayEntries(transaction, rows, { verify });
  return extendLog(transaction);
}
