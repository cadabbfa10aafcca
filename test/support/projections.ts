// What the projections of a ledger hold, to compare two states of them.

import type { Database } from '../../db/database.ts';
import { projectionTables } from '../../db/rebuild.ts';

/** Every row of every projection, as the database writes it. */
export async function contents(db: Database): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of projectionTables) {
    const { rows } = await db.query<{ row: string }>(
      `select ${table}::text as row from ${table} order by ${table}::text collate "C"`,
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}
