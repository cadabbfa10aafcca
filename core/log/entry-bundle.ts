// Entry bundles of tlog-tiles: up to 256 entries, each behind its length as two bytes, big-endian.

import { TrustError } from '../errors.ts';
import { maxLeafBytes } from './leaf.ts';
import { tileWidth } from './tile.ts';

/** The bytes of a bundle. Throws ledger-corrupt for more than 256 entries, or one over 65,535 bytes. */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > tileWidth || entries.some(({ length }) => length > maxLeafBytes)) {
    throw new TrustError('ledger-corrupt', 'These entries do not fit into a bundle');
  }
  const bundle = new Uint8Array(entries.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle, as views; throws proof-invalid unless it holds exactly `width` of them and nothing else. */
export function parseBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length && entries.length <= width) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const end = at + 2 + length;
    if (at + 2 > bundle.length || end > bundle.length) throw wrong(`entry ${entries.length} is cut off`);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== width || at !== bundle.length)
    throw wrong(`it does not hold exactly ${width} entries`);
  return entries;
}

function wrong(why: string): TrustError {
  return new TrustError('proof-invalid', `The entry bundle is damaged: ${why}`);
}
