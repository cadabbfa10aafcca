// Asking a client for many things at once although one bad thing makes the whole request fail: on failure the request is
// halved, until the bad ones stand alone.

/** One request's answer: undefined when it worked, or why it did not. */
export type GroupAttempt<Item, Problem> = (group: readonly Item[]) => Promise<Problem | undefined>;

/**
 * Tries all items together, then failing halves by themselves. Gives the items that fail alone, each with its problem;
 * all others worked in some group. At most 2n - 1 attempts for n bad items, about 2 log2 n for one.
 */
export async function tryInGroups<Item, Problem>(
  items: readonly Item[],
  attempt: GroupAttempt<Item, Problem>,
): Promise<ReadonlyMap<Item, Problem>> {
  const problems = new Map<Item, Problem>();
  const waiting: (readonly Item[])[] = items.length === 0 ? [] : [items];
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const problem = await attempt(group);
    if (problem === undefined) continue;
    const [only, ...others] = group;
    if (only !== undefined && others.length === 0) {
      problems.set(only, problem);
      continue;
    }
    const middle = Math.ceil(group.length / 2);
    waiting.push(group.slice(0, middle), group.slice(middle));
  }
  return problems;
}
