// Damages a ledger as a failing disk or an intruder with every right would: one bit, in one column of one row.

import type { Database, Queryable } from '../../db/database.ts';
import { projectionTables } from '../../db/rebuild.ts';

/** Every table of the ledger. */
export const ledgerTables = [
  ...['entries', 'documents', 'tiles', 'log_head', 'checkpoints', 'log_freeze'],
  ...projectionTables,
] as const;

export interface Column {
  readonly table: string;
  readonly name: string;
  /** As PostgreSQL calls it. */
  readonly type: string;
}

/** Runs something with the rights of the login, who owns everything, instead of the application's. */
export async function asOwner<Result>(
  db: Database,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  return db.transaction(async (transaction) => {
    await transaction.query('set local role none');
    return work(transaction);
  });
}

/** Takes every guard off the ledger but types and unique keys: triggers, checks, references. */
export async function dropGuards(db: Database): Promise<void> {
  await asOwner(db, async (transaction) => {
    const { rows } = await transaction.query<{ table: string; name: string }>(
      `select conrelid::regclass::text as table, conname as name
      from pg_constraint
      where contype in ('c', 'f') and conrelid::regclass::text = any ($1)`,
      [ledgerTables],
    );
    for (const { table, name } of rows) {
      await transaction.query(`alter table ${table} drop constraint ${name}`);
    }
    for (const table of ledgerTables) await transaction.query(`alter table ${table} disable trigger all`);
  });
}

/** Every column of the ledger. */
export async function ledgerColumns(db: Database): Promise<Column[]> {
  const { rows } = await db.query<Column>(
    `select relname as table, attname as name, format_type(atttypid, null) as type
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relname = any ($1) and attnum > 0 and not attisdropped
    order by relname, attnum`,
    [ledgerTables],
  );
  return rows;
}

/** The place of the flip: a fraction of the rows, and a fraction of the bits. */
export interface Place {
  readonly row: number;
  readonly bit: number;
}

/**
 * Flips one bit of a column, in one of the rows where it is not null. Returns how to undo it, and the row as it was; or why
 * the database refused; or undefined when there is nothing to flip.
 */
export async function flipBit(
  db: Database,
  { table, name, type }: Column,
  { row, bit }: Place,
): Promise<
  | { readonly before: Record<string, unknown>; undo(): Promise<void> }
  | { readonly refused: string }
  | undefined
> {
  // As JSON, because what was flipped before may not be readable otherwise.
  const { rows } = await db.query<{ before: string; place: string; value: string }>(
    `select to_jsonb(${table})::text as before, ctid::text as place, ${asBytes(name, type)} as value
    from ${table}
    where ${name} is not null
    order by ctid`,
  );
  const found = rows[Math.floor(row * rows.length)];
  if (found === undefined) return undefined;
  const bytes = Buffer.from(found.value, 'hex');
  if (bytes.length === 0) return undefined;
  const flipped = Buffer.from(bytes);
  const at = type === 'boolean' ? 0 : Math.floor(bit * bytes.length * 8);
  flipped[at >> 3]! ^= 1 << (at & 7);
  const set = async (value: Buffer, place: string): Promise<string> =>
    asOwner(db, async (transaction) => {
      const result = await transaction.query<{ place: string }>(
        `update ${table} set ${name} = ${fromBytes(type)} where ctid = $2::tid returning ctid::text as place`,
        [value.toString('hex'), place],
      );
      return result.rows[0]!.place;
    });
  try {
    const place = await set(flipped, found.place);
    return {
      before: JSON.parse(found.before) as Record<string, unknown>,
      undo: async () => {
        await set(bytes, place);
      },
    };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

/** Hex of what a column holds. */
function asBytes(name: string, type: string): string {
  switch (type) {
    case 'bytea':
      return `encode(${name}, 'hex')`;
    case 'smallint':
      return `encode(int2send(${name}), 'hex')`;
    case 'integer':
      return `encode(int4send(${name}), 'hex')`;
    case 'bigint':
      return `encode(int8send(${name}), 'hex')`;
    case 'boolean':
      return `encode(boolsend(${name}), 'hex')`;
    case 'timestamp with time zone':
      return `encode(int8send((extract(epoch from ${name}) * 1000000)::bigint), 'hex')`;
    // Of an array, its text form: an element, or where one ends.
    case 'text':
    case 'json':
    case 'text[]':
      return `encode(convert_to(${name}::text, 'UTF8'), 'hex')`;
    default:
      throw new Error(`A column of type ${type} is new here`);
  }
}

function fromBytes(type: string): string {
  const number = (bits: number): string => `('x' || $1)::bit(${bits})`;
  switch (type) {
    case 'bytea':
      return `decode($1, 'hex')`;
    case 'smallint':
      return `(${number(16)}::integer::bit(16)::integer # 32768) - 32768`;
    case 'integer':
      return `${number(32)}::integer`;
    case 'bigint':
      return `${number(64)}::bigint`;
    case 'boolean':
      return `get_bit(decode($1, 'hex'), 0) = 1`;
    case 'timestamp with time zone':
      return `timestamptz 'epoch' + ${number(64)}::bigint * interval '1 microsecond'`;
    default:
      return `convert_from(decode($1, 'hex'), 'UTF8')::${type}`;
  }
}
