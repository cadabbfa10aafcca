// Opens the database: PostgreSQL where an address is given, the embedded one otherwise, migrated and ready for questions.
//
// A separate owner's address keeps the right to change the schema away from the running service: the owner migrates, the
// service's login only has to be a member of trust_ledger_app. Without one, the one login does both, and takes the role.

import type pg from 'pg';
import { TrustError } from '../core/errors.ts';
import { queryable, withTransaction, type Database, type Queryable } from './database.ts';
import { startEmbedded, type EmbeddedServer } from './embedded.ts';
import { checkSchema, migrate } from './migrate.ts';
import { createPool, type PoolOptions } from './pool.ts';

export interface OpenOptions {
  /** postgres:// address of a PostgreSQL 15 or newer; the embedded database when left out. */
  readonly databaseUrl?: string | undefined;
  /** Address with the login that owns the schema, for migrations; databaseUrl when left out. */
  readonly ownerUrl?: string | undefined;
  /** Folder of the embedded database. */
  readonly dataDir: string;
  /** Most connections to a PostgreSQL; 10 when left out. The embedded database has one. */
  readonly maxConnections?: number;
  /** Longest that a statement may run on a PostgreSQL, in milliseconds; a minute when left out. */
  readonly statementTimeout?: number;
  /** One line for each thing that an operator may want to know. */
  readonly log?: (line: string) => void;
}

const oldestVersion = 150_000;

/**
 * Opens and migrates. Throws database-unavailable when it can't be reached or is in use, database-version when the schema
 * is ahead, was edited, or is behind and may not be migrated, or when the server is older than 15.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  if (options.databaseUrl !== undefined) {
    const connection = { connectionString: options.databaseUrl };
    const owner = { connectionString: options.ownerUrl ?? options.databaseUrl };
    return open(options, connection, owner, undefined);
  }
  const server = await startEmbedded(options.dataDir);
  try {
    return await open(options, server.connection, server.connection, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function open(
  options: OpenOptions,
  connection: PoolOptions['connection'],
  owner: pg.ClientConfig,
  server: EmbeddedServer | undefined,
): Promise<Database> {
  await migrate(owner, options.log === undefined ? {} : { log: options.log });
  let closed: Promise<void> | undefined;
  const pool = createPool({
    connection,
    max: server === undefined ? (options.maxConnections ?? 10) : 1,
    statementTimeout: server === undefined ? (options.statementTimeout ?? 60_000) : 0,
    onIdleError: (error) => {
      if (closed === undefined) options.log?.(`an idle database connection broke: ${error.message}`);
    },
  });
  try {
    const ask = queryable(pool);
    const version = await readVersion(ask);
    await checkSchema(ask);
    await warnOfOwner(ask, options);
    return {
      kind: server === undefined ? 'postgresql' : 'embedded',
      version,
      query: (text, values) => ask.query(text, values),
      transaction: (work) => withTransaction(pool, work),
      close: () => (closed ??= pool.end().then(() => server?.stop())),
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function readVersion(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ number: string; text: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as text`,
  );
  const { number = '0', text = 'unknown' } = rows[0] ?? {};
  if (Number(number) < oldestVersion) {
    throw new TrustError('database-version', `PostgreSQL ${text} is too old`, {
      help: 'trust-ledger needs PostgreSQL 15 or newer.',
    });
  }
  return text;
}

/** Says so when the service works with rights that could take the guards off the ledger. */
async function warnOfOwner(db: Queryable, options: OpenOptions): Promise<void> {
  const { rows } = await db.query<{ login: string }>(
    `select current_user as login
    from pg_class
    where oid = 'entries'::regclass and pg_has_role(current_user, relowner, 'usage')`,
  );
  if (rows[0] !== undefined) {
    options.log?.(
      `the database login ${rows[0].login} owns the ledger's tables and could drop what guards them: ` +
        'let it create the role trust_ledger_app, or create that role and grant it to the login',
    );
  }
}
