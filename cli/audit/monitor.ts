// The monitor: where it begins, and one pass after another over the same state.

import type { AuditEvent } from '../../core/api/audit-event.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { checkQuorum } from '../../core/log/witness-policy.ts';
import { distrustingCache, withTileCache } from '../ledger/tile-cache.ts';
import type { Condition } from './audit-state.ts';
import { readNoted } from './compare-history.ts';
import { firstState } from './first-pass.ts';
import { Journal } from './journal.ts';
import type { MonitorWorld } from './monitor-world.ts';
import { eventMaker } from './make-event.ts';
import { Pass } from './pass.ts';
import { WatchList } from './watch-list.ts';

export interface PassResult {
  readonly origin: string;
  /** What was printed, also what was left over from a run that was killed. */
  readonly events: readonly AuditEvent[];
  /** What goes on after this pass. */
  readonly conditions: readonly Condition[];
  readonly read: number;
  readonly nextIndex: number;
  /** Size of the largest checkpoint seen. */
  readonly size: number;
  readonly undelivered: number;
  readonly webhookFailure: string | undefined;
  /** The ledger did not answer, or not with everything. */
  readonly isIncomplete: boolean;
}

export class Monitor {
  readonly #world: MonitorWorld;
  readonly #source: LedgerSource;
  #journal: Journal | undefined;
  #watches: WatchList | undefined;

  constructor(world: MonitorWorld) {
    this.#world = world;
    // The tiles are of this state's ledger, wherever it is read from.
    this.#source = withTileCache(world.source, world.folder, () => Promise.resolve('ledger'));
  }

  /**
   * Looks once. Throws what keeps the monitor from beginning or going on: usage, config-invalid, and in the very first pass
   * what the ledger's answers throw.
   */
  async pass(onProgress: (done: number, total: number) => void): Promise<PassResult> {
    const { folder, outlets } = this.#world;
    this.#journal ??= await Journal.open(folder, outlets);
    this.#journal ??= await this.#begin();
    const journal = this.#journal;
    journal.webhookFailure = undefined;
    this.#watches ??= new WatchList(this.#world.watches, journal.state.followed);
    const pass = new Pass(this.#world, this.#source, journal, this.#watches, onProgress);
    const { read, isIncomplete } = await pass.run();
    await journal.finish();
    const { state } = journal;
    return {
      origin: state.origin,
      events: journal.take(),
      conditions: Object.values(state.conditions),
      read,
      nextIndex: state.nextIndex,
      size: readNoted(state.checkpoint).size,
      undelivered: state.undelivered.length,
      webhookFailure: journal.webhookFailure,
      isIncomplete,
    };
  }

  async #begin(): Promise<Journal> {
    const { folder, open, fromIndex, clock, outlets } = this.#world;
    const { checkpoint, policy } = await open(this.#source, await this.#source.checkpoint());
    checkQuorum(policy, checkpoint);
    const state = await distrustingCache(this.#source, (from) =>
      firstState(checkpoint, from, fromIndex, clock()),
    );
    const journal = await Journal.begin(folder, outlets, state);
    const { nextIndex, origin } = state;
    const before = nextIndex === 0 ? '' : '; what lies before is not looked at';
    const message = `The monitor begins at entry ${nextIndex} of ${checkpoint.size}${before}.`;
    const fields = { kind: 'started', index: nextIndex, size: checkpoint.size } as const;
    const key = `${nextIndex} ${state.seenAt}`;
    await journal.commit([eventMaker(origin, clock)({ severity: 'info', message, key }, fields)]);
    return journal;
  }
}
