// The tiles as they are stored against those of the tree that was built anew: byte for byte, none missing, none too much.

import { compareBytes } from '../../core/bytes.ts';
import type { TileBytes } from '../../core/log/grow.ts';
import { hashAt, tileWidth } from '../../core/log/tile.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import type { Queryable } from '../database.ts';
import type { Findings } from './findings.ts';

/** Compares a stored tile with the right one; says which entries the first difference concerns. */
export function checkTile(right: TileBytes, stored: Uint8Array | undefined, findings: Findings): void {
  const { level, index, hashes } = right;
  if (stored === undefined) {
    findings.add('tiles', firstEntry(level, index, 0), `tile ${level}/${index} is missing`);
    return;
  }
  if (compareBytes(stored, hashes) === 0) return;
  const width = hashes.length / hashBytes;
  const wrong: number[] = [];
  for (let position = 0; position < width; position++) {
    if (compareBytes(hashAt(stored, position), hashAt(hashes, position)) !== 0) wrong.push(position);
  }
  const [first = width - 1] = wrong;
  const from = firstEntry(level, index, first);
  const to = firstEntry(level, index, (wrong.at(-1) ?? first) + 1) - 1;
  const what =
    stored.length === hashes.length
      ? `has ${wrong.length} other hash${wrong.length === 1 ? '' : 'es'} than`
      : `is ${stored.length} bytes long instead of ${hashes.length}, and not that of`;
  findings.add(
    'tiles',
    from,
    `tile ${level}/${index} ${what} ${from === to ? `entry ${from}` : `the entries ${from} to ${to}`}`,
  );
}

/** Says which tiles are stored although the tree of this size has none there. */
export async function checkNoMoreTiles(
  transaction: Queryable,
  size: number,
  findings: Findings,
): Promise<void> {
  // How many tiles there are on each level.
  const counts: number[] = [];
  for (let hashes = size; hashes > 0; hashes = Math.floor(hashes / tileWidth)) {
    counts.push(Math.ceil(hashes / tileWidth));
  }
  const { rows } = await transaction.query<{ level: number; index: string }>(
    `select level, idx::text as index
    from tiles
    left join unnest($1::bigint[]) with ordinality as expected (count, number) on expected.number = level + 1
    where idx < 0 or idx >= coalesce(expected.count, 0)
    order by level, idx
    limit 1000`,
    [counts],
  );
  for (const { level, index } of rows) {
    const first = firstEntry(level, Number(index), 0);
    findings.add(
      'tiles',
      Number.isSafeInteger(first) ? first : undefined,
      `tile ${level}/${index} does not belong to a tree of ${size} entries`,
    );
  }
}

function firstEntry(level: number, index: number, position: number): number {
  return (index * tileWidth + position) * tileWidth ** level;
}
