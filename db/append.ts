// Appending statements: into the ledger and every projection, in one transaction.
//
// A statement is known by its id, strictly: the same signed text is one entry, however often and by whomever it is
// submitted, also within one batch. When the promise resolves the batch is committed; when it rejects nothing of it is.

import type { VerifiedStatement } from '../core/statement/verified.ts';
import { subjectKeys } from '../core/statement/subject-keys.ts';
import type { Database, Queryable } from './database.ts';
import {
  findReceipts,
  insertEntries,
  lockLedger,
  placeEntries,
  takeReceipt,
  type EntryDraft,
  type Receipt,
} from './entries.ts';
import { project, projectionOf } from './project.ts';

/**
 * Appends what the ledger does not hold yet, in the order of the batch. Returns a receipt for each item, at the same
 * position; of a text that stands twice in the batch, only the first is new.
 * @param now the clock; the ledger keeps whole seconds and never goes back
 * @param check asked under the ledger's lock, when nothing can change any more; if it rejects, so does this
 */
export async function appendStatements(
  db: Database,
  batch: readonly VerifiedStatement[],
  now: Date,
  check?: (transaction: Queryable) => Promise<void>,
): Promise<Receipt[]> {
  if (batch.length === 0) return [];
  return db.transaction(async (transaction) => {
    await lockLedger(transaction);
    await check?.(transaction);
    const receipts = await findReceipts(
      transaction,
      batch.map(({ id }) => id),
    );
    const added = new Map<string, VerifiedStatement>();
    for (const statement of batch) {
      if (!receipts.has(statement.id) && !added.has(statement.id)) added.set(statement.id, statement);
    }
    const statements = [...added.values()];
    if (statements.length > 0) {
      const placed = await placeEntries(transaction, statements.map(draftOf), now);
      // The rows of the projections are made while the database is busy with the entries.
      const [fresh, projection] = await Promise.all([
        insertEntries(transaction, placed),
        Promise.resolve().then(() =>
          projectionOf(
            placed.flatMap(({ id, index, recordedAt }) => {
              const statement = added.get(id);
              return statement === undefined ? [] : [{ ...statement, index, recordedAt }];
            }),
          ),
        ),
      ]);
      await project(transaction, projection);
      for (const receipt of fresh) receipts.set(receipt.id, receipt);
    }
    return batch.map(({ id }) => takeReceipt(receipts, id));
  });
}

/** The entry of a statement. */
export function draftOf(verified: VerifiedStatement): EntryDraft {
  return {
    kind: verified.statement.kind,
    author: verified.author,
    id: verified.id,
    document: verified.document,
    documentHash: verified.documentHash,
    subjectKeys: subjectKeys(verified.statement),
  };
}
