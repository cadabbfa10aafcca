// The table secrets: random keys that all processes on one database share, each made the first time that it is asked for.

import type { Queryable } from './database.ts';

/** The secret of this name; `fresh` becomes it when there is none yet. */
export async function readOrMakeSecret(db: Queryable, name: string, fresh: Uint8Array): Promise<Uint8Array> {
  await db.query(
    `insert into secrets (name, value)
    values ($1, $2)
    on conflict do nothing`,
    [name, fresh],
  );
  const { rows } = await db.query<{ value: Uint8Array }>('select value from secrets where name = $1', [name]);
  const [row] = rows;
  if (row === undefined) throw new Error(`The secret ${name} was removed just now.`);
  return row.value;
}
