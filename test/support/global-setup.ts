// Once per run, before tests that need a database: a PostgreSQL with a migrated template, and a migrated data folder for
// the embedded database. Test files copy them (database.ts). And the site's browser modules, freshly built.
//
// The PostgreSQL is the one that DATABASE_URL names if its login may create databases and roles, else one of our own
// (postgres-server.ts).

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { buildBrowser } from './build-browser.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a PostgreSQL in which databases may be created. */
    postgresUrl: string;
    /** Name of the migrated database to clone there. */
    postgresTemplate: string;
    /** A migrated data folder to copy. */
    embeddedTemplate: string;
  }
}

/** vitest's hook: returns what to do after the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-template-'));
  const embeddedTemplate = join(folder, 'data');
  const [server] = await Promise.all([findServer(), makeEmbedded(embeddedTemplate), buildBrowser()]);
  const template = `trust_ledger_template_${process.pid}_${Date.now()}`;
  await runSql(server.url, `create database ${template}`);
  await migrate({ connectionString: databaseUrl(server.url, template) });
  project.provide('postgresUrl', server.url);
  project.provide('postgresTemplate', template);
  project.provide('embeddedTemplate', embeddedTemplate);
  return async () => {
    await runSql(server.url, `drop database ${template} with (force)`);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The address of another database of the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own. */
export async function runSql(url: string, text: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end();
  }
}

async function makeEmbedded(dataDir: string): Promise<void> {
  const db = await openDatabase({ dataDir });
  await db.close();
}

async function findServer(): Promise<PostgresServer> {
  const given = process.env['DATABASE_URL'];
  if (given === undefined || given === '') return startPostgres();
  const problem = await unusable(given);
  if (problem === undefined) return { url: given, stop: () => Promise.resolve() };
  process.stderr.write(`\nDATABASE_URL is not used: ${problem}. Starting a PostgreSQL for the tests.\n`);
  return startPostgres();
}

async function unusable(url: string): Promise<string | undefined> {
  try {
    const { rows } = await runSql(
      url,
      `select
        current_setting('server_version_num')::int >= 150000 as new_enough,
        rolsuper or (rolcreatedb and rolcreaterole) as may_create
      from pg_roles
      where rolname = current_user`,
    );
    if (rows[0]?.['new_enough'] !== true) return 'it is older than PostgreSQL 15';
    if (rows[0]['may_create'] !== true) return 'its login may not create databases and roles';
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
