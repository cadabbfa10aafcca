// Brings the schema to the version of this program: numbered SQL files in db/migrations, forward only, run by
// node-pg-migrate under an advisory lock, all that are missing in one transaction.
//
// Refused with database-version: a database that has migrations we don't know (it is ahead), and one where an applied
// file is not the file we have (somebody edited history). A migration that fails changes nothing and rejects.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { TrustError } from '../core/errors.ts';
import { queryable, typeParsers, type Queryable } from './database.ts';
import { codeOf, translate } from './failures.ts';
import { applicationRole } from './pool.ts';

const migrationsTable = 'schema_migrations';

export interface MigrateOptions {
  /** Where the SQL files are; the project's own when left out. */
  readonly directory?: string;
  /** One line for each file that was applied. */
  readonly log?: (line: string) => void;
}

interface MigrationFile {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Applies what is missing, as the owner of the schema, over a connection of its own. Returns the names that were applied.
 * Throws database-version, database-unavailable, or whatever PostgreSQL says about a migration that fails.
 */
export async function migrate(connection: pg.ClientConfig, options: MigrateOptions = {}): Promise<string[]> {
  const directory = options.directory ?? migrationsDirectory();
  const client = new pg.Client({
    ...connection,
    types: typeParsers,
    application_name: 'trust-ledger migrate',
  });
  try {
    await client.connect();
    const files = readFiles(directory);
    if ((await missingMigrations(queryable(client), files)).length === 0) return [];
    const applied = await runner({
      dbClient: client,
      dir: directory,
      direction: 'up',
      migrationsTable,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
    await recordChecksums(queryable(client), files);
    for (const { name } of applied) options.log?.(`applied migration ${name}`);
    return applied.map(({ name }) => name);
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(ignore);
  }
}

/** Throws database-version unless the schema is exactly the one that this program was written for. */
export async function checkSchema(db: Queryable, directory = migrationsDirectory()): Promise<void> {
  const missing = await missingMigrations(db, readFiles(directory));
  if (missing.length > 0) {
    throw new TrustError('database-version', `The database lacks the migrations ${missing.join(', ')}`, {
      help: 'Start the service once with the address of the schema’s owner, so that it can migrate.',
    });
  }
}

/** Names that are not applied yet; throws database-version when the database is ahead or an applied file was edited. */
async function missingMigrations(db: Queryable, files: readonly MigrationFile[]): Promise<string[]> {
  const applied = await readApplied(db);
  const known = new Map(files.map((file) => [file.name, file.sha256]));
  const ahead = [...applied.keys()].filter((name) => !known.has(name));
  if (ahead.length > 0) {
    throw new TrustError('database-version', `The database is ahead, by the migrations ${ahead.join(', ')}`, {
      help: 'Start the version of trust-ledger that applied them, or a newer one.',
    });
  }
  const edited = files.filter(({ name, sha256 }) => (applied.get(name) ?? sha256) !== sha256);
  if (edited.length > 0) {
    const names = edited.map(({ name }) => name).join(', ');
    throw new TrustError(
      'database-version',
      `Applied migrations are not the files of this program: ${names}`,
      {
        help: 'Restore the files as they were released; a change to the schema is a new migration.',
      },
    );
  }
  return files.map(({ name }) => name).filter((name) => !applied.has(name));
}

/** Applied migrations with the checksum of their file; without one when the process ended before it could be noted. */
async function readApplied(db: Queryable): Promise<Map<string, string | undefined>> {
  try {
    const { rows } = await db.query<{ name: string; sha256: string | null }>(
      `select name, encode(sha256, 'hex') as sha256
      from ${migrationsTable}
      left join schema_checksums using (name)`,
    );
    return new Map(rows.map((row) => [row.name, row.sha256 ?? undefined]));
  } catch (error) {
    const undefinedTable = '42P01';
    if (codeOf(error) === undefinedTable) return new Map();
    throw error;
  }
}

async function recordChecksums(db: Queryable, files: readonly MigrationFile[]): Promise<void> {
  await db.query(
    `insert into schema_checksums (name, sha256)
    select name, decode(sha256, 'hex')
    from unnest($1::text[], $2::text[]) as files (name, sha256)
    on conflict do nothing`,
    [files.map(({ name }) => name), files.map(({ sha256 }) => sha256)],
  );
  const { rows } = await db.query(`select from pg_roles where rolname = $1`, [applicationRole]);
  if (rows.length > 0) await db.query(`grant select on ${migrationsTable} to ${applicationRole}`);
}

function readFiles(directory: string): MigrationFile[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      // A checkout may have other line ends; the text is the same.
      const text = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n');
      return { name: file.slice(0, -'.sql'.length), sha256: createHash('sha256').update(text).digest('hex') };
    });
}

/** db/migrations of the project, seen from the sources and from dist/. */
function migrationsDirectory(): string {
  const beside = fileURLToPath(new URL('migrations', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../db/migrations', import.meta.url));
}

function ignore(): void {
  // node-pg-migrate narrates every statement; failures reach us as rejections.
}
