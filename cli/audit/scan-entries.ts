// Reading what has been added: every entry is checked against the tree and by itself, and those that are watched are opened.
// One bundle is one step: after it, what was found and how far the monitor came are kept together.

import type { AuditEvent } from '../../core/api/audit-event.ts';
import type { Checkpoint } from '../../core/log/checkpoint.ts';
import type { Identity } from '../../core/identity.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { formatSeconds } from '../../core/time.ts';
import { checkEntry, findRepeated } from './check-entry.ts';
import type { Journal } from './journal.ts';
import { entryReader } from './entry-reader.ts';
import type { MakeEvent } from './make-event.ts';
import { openEntry, type EntryReader, type OpenedEntry } from './open-entry.ts';
import { readEntries, readEntry } from './read-entries.ts';
import { saysLine } from './says.ts';
import type { WatchList } from './watch-list.ts';

export interface ScanScene {
  readonly source: LedgerSource;
  readonly journal: Journal;
  readonly watches: WatchList;
  readonly make: MakeEvent;
  readonly clock: () => Date;
  /** The newest certificate of an identity, armoured, as the ledger has it. Throws like the source. */
  readonly certificate: (identity: Identity) => Promise<string | undefined>;
  /** Whether documents that can't be had are waited for: then the source's error is thrown. */
  readonly patient: boolean;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the entries up to the checkpoint's size and commits them bundle by bundle; stops early when the webhook's queue is
 * full. Returns how many were read. Throws proof-invalid, and what the source throws.
 */
export async function scanEntries(checkpoint: Checkpoint, scene: ScanScene): Promise<number> {
  const { journal, source } = scene;
  const { state, seen } = journal;
  const tree = new VerifiedTree(checkpoint, source);
  const first = state.nextIndex;
  const earlier = async (index: number): Promise<LeafRecord | undefined> => {
    return (await readEntry(tree, source, index))?.leaf;
  };
  for await (const { bundle, entries } of readEntries(tree, source, first)) {
    scene.signal.throwIfAborted();
    if (journal.isFull) break;
    const reader = entryReader(bundle, tree, entries, { ...scene, certificates: journal.certificates });
    // All that has to be asked for comes first, so that a source that fails leaves no half step behind.
    const matches = new Map<number, Match>();
    for (const { index, leaf } of entries) {
      const match = leaf && (await matchEntry(index, leaf, scene.watches, reader));
      if (match === undefined) continue;
      matches.set(index, match);
      if (match.leaf.kind !== 'certificate') scene.watches.follow(match.leaf.id);
    }
    const repeated = await findRepeated(entries, seen, earlier);
    const events: AuditEvent[] = [];
    const now = scene.clock();
    for (const entry of entries) {
      const { index, leaf } = entry;
      const previous = state.lastEntryTime === undefined ? undefined : new Date(state.lastEntryTime);
      const wrong = checkEntry(entry, { make: scene.make, now, previous, firstIndex: repeated.get(index) });
      events.push(...wrong);
      const match = matches.get(index);
      if (match !== undefined) events.push(matchEvent(index, match, scene.make));
      if (leaf !== undefined) state.lastEntryTime = formatSeconds(leaf.recordedAt);
      seen.add(leaf?.id);
      if (leaf?.kind === 'certificate') journal.certificates.add(leaf.author, index);
      state.nextIndex = index + 1;
    }
    state.followed = [...scene.watches.followed];
    await journal.commit(events);
    scene.onProgress(state.nextIndex - first, checkpoint.size - first);
  }
  return state.nextIndex - first;
}

interface Match {
  readonly leaf: LeafRecord;
  readonly watched: readonly string[];
  readonly opened: OpenedEntry;
}

async function matchEntry(
  index: number,
  leaf: LeafRecord,
  watches: WatchList,
  reader: EntryReader,
): Promise<Match | undefined> {
  const listed = watches.match(leaf);
  if (listed.length === 0 && !watches.needsDocument(leaf)) return undefined;
  const opened = await openEntry(index, leaf, reader);
  const unlisted =
    opened.verified && leaf.subjects.all !== undefined ? watches.matchKeys(opened.subjectKeys) : [];
  const watched = [...new Set([...listed, ...unlisted])];
  if (watched.length > 0) return { leaf, watched, opened };
  // Nobody can say whom it is about: that is told rather than passed over.
  return opened.verified ? undefined : { leaf, watched: ['(not all subjects are listed)'], opened };
}

function matchEvent(index: number, { leaf, watched, opened }: Match, make: MakeEvent): AuditEvent {
  const what = `Entry ${index}: ${leaf.kind} by ${leaf.author}`;
  const message = opened.verified
    ? `${what}: ${saysLine(opened.says)}`
    : `${what}, which could not be verified: ${opened.reason}`;
  const severity = opened.verified ? 'info' : opened.severity;
  return make(
    { severity, message, key: String(index) },
    {
      kind: 'statement',
      watched: [...watched],
      index,
      recordedAt: formatSeconds(leaf.recordedAt),
      statementKind: leaf.kind,
      author: leaf.author,
      statement: leaf.id,
      document: leaf.documentHash,
      verified: opened.verified,
      ...(opened.verified ? { says: opened.says } : { code: opened.code, reason: opened.reason }),
    },
  );
}
