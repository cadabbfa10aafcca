// Gathers items while a run is in progress, and runs them together: one run at a time, in order of arrival.
//
// This is how many submitters share one transaction. An item's promise settles only when its run has, so whoever is
// answered has been committed; when a run fails, everyone in it is told, and the next run starts afresh. Under load a run
// waits a moment to fill up, because a transaction costs nearly the same for one entry as for a hundred; a lone submitter
// is never kept waiting.

import { setTimeout as sleep } from 'node:timers/promises';

export interface BatchingQueue<Item, Result> {
  /** The result of this item's run. */
  push(item: Item): Promise<Result>;
  /** Settles when everything pushed so far has. Never rejects. */
  drain(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How long a run may wait to fill up, in milliseconds, when the one before it had at least `busyFrom` items. */
const gatherMs = 25;
const busyFrom = 16;

/**
 * A queue over `run`, which gets 1 to `most` items and gives one settled result for each, in the same order.
 * When `run` itself rejects, all items of that run reject with its error.
 */
export function createBatchingQueue<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
  most: number,
): BatchingQueue<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // One turn of the event loop lets everything that arrived together go together.
    await new Promise((resolve) => setImmediate(resolve));
    let size = 0;
    for (;;) {
      if (size >= busyFrom && waiting.length < most) await sleep(gatherMs);
      if (waiting.length === 0) break;
      const taken = waiting.slice(0, most);
      waiting = waiting.slice(most);
      size = taken.length;
      try {
        const results = await run(taken.map(({ item }) => item));
        taken.forEach(({ resolve, reject }, position) => {
          const result = results[position];
          if (result?.status === 'fulfilled') resolve(result.value);
          else reject(result === undefined ? new Error('A run gave too few results.') : result.reason);
        });
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    working = undefined;
  }

  return {
    push: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        working ??= work();
      }),
    drain: async () => {
      while (working !== undefined) await working;
    },
  };
}
