// One pass of the monitor over a ledger: the checkpoint is judged beside what was seen before, what was added is read, and
// what was found is reported once.

import { isTrustError, TrustError } from '../../core/errors.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import { distrustingCache } from '../ledger/tile-cache.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import type { Family } from './audit-state.ts';
import { compareHistory, readNoted, type Comparison, type NotedCheckpoint } from './compare-history.ts';
import { settle, since, type Found } from './conditions.ts';
import { keepFork } from './evidence.ts';
import { defaultMaxAgeMs } from './freshness.ts';
import { acceptCheckpoint } from './accept-checkpoint.ts';
import type { Journal } from './journal.ts';
import { foundInvalid, foundUnreachable, foundFailure, isSilence, patienceMs } from './judge-answer.ts';
import { judgeClock, judgeFreshness, judgeHistory, judgeQuorum } from './judge-checkpoint.ts';
import { judgeFrozen } from './judge-frozen.ts';
import type { OpenedCheckpoint, OpenServed } from './ledger-keys.ts';
import { eventMaker, type MakeEvent } from './make-event.ts';
import type { MonitorWorld } from './monitor-world.ts';
import { scanEntries } from './scan-entries.ts';
import type { WatchList } from './watch-list.ts';

/** One pass over the ledger of a journal. */
export class Pass {
  readonly #world: MonitorWorld;
  readonly #source: LedgerSource;
  readonly #journal: Journal;
  readonly #watches: WatchList;
  readonly #make: MakeEvent;
  readonly #onProgress: (done: number, total: number) => void;
  #read = 0;
  #isIncomplete = false;

  constructor(
    world: MonitorWorld,
    source: LedgerSource,
    journal: Journal,
    watches: WatchList,
    onProgress: (done: number, total: number) => void,
  ) {
    this.#onProgress = onProgress;
    this.#world = world;
    this.#source = source;
    this.#journal = journal;
    this.#watches = watches;
    this.#make = eventMaker(journal.state.origin, world.clock);
  }

  async run(): Promise<{ readonly read: number; readonly isIncomplete: boolean }> {
    try {
      await this.#look();
      await this.#settle('reach', undefined);
    } catch (error) {
      this.#world.signal.throwIfAborted();
      if (!isSilence(error)) throw error;
      this.#isIncomplete = true;
      await this.#settle('reach', foundUnreachable(error));
    }
    return { read: this.#read, isIncomplete: this.#isIncomplete };
  }

  async #look(): Promise<void> {
    const { open, clock } = this.#world;
    const { state } = this.#journal;
    const note = await this.#source.checkpoint();
    const opened = await this.#open(open, note);
    if (opened === undefined) return;
    const { checkpoint, policy } = opened;
    const served = { checkpoint, policy, now: clock() };
    const quorum = judgeQuorum(policy, checkpoint);
    await this.#settle('checkpoint', quorum);
    await this.#settle('clock', judgeClock(served));
    const comparison = await this.#compare(checkpoint);
    if (comparison === undefined) return;

    const seen = readNoted(state.checkpoint);
    const signed = await open(this.#source, state.checkpoint).catch(() => undefined);
    const seenAs = { signed: signed?.checkpoint, at: new Date(state.seenAt) };
    const history = judgeHistory(served, comparison, seen, seenAs, state.conditions);
    const isNews = history !== undefined && state.conditions.history?.key !== history.key;
    if (comparison.verdict === 'fork' && isNews) await this.#keepFork(comparison.seen, checkpoint);
    await this.#settle('history', history);
    const isUsable = comparison.verdict !== 'fork' && comparison.verdict !== 'behind-unproven';
    if (isUsable && quorum === undefined) {
      acceptCheckpoint(state, comparison, opened, signed, clock());
      await this.#scan(checkpoint);
    }
    await this.#frozen(opened);
    await this.#judgeAge(isUsable && quorum === undefined ? opened : signed);
  }

  /** The age of what counts: of a checkpoint that is signed as it should be. */
  async #judgeAge(opened: OpenedCheckpoint | undefined): Promise<void> {
    if (opened === undefined) return;
    const { state } = this.#journal;
    const seen = { grownAt: dateOf(state.grownAt), lastEntry: dateOf(state.lastEntryTime) };
    const { quorum } = opened.policy;
    const maxAge = this.#world.maxAgeMs ?? (quorum === undefined ? undefined : defaultMaxAgeMs);
    // A log that has ended need not grow any more.
    const hasEnded = state.conditions.frozen?.kind === 'frozen';
    const served = { ...opened, now: this.#world.clock() };
    await this.#settle('fresh', hasEnded ? undefined : judgeFreshness(served, seen, maxAge));
  }

  async #open(open: OpenServed, note: string): Promise<OpenedCheckpoint | undefined> {
    try {
      const opened = await open(this.#source, note);
      const { origin } = this.#journal.state;
      if (opened.checkpoint.origin === origin) return opened;
      const message = `it is of the log ${opened.checkpoint.origin}, and this monitor follows ${origin}`;
      await this.#settle('checkpoint', foundInvalid(new TrustError('note-invalid', message), note));
    } catch (error) {
      const isFinding = isTrustError(error) && !isSilence(error) && !isTrustError(error, 'config-invalid');
      if (!isFinding) throw error;
      await this.#settle('checkpoint', foundInvalid(error, note));
    }
    return undefined;
  }

  async #compare(checkpoint: SignedCheckpoint): Promise<Comparison | undefined> {
    const { state } = this.#journal;
    const earlier = state.earlier.map(readNoted);
    try {
      return await distrustingCache(
        this.#source,
        (source) => compareHistory(checkpoint, readNoted(state.checkpoint), earlier, source),
        ({ verdict }) => verdict === 'behind-unproven',
      );
    } catch (error) {
      await this.#failed(error, checkpoint.size);
      return undefined;
    }
  }

