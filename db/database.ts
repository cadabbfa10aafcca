// The database as the rest of the service sees it: one way to ask, one way to change several things at once.
//
// Decided here: int8 is read as a JavaScript number, and one beyond 2^53 - 1 is refused instead of rounded. Indices stay
// far below; the few columns that don't (nanoseconds) are selected as text. Retries are for what others caused:
// serialization failures and deadlocks. A transaction's work may therefore run more than once.

import pg from 'pg';
import { TrustError } from '../core/errors.ts';
import { isWorthRetrying, translate } from './failures.ts';

export interface Rows<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** Something that answers SQL: the database, or one transaction in it. */
export interface Queryable {
  query<Row extends object>(text: string, values?: unknown[]): Promise<Rows<Row>>;
}

export interface Database extends Queryable {
  /** PGlite inside this process, or a PostgreSQL server. */
  readonly kind: 'embedded' | 'postgresql';
  /** Its version as it reports it, for example `15.18`. */
  readonly version: string;
  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects, begins again up to four times
   * after a serialization failure or deadlock. Inside, ask only the argument: on the embedded database, the only
   * connection is taken.
   */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
  /** Waits for running queries, then closes. Closing again does nothing. */
  close(): Promise<void>;
}

const attempts = 5;

/** Reads int8 as a number; throws ledger-corrupt when it doesn't fit. */
function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new TrustError('ledger-corrupt', `A number in the database is beyond 2^53: ${text}`);
  }
  return value;
}

/** How values are read: pg's own ways, but for int8. */
export const typeParsers = new pg.TypeOverrides();
typeParsers.setTypeParser(pg.types.builtins.INT8, readInt8);

/** The one way to ask a pool or a client: errors translated. */
export function queryable(source: pg.Pool | pg.ClientBase): Queryable {
  return {
    async query<Row extends object>(text: string, values?: unknown[]): Promise<Rows<Row>> {
      try {
        return await source.query<Row>(text, values);
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

/** Runs `work` in a transaction on a connection of the pool; see Database.transaction. */
export async function withTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      if (attempt === attempts || !isWorthRetrying(error)) throw translate(error);
      // Others are ahead: wait a little, each a different time.
      await new Promise((resolve) => setTimeout(resolve, attempt * (5 + Math.random() * 20)));
    }
  }
}

async function runOnce<Result>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(queryable(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      // A connection that can't even roll back is thrown away; the server rolls back when it closes.
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
