// The connection pool: session settings, the application's role, and what happens when an idle connection breaks.
//
// Every connection works as trust_ledger_app, which owns nothing and can therefore neither change the ledger nor switch
// off the triggers that guard it. Where that role does not exist or the login may not take it (a hosted database where
// roles can't be created), connections work as the login itself: the triggers still refuse, but an owner could drop them.

import pg from 'pg';
import { typeParsers } from './database.ts';

/** The role that the application works as; the migrations create it and give it its rights. */
export const applicationRole = 'trust_ledger_app';

export interface PoolOptions {
  /** Where to: a connection string, or host and port of the embedded database. */
  readonly connection: Pick<
    pg.PoolConfig,
    'connectionString' | 'host' | 'port' | 'user' | 'database' | 'password'
  >;
  /** Most connections at once. */
  readonly max: number;
  /** Longest that a statement may run, in milliseconds; 0 for no limit. */
  readonly statementTimeout: number;
  /** Told of connections that break while idle. The pool has replaced them already. */
  readonly onIdleError: (error: Error) => void;
}

/** A pool whose connections work as the application's role, when that role exists and the login may take it. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.max,
    types: typeParsers,
    application_name: 'trust-ledger',
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
    ...(options.statementTimeout > 0 && {
      statement_timeout: options.statementTimeout,
      idle_in_transaction_session_timeout: options.statementTimeout,
    }),
    // The pool waits for the promise before it hands the connection out, and fails the caller when it rejects.
    onConnect: (client: pg.ClientBase): unknown => takeRole(client),
  });
  pool.on('error', options.onIdleError);
  return pool;
}

async function takeRole(client: pg.ClientBase): Promise<void> {
  // Compiling and parallel workers cost more than they give for questions of a few milliseconds, of which many run at once.
  // Keys are looked up by the thousand through indexes in memory, where any page costs hardly more than the next one.
  await client.query('set jit to off; set max_parallel_workers_per_gather to 0; set random_page_cost to 1.1');
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(current_user, rolname, 'member') as may from pg_roles where rolname = $1`,
    [applicationRole],
  );
  if (rows[0]?.may === true) await client.query(`set role ${applicationRole}`);
}
