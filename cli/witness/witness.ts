// A witness at work: requests of one log are answered one after the other, and what is signed is stored first.

import type { PrivateKey, VerifierKey } from '../../core/log/note-key.ts';
import { answerRequest, isRefusal, openRequest } from '../../core/log/witness.ts';
import { originHash, type StoredCheckpoint, type WitnessStore } from './witness-store.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

/** A reply, and for our own log what was asked. */
export interface Answered {
  readonly reply: Reply;
  readonly asked?: { readonly origin: string; readonly oldSize: number; readonly size: number };
  /** What went wrong here, not there. */
  readonly failure?: unknown;
}

export interface WitnessOptions {
  /** Trusted keys by origin. */
  readonly logs: ReadonlyMap<string, readonly VerifierKey[]>;
  readonly signers: readonly PrivateKey[];
  readonly store: WitnessStore;
  readonly clock: () => Date;
}

/** Most requests of one log that wait; more are told to come back (429). */
const maxWaiting = 64;

export class Witness {
  readonly #options: WitnessOptions;
  readonly #queues = new Map<string, { waiting: number; last: Promise<unknown> }>();
  readonly #origins: ReadonlyMap<string, string>;

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#origins = new Map([...options.logs.keys()].map((origin) => [originHash(origin), origin]));
  }

  /** Answers the body of an add-checkpoint request. Never throws. */
  async addCheckpoint(text: string): Promise<Answered> {
    const { logs } = this.#options;
    try {
      const opened = await openRequest(logs, text);
      if (isRefusal(opened)) return { reply: opened };
      const { origin, size } = opened.checkpoint;
      const asked = { origin, oldSize: opened.oldSize, size };
      const answered = await this.#inTurn(origin, async (): Promise<Answered> => {
        const { store, signers, clock } = this.#options;
        const now = Math.floor(clock().getTime() / 1000);
        const times = { now, notBefore: store.newestTime };
        const { reply, newState } = await answerRequest(opened, store.get(origin), signers, times);
        if (newState !== undefined) await store.put(origin, newState, now);
        return { reply, asked };
      });
      return (
        answered ?? { reply: failed(429, 'Too many requests of this log are waiting. Try again.'), asked }
      );
    } catch (failure) {
      return { reply: failed(500, 'This witness could not store what it was about to sign.'), failure };
    }
  }

  /** The newest checkpoint signed of a log, by the SHA-256 of its origin. */
  checkpoint(hash: string): StoredCheckpoint | undefined {
    const origin = this.#origins.get(hash);
    return origin === undefined ? undefined : this.#options.store.get(origin);
  }

  /** Resolves once everything that was being answered is. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map(({ last }) => last));
  }

  /** Runs after all others of the same log; undefined, without running, when too many are waiting. */
  async #inTurn<T>(origin: string, act: () => Promise<T>): Promise<T | undefined> {
    const queue = this.#queues.get(origin) ?? { waiting: 0, last: Promise.resolve() };
    this.#queues.set(origin, queue);
    if (queue.waiting >= maxWaiting) return undefined;
    queue.waiting++;
    const turn = queue.last.then(act).finally(() => queue.waiting--);
    queue.last = turn.catch(() => undefined);
    return turn;
  }
}

function failed(status: number, why: string): Reply {
  return { status, body: `${why}\n`, contentType: 'text/plain; charset=utf-8' };
}
