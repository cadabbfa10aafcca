// What the monitor remembers between passes and after a crash: how far it has read, what it was shown, what goes on, and
// which events are still to be printed or delivered.
//
// One JSON file, `state.<n>`, written whole and synced under the next number, so that of two monitors on one folder one
// wins and the other knows it; beside it `ids` (seen-ids.ts), `tiles/` and `evidence/`. Order of every step: events are
// written here first, then printed, then delivered, and struck off last. So nothing is skipped; after kill -9 in between,
// the last events come once more, with the same ids.

import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { auditEventSchema, auditSeverities } from '../../core/api/audit-event.ts';
import { TrustError } from '../../core/errors.ts';
import { createState, generations, readState } from '../ledger/state-folder.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { maxFollowed } from './watch-list.ts';

/** What is judged in every pass; each has one condition at most that goes on. */
export const families = ['reach', 'checkpoint', 'history', 'clock', 'fresh', 'entries', 'frozen'] as const;
export type Family = (typeof families)[number];

const index = z.number().int().min(0);
const time = z.iso.datetime();
const note = z.string().max(256 * 1024);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const conditionSchema = z.strictObject({
  kind: z.string(),
  /** What makes it this one: another key is another condition. */
  key: z.string().max(1024),
  severity: z.enum(auditSeverities),
  since: time,
  message: z.string().max(4096),
});
export type Condition = z.output<typeof conditionSchema>;

const stateSchema = z.strictObject({
  schema: z.literal(1),
  origin: z.string().min(1).max(255),
  /** The first entry that this monitor has read, and the next that it will. */
  firstIndex: index,
  nextIndex: index,
  /** The largest checkpoint that was accepted, when that size was first seen, and smaller ones before it, newest first. */
  checkpoint: note,
  seenAt: time,
  /** When the log was last seen to grow; absent before that. */
  grownAt: time.optional(),
  earlier: z.array(note).max(16),
  /** Time of the newest entry that was read. */
  lastEntryTime: time.optional(),
  /** The signed notice that the log is frozen: it holds for good, also when it is not handed out any more. */
  frozenNotice: note.optional(),
  conditions: z.partialRecord(z.enum(families), conditionSchema),
  /** Matched statements whose retraction is waited for. */
  followed: z.array(hash).max(maxFollowed),
  unprinted: z.array(auditEventSchema),
  undelivered: z.array(auditEventSchema),
});
export type AuditState = z.output<typeof stateSchema>;

/** Largest state file: 20,000 ids, and a full queue of events with notes. */
const maxStateBytes = 256 * 1024 * 1024;
const prefix = 'state';

/** A state on disk, and the number of its file; number 0 stands for none. */
export interface StoredState {
  readonly state: AuditState | undefined;
  readonly generation: number;
}

/** The newest state in a folder. Throws config-invalid when it can't be read. */
export async function loadState(folder: string): Promise<StoredState> {
  const generation = (await generations(folder, prefix)).at(-1);
  const path = pathOf(folder, generation ?? 0);
  const text = generation === undefined ? undefined : await readState(path, maxStateBytes);
  if (generation === undefined || text === undefined) return { state: undefined, generation: 0 };
  try {
    return { state: stateSchema.parse(JSON.parse(text)), generation };
  } catch (cause) {
    throw new TrustError('config-invalid', `Not the state of a monitor: ${escapeTerminal(path)}`, {
      help: 'Move its folder away and start again; --from-index says from which entry on.',
      cause,
    });
  }
}

/**
 * Writes the state that follows number `generation`; it is on disk when this returns the new number. Throws usage when
 * another process was faster.
 */
export async function saveState(folder: string, state: AuditState, generation: number): Promise<number> {
  const next = generation + 1;
  if (!(await createState(pathOf(folder, next), `${JSON.stringify(state)}\n`))) {
    throw new TrustError('usage', `Another monitor works with the same state: ${escapeTerminal(folder)}`, {
      help: 'Give each its own folder with --state, or let one of them go.',
    });
  }
  // What is left of older ones after a crash goes with them.
  for (const old of await generations(folder, prefix)) {
    if (old < next) await unlink(pathOf(folder, old)).catch(() => undefined);
  }
  return next;
}

function pathOf(folder: string, generation: number): string {
  return join(folder, `${prefix}.${generation}`);
}
