// The entries of a ledger from one index on, each shown to be in the tree: the bundle's records hash to the leaf hashes of
// tiles that lead to the checkpoint's root. A few bundles are asked for ahead, and handed out in order.

import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseBundle } from '../../core/log/entry-bundle.ts';
import { parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import { bundlePath, bundlesBetween, tileWidth, type BundleId } from '../../core/log/tile.ts';
import type { VerifiedTree } from '../../core/log/tile-reader.ts';

/** Bundles that are asked for at once. */
const ahead = 8;

export interface VerifiedEntry {
  readonly index: number;
  /** Undefined when the entry's bytes are no leaf record. */
  readonly leaf: LeafRecord | undefined;
  readonly leafHash: Uint8Array;
}

export interface VerifiedBundle {
  readonly bundle: BundleId;
  /** Only those that were asked for; all of the bundle were checked. */
  readonly entries: readonly VerifiedEntry[];
}

/**
 * The bundles that hold the entries from `from` up to the tree's size. Throws proof-invalid when something does not belong
 * to the tree, and network, server-answer or not-found like the source.
 */
export async function* readEntries(
  tree: VerifiedTree,
  source: LedgerSource,
  from: number,
): AsyncGenerator<VerifiedBundle> {
  const waiting: Promise<VerifiedBundle>[] = [];
  const { size } = tree.checkpoint;
  if (from >= size) return;
  for (const bundle of bundlesBetween(from, size)) {
    const reading = readBundle(tree, source, bundle, from);
    // Told when its turn comes, also when nobody waits for it any more.
    reading.catch(() => undefined);
    waiting.push(reading);
    if (waiting.length < ahead) continue;
    const next = waiting.shift();
    if (next !== undefined) yield await next;
  }
  for (const rest of waiting) yield await rest;
}

/** One entry of the tree. Throws like readEntries. */
export async function readEntry(
  tree: VerifiedTree,
  source: LedgerSource,
  index: number,
): Promise<VerifiedEntry | undefined> {
  for (const bundle of bundlesBetween(index, Math.min(tree.checkpoint.size, index + 1))) {
    const whole = { ...bundle, width: Math.min(tileWidth, tree.checkpoint.size - bundle.index * tileWidth) };
    const { entries } = await readBundle(tree, source, whole, index);
    return entries.find((entry) => entry.index === index);
  }
  return undefined;
}

async function readBundle(
  tree: VerifiedTree,
  source: LedgerSource,
  bundle: BundleId,
  from: number,
): Promise<VerifiedBundle> {
  const [bytes, nodes] = await Promise.all([source.bundle(bundle), tree.nodes({ level: 0, ...bundle })]);
  const entries = parseBundle(bytes, bundle.width).map((record, position): VerifiedEntry => {
    const index = bundle.index * tileWidth + position;
    const hash = leafHash(record);
    if (compareBytes(hash, nodes.node(0, position)) !== 0) {
      throw new TrustError(
        'proof-invalid',
        `Entry ${index} in ${bundlePath(bundle)} is not the one in the checkpoint's tree`,
      );
    }
    return { index, leaf: readLeaf(record), leafHash: hash };
  });
  return { bundle, entries: entries.filter(({ index }) => index >= from) };
}

function readLeaf(record: Uint8Array): LeafRecord | undefined {
  try {
    return parseLeaf(fromUtf8(record));
  } catch {
    return undefined;
  }
}
