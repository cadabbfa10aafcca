// The monitor's state in memory, and the one way for an event to get out: written to disk, then printed, then delivered,
// then struck off.

import { join } from 'node:path';
import type { AuditEvent } from '../../core/api/audit-event.ts';
import { loadState, saveState, type AuditState } from './audit-state.ts';
import { CertificateEntries } from './certificate-entries.ts';
import { SeenIds } from './seen-ids.ts';
import { deliver, type Webhook } from './webhook.ts';

/** Most events that wait for a webhook: then no more entries are read, so that none is lost. */
export const maxUndelivered = 2000;
/** So many are delivered at once while entries are still read. */
const enough = 100;
/** How long progress without events may be unsaved, in milliseconds. */
const savePeriodMs = 1000;

export interface Outlets {
  readonly print: (event: AuditEvent) => void;
  /** Where events are delivered; undefined keeps those that wait. */
  readonly webhook: Webhook | undefined;
}

export class Journal {
  readonly state: AuditState;
  readonly seen: SeenIds;
  readonly certificates: CertificateEntries;
  /** Why the webhook took no more in this pass. */
  webhookFailure: string | undefined;
  /** Every event that was printed since the last `take`. */
  #printed: AuditEvent[] = [];
  readonly #folder: string;
  readonly #outlets: Outlets;
  #generation: number;
  #savedAt = performance.now();

  private constructor(folder: string, outlets: Outlets, state: AuditState, books: Books, generation: number) {
    this.#folder = folder;
    this.#outlets = outlets;
    this.state = state;
    this.seen = books.seen;
    this.certificates = books.certificates;
    this.#generation = generation;
  }

  /** The journal in a folder; undefined when the monitor has not run there. Throws config-invalid. */
  static async open(folder: string, outlets: Outlets): Promise<Journal | undefined> {
    const { state, generation } = await loadState(folder);
    return state && new Journal(folder, outlets, state, await openBooks(folder, state), generation);
  }

  /** A new journal, on disk when this returns. Throws usage when another monitor was faster. */
  static async begin(folder: string, outlets: Outlets, state: AuditState): Promise<Journal> {
    const generation = await saveState(folder, state, 0);
    return new Journal(folder, outlets, state, await openBooks(folder, state), generation);
  }

  /** Whether so much waits for the webhook that nothing may be added. */
  get isFull(): boolean {
    return this.state.undelivered.length >= maxUndelivered;
  }

  /** Takes what a step found and how far it came. The state is changed already; events may be none. */
  async commit(events: readonly AuditEvent[]): Promise<void> {
    const { state } = this;
    state.unprinted.push(...events);
    if (this.#outlets.webhook !== undefined) state.undelivered.push(...events);
    if (events.length > 0 || performance.now() - this.#savedAt > savePeriodMs) await this.#save();
    await this.#flush(enough);
  }

  /** Prints and delivers whatever waits, and saves. */
  async finish(): Promise<void> {
    await this.#save();
    await this.#flush(1);
  }

  /** The events that were printed since this was last asked. */
  take(): AuditEvent[] {
    const printed = this.#printed;
    this.#printed = [];
    return printed;
  }

  async #flush(least: number): Promise<void> {
    const { state } = this;
    const { print, webhook } = this.#outlets;
    let changed = state.unprinted.length > 0;
    for (const event of state.unprinted) print(event);
    this.#printed.push(...state.unprinted);
    state.unprinted = [];
    if (webhook !== undefined && this.webhookFailure === undefined && state.undelivered.length >= least) {
      const { delivered, failure } = await deliver(webhook, state.undelivered);
      state.undelivered.splice(0, delivered);
      this.webhookFailure = failure;
      changed ||= delivered > 0;
    }
    if (changed) await this.#save();
  }

  async #save(): Promise<void> {
    await this.seen.save();
    await this.certificates.save();
    this.#generation = await saveState(this.#folder, this.state, this.#generation);
    this.#savedAt = performance.now();
  }
}

interface Books {
  readonly seen: SeenIds;
  readonly certificates: CertificateEntries;
}

async function openBooks(folder: string, { firstIndex, nextIndex }: AuditState): Promise<Books> {
  return {
    seen: await SeenIds.open(join(folder, 'ids'), firstIndex, nextIndex),
    certificates: await CertificateEntries.open(join(folder, 'certificates'), nextIndex),
  };
}
