// The projections as they are, row by row, against those that were made anew from entries and documents.
//
// Made anew are temporary tables of the same names, which stand before the real ones for as long as the transaction lasts:
// so the code that projects is the very same, nothing real is locked or written, and nothing is left behind.

import type { Queryable } from '../database.ts';
import { projectionTables } from '../rebuild.ts';
import type { Findings } from './findings.ts';

type Table = (typeof projectionTables)[number];

/** The column that says which entry a row comes from. */
function indexColumn(table: Table): string {
  return table === 'identities' ? 'first_idx' : 'idx';
}

/** Makes the temporary tables: empty projections, and the list of the entries that could not be replayed. */
export async function shadowProjections(transaction: Queryable): Promise<void> {
  await transaction.query('set local search_path = pg_temp, public');
  for (const table of projectionTables) {
    await transaction.query(
      `create temporary table ${table} (like public.${table} including all) on commit drop`,
    );
  }
  await transaction.query('create temporary table fsck_skipped (idx bigint, author text) on commit drop');
}

/** Compares every projection with its shadow, in both directions, and says which entries the rows come from. */
export async function checkProjections(transaction: Queryable, findings: Findings): Promise<void> {
  // What a retraction that was not replayed has withdrawn is not known.
  await transaction.query(
    `insert into fsck_skipped (idx)
    select idx
    from public.statements
    where retracted_by in (select idx from fsck_skipped)`,
  );
  for (const table of projectionTables) {
    const stored = await difference(transaction, table, 'public', 'pg_temp');
    const right = await difference(transaction, table, 'pg_temp', 'public');
    for (const index of [...new Set([...stored, ...right])].sort((a, b) => Number(a) - Number(b))) {
      findings.add(table, Number(index), describe(index, stored.has(index), right.has(index)));
    }
  }
}

function describe(index: string, isStored: boolean, isRight: boolean): string {
  if (isStored && isRight) return `what it holds of entry ${index} is not what the entry says`;
  return isStored
    ? `it holds a row of entry ${index} that follows from no entry`
    : `it lacks a row of entry ${index}`;
}

/** Indices of the rows of one table that the other lacks, but for those that hang on entries that were skipped. */
async function difference(
  transaction: Queryable,
  table: Table,
  one: 'public' | 'pg_temp',
  other: 'public' | 'pg_temp',
): Promise<Set<string>> {
  const column = indexColumn(table);
  const hasIdentity = table === 'identities' || table === 'certificates';
  const rows = (schema: string): string => `
    select ${column} as idx, ${hasIdentity ? 'identity' : 'null'} as identity, one::text as line
    from ${schema}.${table} as one`;
  const { rows: found } = await transaction.query<{ index: string }>(
    `select idx::text as index
    from (
      select distinct idx
      from (${rows(one)} except all ${rows(other)}) as found
      where not exists (
        select
        from fsck_skipped as skipped
        where skipped.idx = found.idx or skipped.author = found.identity
      )
    ) as found
    order by idx
    limit 1000`,
  );
  return new Set(found.map(({ index }) => index));
}
