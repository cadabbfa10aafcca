// Makes every projection anew from entries and documents, by the code that made it the first time.
//
// Each document is verified again as of the time when the ledger took it, and each leaf record is derived again and
// compared: a difference stops the rebuild with ledger-corrupt and leaves everything as it was. It is one transaction, and
// whoever asks the tables meanwhile waits for it.

import type { Database, Queryable } from './database.ts';
import { lockLedger } from './entries.ts';
import { replayEntries, type ReplayedEntry, type VerifyStatement } from './replay.ts';

/** Every table that follows from the ledger. */
export const projectionTables = [
  'identities',
  'certificates',
  'statements',
  'subjects',
  'subject_digests',
  'trust_edges',
  'reviewer_sets',
  'reviewer_set_members',
  'reviewer_set_includes',
  'retractions',
] as const;

export interface RebuildOptions {
  /** How a statement's document is verified; core's verifyDocument when left out. */
  readonly verify?: VerifyStatement;
  /** Told how many entries are done. */
  readonly progress?: (done: number) => void;
}

const pageSize = 256;

/** Rebuilds and returns the number of entries. Throws ledger-corrupt when the ledger contradicts itself. */
export async function rebuildProjections(db: Database, options: RebuildOptions = {}): Promise<number> {
  return db.transaction(async (transaction) => {
    await lockLedger(transaction);
    await transaction.query(`truncate ${projectionTables.join(', ')}`);
    let done = 0;
    for (;;) {
      const rows = await readPage(transaction, done);
      if (rows.length === 0) return done;
      await replayEntries(transaction, rows, { verify: options.verify });
      done += rows.length;
      options.progress?.(done);
    }
  });
}

async function readPage(transaction: Queryable, from: number): Promise<ReplayedEntry[]> {
  const { rows } = await transaction.query<ReplayedEntry>(
    `select
      idx as index,
      kind,
      recorded_at as "recordedAt",
      leaf,
      documents.body as document
    from entries
    join documents on documents.hash = entries.document_hash
    where idx >= $1 and idx < $1 + ${pageSize}
    order by idx`,
    [from],
  );
  return rows;
}
