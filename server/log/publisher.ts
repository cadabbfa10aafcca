// Publishing: from what is committed to a checkpoint that everybody may rely on, and telling those who wait for it.
//
// One publication at a time in a process, and under a lock of the database one at a time in all of them. Whoever waits is
// answered by the first published checkpoint that covers his entry, whoever published it. A publication covers everything
// that was committed before it began, so under load many entries share one.

import { setTimeout as sleep } from 'node:timers/promises';
import { isTrustError, TrustError, type ErrorCode } from '../../core/errors.ts';
import { insertCheckpoint, readPublished, type PublishedCheckpoint } from '../../db/checkpoints.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { lockPublishing } from '../../db/entries.ts';
import { readHead } from '../../db/log-head.ts';
import type { Logger } from '../logger.ts';
import type { Cosign } from './cosign.ts';
import { rolledBack, type Fence } from './fence.ts';
import type { HeadSigner } from './sign-head.ts';

export interface Publisher {
  /** What is published, at most a second old. */
  published(): PublishedCheckpoint | undefined;
  /** Publishes for the first time since the start. Rejects when the log must not go on; else troubles are retried. */
  start(): Promise<void>;
  /** Resolves with a published checkpoint of at least this size. Rejects when publishing it has failed. */
  covering(size: number): Promise<PublishedCheckpoint>;
  /** Rejects when nothing may be appended; asked in every transaction that appends. */
  guard(transaction: Queryable): Promise<void>;
  /** Why nothing is taken and signed any more; undefined while all is well. */
  refusal(): TrustError | undefined;
  /** Told of every new checkpoint. */
  onPublished(listener: (checkpoint: PublishedCheckpoint) => void): void;
  /** From now on publishes without pauses: the service is stopping, and who waits is to be answered before. */
  hurry(): void;
  /** Ends once nothing is being published any more. */
  close(): Promise<void>;
}

export interface PublisherDeps {
  readonly db: Database;
  readonly signer: HeadSigner;
  readonly fence: Fence;
  /** Asks the witnesses; undefined when there are none. */
  readonly cosign: Cosign | undefined;
  readonly clock: () => Date;
  readonly log: Logger;
  /** A checkpoint is signed anew after this many seconds without growth. */
  readonly refreshSeconds: number;
  /** Least time from one publication to the next, in milliseconds. */
  readonly intervalMs: number;
}

interface Waiter {
  readonly size: number;
  readonly resolve: (checkpoint: PublishedCheckpoint) => void;
  readonly reject: (error: unknown) => void;
}

/** A publication that covered at least `busyFrom` entries is followed by another only after `gatherMs` milliseconds. */
const gatherMs = 250;
const busyFrom = 64;
/** How often a process looks whether others have published, or something is left to publish, in milliseconds. */
const tickMs = 1000;
/** After these nothing is signed or taken until the service was started again. */
const stopping: readonly ErrorCode[] = [
  'ledger-corrupt',
  'ledger-rolled-back',
  'ledger-fork',
  'config-invalid',
];

