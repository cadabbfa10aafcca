// How many entries there are to examine. Three places say so (how many rows, the last index, the head of the log), and any
// one of them may be what is damaged: what two say counts. Numbers are read as text, because one may be beyond 2^53.

import { emptyRoot } from '../../core/log/merkle-hash.ts';
import type { Queryable } from '../database.ts';
import type { LogHead } from '../log-head.ts';
import type { Findings } from './findings.ts';

/** Most entries that can be missing in one place before the last index is not believed. */
const maxGap = 1_000_000;

/** The size of the ledger, and its head. Says where they disagree, and which entries stand beyond the end. */
export async function readSize(
  transaction: Queryable,
  findings: Findings,
): Promise<{ readonly size: number; readonly head: LogHead }> {
  const head = await readHeadRow(transaction, findings);
  const { rows } = await transaction.query<{ count: number; last: string }>(
    'select count(*) as count, coalesce(max(idx), -1)::text as last from entries',
  );
  const { count = 0, last = '-1' } = rows[0] ?? {};
  const size = chooseSize(count, Number(last) + 1, head.size);
  if (head.size !== size) {
    findings.add(
      'log_head',
      Math.max(0, size - 1),
      `the head of the log is at ${head.size}, and there are ${size} entries`,
    );
  }
  const { rows: beyond } = await transaction.query<{ index: string }>(
    'select idx::text as index from entries where idx < 0 or idx >= $1 order by entries.idx limit 1000',
    [size],
  );
  for (const { index } of beyond) {
    findings.add('entries', Number(index), `it stands beyond the ${size} entries of the ledger`);
  }
  return { size, head };
}

async function readHeadRow(transaction: Queryable, findings: Findings): Promise<LogHead> {
  const { rows } = await transaction.query<{
    isOnly: boolean;
    origin: string | null;
    size: string;
    root: Uint8Array;
  }>('select only_row as "isOnly", origin, size::text as size, root from log_head');
  const [row] = rows;
  if (rows.length !== 1 || row?.isOnly !== true) {
    findings.add('log_head', undefined, 'it does not have the one row that it should');
  }
  if (row === undefined) return { origin: undefined, size: 0, root: emptyRoot };
  return { origin: row.origin ?? undefined, size: Number(row.size), root: row.root };
}

function chooseSize(count: number, next: number, head: number): number {
  if (next === count || next === head) return next;
  if (count === head) return count;
  return next - count <= maxGap ? next : count;
}
