// What must be true of every entry, whoever wrote it: a leaf record that parses, a time that neither goes back nor lies in
// the future, an id that no earlier entry has.

import type { AuditEvent } from '../../core/api/audit-event.ts';
import { toHex } from '../../core/bytes.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';
import { clockToleranceMs } from '../../core/statement/openpgp/validity.ts';
import { formatSeconds } from '../../core/time.ts';
import type { MakeEvent } from './make-event.ts';
import type { VerifiedEntry } from './read-entries.ts';
import type { SeenIds } from './seen-ids.ts';

export interface EntryScene {
  readonly make: MakeEvent;
  readonly now: Date;
  /** Time of the entry before, where it is known. */
  readonly previous: Date | undefined;
  /** An earlier entry with the same id. */
  readonly firstIndex: number | undefined;
}

/**
 * Of consecutive entries those that repeat an earlier one, with the index of the first. `earlier` gives the leaf record of
 * an entry that was read before; what it throws is thrown.
 */
export async function findRepeated(
  entries: readonly VerifiedEntry[],
  seen: SeenIds,
  earlier: (index: number) => Promise<LeafRecord | undefined>,
): Promise<ReadonlyMap<number, number>> {
  const repeated = new Map<number, number>();
  const here = new Map<string, number>();
  for (const { index, leaf } of entries) {
    const id = leaf?.id;
    if (id === undefined) continue;
    const before = seen.find(id);
    const first = before !== undefined && (await earlier(before))?.id === id ? before : here.get(id);
    if (first === undefined) here.set(id, index);
    else repeated.set(index, first);
  }
  return repeated;
}

/** What is wrong with one entry. */
export function checkEntry(entry: VerifiedEntry, scene: EntryScene): AuditEvent[] {
  const { make, now, previous, firstIndex } = scene;
  const { index, leaf } = entry;
  const key = String(index);
  if (leaf === undefined) {
    const message = `Entry ${index} is not a leaf record of version 1.`;
    const fields = { kind: 'leaf-invalid', index, leafHash: toHex(entry.leafHash) } as const;
    return [make({ severity: 'alarm', message, key }, fields)];
  }
  const events: AuditEvent[] = [];
  const recordedAt = formatSeconds(leaf.recordedAt);
  if (previous !== undefined && leaf.recordedAt < previous) {
    const before = formatSeconds(previous);
    const message = `Entry ${index} is dated ${recordedAt}, before the entry ahead of it (${before}).`;
    const fields = { kind: 'time-backwards', index, recordedAt, previous: before } as const;
    events.push(make({ severity: 'alarm', message, key }, fields));
  }
  if (leaf.recordedAt.getTime() > now.getTime() + clockToleranceMs) {
    const message = `Entry ${index} is dated ${recordedAt}, and it is ${formatSeconds(now)} here.`;
    events.push(make({ severity: 'alarm', message, key }, { kind: 'time-in-future', index, recordedAt }));
  }
  if (firstIndex !== undefined) {
    const message = `Entry ${index} repeats what stands at entry ${firstIndex}: ${leaf.id}.`;
    const fields = { kind: 'duplicate', index, firstIndex, statement: leaf.id } as const;
    events.push(make({ severity: 'alarm', message, key }, fields));
  }
  return events;
}