  async #scan(checkpoint: SignedCheckpoint): Promise<void> {
    const { certificate, clock, signal } = this.#world;
    const { state } = this.#journal;
    const began = since(state.conditions, 'entries', ['withheld']);
    const patient = began === undefined || clock().getTime() - began.getTime() < patienceMs;
    const scan = (source: LedgerSource): Promise<number> =>
      scanEntries(checkpoint, {
        source,
        journal: this.#journal,
        watches: this.#watches,
        make: this.#make,
        clock,
        certificate,
        patient,
        onProgress: this.#onProgress,
        signal,
      });
    const from = state.nextIndex;
    try {
      await distrustingCache(this.#source, scan);
      await this.#settle('entries', undefined);
    } catch (error) {
      await this.#failed(error, checkpoint.size);
    } finally {
      this.#read += state.nextIndex - from;
    }
  }

  /** Tiles, bundles or documents that were wrong, or not handed out. */
  async #failed(error: unknown, size: number): Promise<void> {
    this.#world.signal.throwIfAborted();
    const began = since(this.#journal.state.conditions, 'entries', ['withheld']);
    const found = foundFailure(error, size, this.#world.clock(), began);
    if (found === undefined) throw error;
    this.#isIncomplete = true;
    await this.#settle('entries', found);
  }

  /** What the ledger says of its end, or once said. */
  async #frozen({ checkpoint, policy }: OpenedCheckpoint): Promise<void> {
    const { state } = this.#journal;
    const seen = readNoted(state.checkpoint);
    const largest = seen.size > checkpoint.size ? seen : checkpoint;
    // A static copy need not have the page that says so.
    const told = await this.#source.discovery().catch(() => undefined);
    const found = await judgeFrozen(state.frozenNotice ?? told?.frozen, largest, policy);
    const fields = found?.fields('');
    if (fields?.kind === 'frozen') state.frozenNotice = fields.notice;
    await this.#settle('frozen', found);
  }

  async #keepFork(seen: NotedCheckpoint, served: SignedCheckpoint): Promise<void> {
    try {
      await keepFork(this.#world.folder, seen, served, this.#world.clock());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#world.warn(`The evidence of a fork could not be written: ${escapeTerminal(why)}`);
    }
  }

  async #settle(family: Family, found: Found | undefined): Promise<void> {
    const { conditions } = this.#journal.state;
    const now = this.#world.clock();
    await this.#journal.commit(settle(conditions, family, found, this.#make, now));
  }
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
