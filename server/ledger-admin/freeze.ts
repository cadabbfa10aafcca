// freeze: the log takes no more entries, for ever, and names its successor in a notice that its keys sign.
//
// What is signed is checked as before a checkpoint: the entries hash to the head, and the fence is its beginning. One thing is
// allowed that signing a checkpoint is not: a log that has lost entries for good may end where its database ends, when the
// operator says so; that is one of the ways out of a rollback.

import { TrustError } from '../../core/errors.ts';
import { signFreezeNotice, type FreezeNotice } from '../../core/log/freeze-notice.ts';
import { emptyRoot } from '../../core/log/merkle-hash.ts';
import type { Database } from '../../db/database.ts';
import { lockLedger } from '../../db/entries.ts';
import { checkNotFrozen, insertFreeze } from '../../db/log-freeze.ts';
import { readHead } from '../../db/log-head.ts';
import { checkFence } from '../log/check-fence.ts';
import type { Fence } from '../log/fence.ts';
import type { LogKeys } from '../log/log-keys.ts';
import { verifyGrowth } from '../log/verify-growth.ts';

export interface FreezeOptions {
  readonly successor: FreezeNotice['successor'];
  readonly keys: LogKeys;
  readonly fence: Fence;
  /** Whether the log may end before what was signed. */
  readonly incomplete: boolean;
  readonly now: Date;
}

/**
 * Freezes the log; returns the signed notice. Throws ledger-frozen, ledger-corrupt, note-invalid, and ledger-rolled-back
 * when entries that were signed are missing.
 */
export async function freeze(db: Database, options: FreezeOptions): Promise<string> {
  const { fence, keys, successor } = options;
  return db.transaction(async (transaction) => {
    await transaction.query('set local statement_timeout = 0');
    await lockLedger(transaction);
    await checkNotFrozen(transaction);
    const { origin, size, root } = await readHead(transaction);
    if (origin === undefined) {
      throw new TrustError('config-invalid', 'This log has never started, so there is nothing to freeze');
    }
    await verifyGrowth(transaction, { size: 0, root: emptyRoot }, { size, root });
    const signed = fence.read();
    const isShort = signed?.origin === origin && signed.size > size;
    if (signed !== undefined && !(isShort && options.incomplete)) {
      await checkFence(transaction, fence.file, signed, { origin, size, root });
    }
    const note = await signFreezeNotice({ origin, size, root, successor }, keys.signers);
    if (!isShort) await fence.raise({ origin, size, root });
    await insertFreeze(transaction, { note, frozenAt: options.now });
    return note;
  });
}
