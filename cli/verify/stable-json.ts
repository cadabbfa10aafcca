// JSON text that does not hang on the order in which keys were written: for comparing what two sides hold.

/** JSON of a value of plain data, with the keys of every object in code unit order; undefined members are left out. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).sort(([a], [b]) => {
        if (a === b) return 0;
        return a < b ? -1 : 1;
      }),
    );
  });
}