/** The publisher of a log. */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { db, signer, fence, cosign, clock, log, refreshSeconds, intervalMs } = deps;
  const listeners: ((checkpoint: PublishedCheckpoint) => void)[] = [];
  let published: PublishedCheckpoint | undefined;
  let waiters: Waiter[] = [];
  let running: Promise<void> | undefined;
  let stopped: TrustError | undefined;
  const closing = new AbortController();

  function take(checkpoint: PublishedCheckpoint): void {
    const isNew = checkpoint.note !== published?.note;
    if (published !== undefined && checkpoint.size < published.size) return;
    published = checkpoint;
    const covered = waiters.filter(({ size }) => size <= checkpoint.size);
    waiters = waiters.filter(({ size }) => size > checkpoint.size);
    for (const { resolve } of covered) resolve(checkpoint);
    if (isNew) for (const listener of listeners) listener(checkpoint);
  }

  function isFresh(checkpoint: PublishedCheckpoint, headSize: number): boolean {
    const age = clock().getTime() - checkpoint.signedAt.getTime();
    return checkpoint.size === headSize && age < refreshSeconds * 1000;
  }

  async function publishOnce(): Promise<void> {
    // Without witnesses signing and publishing are one transaction.
    const { signed, isPublished } = await db.transaction(async (transaction) => {
      await lockPublishing(transaction);
      const before = await readPublished(transaction);
      const { size } = await readHead(transaction);
      if (before !== undefined && isFresh(before, size) && before.note === published?.note) {
        return { signed: before, isPublished: true };
      }
      const head = await signer.sign(transaction, before);
      if (before !== undefined && isFresh(before, head.size)) return { signed: before, isPublished: true };
      const checkpoint = { ...head, signedAt: clock() };
      if (cosign === undefined) await insertCheckpoint(transaction, checkpoint);
      return { signed: checkpoint, isPublished: cosign === undefined };
    });
    if (cosign === undefined || isPublished) {
      take(signed);
      return;
    }
    const checkpoint = { ...signed, note: await cosign(signed, async () => (await readHead(db)).size) };
    await db.transaction(async (transaction) => {
      await lockPublishing(transaction);
      const meanwhile = await readPublished(transaction);
      if (meanwhile === undefined || meanwhile.size <= checkpoint.size) {
        await insertCheckpoint(transaction, checkpoint);
      }
    });
    take((await readPublished(db)) ?? checkpoint);
  }

  /** Publishes as long as somebody waits. Never rejects: who waits is told. */
  async function work(): Promise<void> {
    do {
      const told = new Set(waiters);
      const sizeBefore = published?.size ?? 0;
      try {
        await publishOnce();
        // Their entries were committed before the publication began.
        refuse(told, () => lost(published?.size ?? 0));
      } catch (error) {
        noteFailure(error);
        refuse(told, () => error);
        return;
      }
      const isBusy = (published?.size ?? 0) - sizeBefore >= busyFrom;
      const pause = Math.max(intervalMs, isBusy ? gatherMs : 0);
      if (pause > 0) await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    } while (waiters.length > 0);
  }

  function kick(): Promise<void> {
    running ??= work().finally(() => {
      running = undefined;
      if (waiters.length > 0) void kick();
    });
    return running;
  }

  /** Tells those of them who still wait. */
  function refuse(some: ReadonlySet<Waiter>, reason: () => unknown): void {
    const refused = waiters.filter((waiter) => some.has(waiter));
    if (refused.length === 0) return;
    waiters = waiters.filter((waiter) => !some.has(waiter));
    const error = reason();
    for (const { reject } of refused) reject(error);
  }

  function lost(size: number): TrustError {
    const error = new TrustError(
      'ledger-rolled-back',
      `What was committed just now is not in the log of ${size} entries: the database has lost it`,
      { help: 'Submit it again. The operator has to see whether the database was restored, or failed over.' },
    );
    log.error({ event: 'entries-lost', err: error }, error.message);
    return error;
  }

  function noteFailure(error: unknown): void {
    if (isTrustError(error) && stopping.includes(error.code)) stop(error);
    else {
      const message = error instanceof Error ? error.message : String(error);
      log.error({ event: 'publish-failed', err: error }, `The log was not published: ${message}`);
    }
  }

  /** From now on nothing is signed or taken, and nobody is left waiting for it. */
  function stop(error: TrustError): void {
    if (stopped !== undefined) return;
    stopped = error;
    log.fatal({ event: 'log-stopped', code: error.code, err: error }, error.message);
    refuse(new Set(waiters), () => error);
  }

  async function tick(): Promise<void> {
    if (running !== undefined || stopped !== undefined || closing.signal.aborted) return;
    try {
      const [current, { size }] = [await readPublished(db), await readHead(db)];
      if (current !== undefined && (published?.size ?? -1) <= current.size) take(current);
      if (current === undefined || !isFresh(current, size)) await kick();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.warn({ event: 'publish-tick-failed', err: error }, `The log could not be looked at: ${message}`);
    }
  }

  let ticking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  return {
    published: () => published,
    async start() {
      try {
        await publishOnce();
      } catch (error) {
        noteFailure(error);
        if (!isTrustError(error, 'witnesses-unavailable')) throw error;
      }
      timer ??= setInterval(() => {
        ticking ??= tick().finally(() => (ticking = undefined));
      }, tickMs).unref();
    },
    async covering(size) {
      if (published !== undefined && published.size >= size) return published;
      if (stopped !== undefined) throw stopped;
      return new Promise((resolve, reject) => {
        waiters.push({ size, resolve, reject });
        void kick();
      });
    },
    async guard(transaction) {
      if (stopped !== undefined) throw stopped;
      if (fence.last === undefined) return;
      const { size } = await readHead(transaction);
      if (size >= fence.last.size) return;
      const error = rolledBack(fence.file, fence.last, size);
      stop(error);
      throw error;
    },
    refusal: () => stopped,
    onPublished(listener) {
      listeners.push(listener);
    },
    hurry() {
      closing.abort();
      clearInterval(timer);
    },
    async close() {
      closing.abort();
      clearInterval(timer);
      await ticking;
      while (running !== undefined) await running;
    },
  };
}
