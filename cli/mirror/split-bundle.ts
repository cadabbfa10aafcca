// Cutting an entry bundle as far as it can be cut, where core's parseBundle refuses the whole: to say which entry is damaged.

const lineFeed = 0x0a;

export interface SplitBundle {
  /** As views, in order; fewer than expected when the bundle is damaged. */
  readonly entries: readonly Uint8Array[];
  /** Where it breaks off, and how. */
  readonly problem: { readonly position: number; readonly message: string } | undefined;
}

/** The entries of a bundle that ought to hold `width` of them and nothing else. */
export function splitBundle(bundle: Uint8Array, width: number): SplitBundle {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const end = at + 2 + (((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0));
    if (at + 2 > bundle.length || end > bundle.length) {
      const position = entries.length;
      return { entries, problem: { position, message: 'The bundle is cut off in this entry.' } };
    }
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  const problem =
    at === bundle.length
      ? undefined
      : { position: width - 1, message: 'The bundle goes on behind this entry.' };
  return { entries, problem };
}

/** What stands behind a word in a leaf record's first lines, without parsing it. */
export function peekField(entry: Uint8Array, name: 'kind' | 'time' | 'author'): string | undefined {
  const head = Buffer.from(entry.buffer, entry.byteOffset, Math.min(entry.length, 256));
  const start = head.indexOf(`\n${name} `);
  if (start === -1) return undefined;
  const end = head.indexOf(lineFeed, start + 1);
  return end === -1 ? undefined : head.toString('latin1', start + name.length + 2, end);
}
