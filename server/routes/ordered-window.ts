// Work that may finish in any order, handed on in the order in which it began, with a bound on how much is under way.

/**
 * Starts `begin` for each item, and yields the results in the order of the items.
 * At most `most` results are under way or waiting to be taken: past that, no further item is pulled.
 * @param begin must not reject: what goes wrong with one item is one of its results.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  begin: (item: Item) => Promise<Result>,
  most: number,
): AsyncGenerator<Result, void, void> {
  const under: Promise<Result>[] = [];
  const iterator = items[Symbol.asyncIterator]();
  let pulling: Promise<void> | undefined;
  let end: { readonly error?: unknown } | undefined;
  const pull = async (): Promise<void> => {
    try {
      const next = await iterator.next();
      if (next.done === true) end = {};
      else under.push(begin(next.value));
    } catch (error) {
      // Told after the results of everything that came before it.
      end = { error };
    }
    pulling = undefined;
  };
  try {
    for (;;) {
      if (end === undefined && under.length < most) pulling ??= pull();
      const first = under[0];
      if (first === undefined) {
        if (end !== undefined) break;
        await pulling;
        continue;
      }
      // While the oldest is still at work, go on pulling the next.
      const settled = await (pulling === undefined ? settle(first) : Promise.race([settle(first), pulling]));
      if (settled === undefined) continue;
      void under.shift();
      yield settled.result;
    }
  } finally {
    // Not awaited: a pull that is still waiting for its sender would hold the end back.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
  if ('error' in end) throw end.error;
}

async function settle<Result>(promise: Promise<Result>): Promise<{ result: Result }> {
  return { result: await promise };
}
