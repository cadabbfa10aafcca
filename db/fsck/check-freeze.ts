// The notice of a log that was frozen: its checksum, its signature, and that the log still ends where it says.

import { compareBytes } from '../../core/bytes.ts';
import { openFreezeNotice } from '../../core/log/freeze-notice.ts';
import type { TreeHead } from '../../core/log/grow.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import type { Queryable } from '../database.ts';
import type { Findings } from './findings.ts';

/** Checks log_freeze against the tree that there is. A log that is not frozen passes. */
export async function checkFreeze(
  transaction: Queryable,
  tree: TreeHead & { readonly origin: string | undefined },
  keys: readonly VerifierKey[],
  findings: Findings,
): Promise<void> {
  const { rows } = await transaction.query<{ note: string; isSumRight: boolean }>(
    `select
      note,
      only_row and checksum = sha256(convert_to(concat_ws(' ', extract(epoch from frozen_at), note), 'UTF8')) as "isSumRight"
    from log_freeze`,
  );
  const index = Math.max(0, tree.size - 1);
  for (const { note, isSumRight } of rows) {
    if (!isSumRight) findings.add('log_freeze', index, 'its row is not the one that was written');
    try {
      const notice = await openFreezeNotice(note, keys);
      if (
        notice.origin !== tree.origin ||
        notice.size !== tree.size ||
        compareBytes(notice.root, tree.root) !== 0
      ) {
        findings.add(
          'log_freeze',
          index,
          `the log ${notice.origin} was closed at ${notice.size} entries, and this is not that tree`,
        );
      }
    } catch (error) {
      findings.add('log_freeze', index, error instanceof Error ? error.message : String(error));
    }
  }
}
