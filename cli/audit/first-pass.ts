// Where a monitor begins: at the log's end as it is now, unless it is told an index. What lies before that is not looked
// at; the first checkpoint is taken as it is, signed and cosigned.

import { TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { formatSeconds } from '../../core/time.ts';
import type { AuditState } from './audit-state.ts';
import { readEntry } from './read-entries.ts';

/**
 * The state before anything was read. `fromIndex` is the first entry to read, the end of the log when undefined. Throws
 * usage for an index beyond the end, proof-invalid when the tree does not lead to the checkpoint, and like the source.
 */
export async function firstState(
  checkpoint: SignedCheckpoint,
  source: LedgerSource,
  fromIndex: number | undefined,
  now: Date,
): Promise<AuditState> {
  const { size, origin, note } = checkpoint;
  const nextIndex = fromIndex ?? size;
  if (nextIndex > size) {
    throw new TrustError(
      'usage',
      `--from-index ${nextIndex} is beyond the end: the log has ${size} entries.`,
    );
  }
  // Its time is where times go on from, and with no entries to read it says when the log last grew.
  const before =
    nextIndex === 0
      ? undefined
      : await readEntry(new VerifiedTree(checkpoint, source), source, nextIndex - 1);
  const leaf = before?.leaf;
  return {
    schema: 1,
    origin,
    firstIndex: nextIndex,
    nextIndex,
    checkpoint: note,
    seenAt: now.toISOString(),
    ...(size === 0 && { grownAt: now.toISOString() }),
    earlier: [],
    ...(leaf !== undefined && { lastEntryTime: formatSeconds(leaf.recordedAt) }),
    conditions: {},
    followed: [],
    unprinted: [],
    undelivered: [],
  };
}
