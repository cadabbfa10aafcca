// The table log_freeze: there is a row in it when the log takes no more entries, and there is no way back.

import { TrustError } from '../core/errors.ts';
import { parseFreezeNotice, type FreezeNotice } from '../core/log/freeze-notice.ts';
import { parseNote } from '../core/log/note.ts';
import type { Queryable } from './database.ts';

export interface StoredFreeze {
  /** The signed notice (core/log/freeze-notice.ts). */
  readonly note: string;
  readonly frozenAt: Date;
}

/** The notice; undefined while the log is open. */
export async function readFreeze(db: Queryable): Promise<StoredFreeze | undefined> {
  const { rows } = await db.query<StoredFreeze>('select note, frozen_at as "frozenAt" from log_freeze');
  return rows[0];
}

/** Throws ledger-frozen, with the successor, when the log takes no more entries. Call it under lockLedger. */
export async function checkNotFrozen(transaction: Queryable): Promise<void> {
  const freeze = await readFreeze(transaction);
  if (freeze !== undefined) throw frozen(freeze);
}

/** Freezes the log; call it under lockLedger, with the notice of the head at that moment. Throws ledger-frozen when it is frozen. */
export async function insertFreeze(transaction: Queryable, { note, frozenAt }: StoredFreeze): Promise<void> {
  await checkNotFrozen(transaction);
  await transaction.query('insert into log_freeze (note, frozen_at) values ($1, $2)', [note, frozenAt]);
}

function frozen({ note }: StoredFreeze): TrustError {
  let notice: FreezeNotice;
  try {
    notice = parseFreezeNotice(parseNote(note).text);
  } catch (cause) {
    // A damaged notice closes the log no less; fsck says that it is damaged.
    return new TrustError('ledger-frozen', 'The log is closed and takes no more entries', { cause });
  }
  const { key, url } = notice.successor;
  return new TrustError(
    'ledger-frozen',
    `The log ${notice.origin} is closed at ${notice.size} entries and takes no more`,
    { help: `It goes on as ${key.name}${url === undefined ? '' : `, at ${url}`}: submit there.` },
  );
}
