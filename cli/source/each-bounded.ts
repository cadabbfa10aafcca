// Doing something for each of many items, a few at a time.

/** Runs `act` on every item, at most `limit` at once, in the order of the items. Rejects with the first failure. */
export async function eachBounded<Item>(
  items: readonly Item[],
  limit: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
}
