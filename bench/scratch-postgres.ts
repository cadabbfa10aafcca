// The database of the bench: the PostgreSQL that DATABASE_URL names, else one of its own on a temporary folder, with the
// durability that PostgreSQL ships with. Every bench gets a new database in it.

import pg from 'pg';
import { findBinaries } from '../test/support/postgres-binaries.ts';
import { startPostgres } from '../test/support/postgres-server.ts';

export interface BenchPostgres {
  /** For the report: version of the server and how it was come by. */
  readonly description: string;
  /** Makes an empty database and returns its address. */
  createDatabase(name: string): Promise<string>;
  /** Runs a statement as the owner. */
  ask(url: string, text: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts or finds a PostgreSQL. */
export async function openPostgres(): Promise<BenchPostgres> {
  const given = process.env['DATABASE_URL'];
  const server =
    given === undefined
      ? await startPostgres(findBinaries, [])
      : { url: given, stop: () => Promise.resolve() };
  const version = await ask(server.url, 'show server_version');
  const made: string[] = [];
  return {
    description: `PostgreSQL ${version}${given === undefined ? ', started for the bench' : ''}`,
    async createDatabase(name) {
      const database = `bench_${name}_${process.pid}`;
      await ask(server.url, `create database ${database}`);
      made.push(database);
      const url = new URL(server.url);
      url.pathname = `/${database}`;
      return url.href;
    },
    ask,
    async stop() {
      for (const database of made) await ask(server.url, `drop database if exists ${database} with (force)`);
      await server.stop();
    },
  };
}

async function ask(url: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(text);
    return Object.values(rows[0] ?? {})[0] ?? '';
  } finally {
    await client.end();
  }
}
