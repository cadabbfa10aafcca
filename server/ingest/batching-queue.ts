// Gathers items while a run is in progress, and runs them together: one run at a time, in order of arrival.
//
// This is how many submitters share one transaction. An item's promise settles only when its run has, so whoever is
// answered has been committed; when a run fails, everyone in it is told, and the next run starts afresh.

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
    while (waiting.length > 0) {
      const taken = waiting.slice(0, most);
      waiting = waiting.slice(most);
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
