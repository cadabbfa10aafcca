// Databases for tests: fresh, migrated copies of the run's templates (global-setup.ts), gone when their file is done.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, inject } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { databaseUrl, runSql } from './global-setup.ts';

export const databaseKinds = ['embedded', 'postgresql'] as const;
export type DatabaseKind = Database['kind'];

/** What a test needs to open one of its databases, also from another process. */
export interface TestPlace {
  readonly dataDir: string;
  readonly databaseUrl?: string;
}

let counter = 0;

/**
 * Runs a suite on the embedded database and on PostgreSQL. Each call of `open` gives a fresh, migrated, empty database,
 * which is closed and removed after the suite. The embedded one takes a second: share it within a file.
 */
export function describeDatabases(
  name: string,
  body: (open: () => Promise<Database>, kind: DatabaseKind) => void,
): void {
  describe.each(databaseKinds)(`${name} (%s)`, (kind) => {
    const opened: Database[] = [];
    const makePlace = usePlaces(kind);
    afterAll(async () => {
      for (const db of opened) await db.close();
    });
    body(async () => {
      const db = await openDatabase(await makePlace());
      opened.push(db);
      return db;
    }, kind);
  });
}

/** For use in a `describe`: makes fresh, migrated, empty databases of a kind, and removes them afterwards. */
export function usePlaces(kind: DatabaseKind): () => Promise<TestPlace> {
  const cleanups: (() => Promise<void> | void)[] = [];
  // Runs after the suite's own afterAll hooks, which close what they opened: vitest runs them last in, first out.
  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });
  return async () => {
    if (kind === 'embedded') {
      const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-db-'));
      cleanups.push(() => {
        rmSync(folder, { recursive: true, force: true });
      });
      const dataDir = join(folder, 'data');
      cpSync(inject('embeddedTemplate'), dataDir, { recursive: true });
      return { dataDir };
    }
    const { name, url } = await createDatabase(inject('postgresTemplate'));
    // Key and fence of a service on it are there.
    const dataDir = mkdtempSync(join(tmpdir(), 'trust-ledger-data-'));
    cleanups.push(async () => {
      await runSql(inject('postgresUrl'), `drop database if exists ${name} with (force)`);
      rmSync(dataDir, { recursive: true, force: true });
    });
    return { dataDir, databaseUrl: url };
  };
}

/** A new PostgreSQL database, from a template or empty. */
export async function createDatabase(template?: string): Promise<{ name: string; url: string }> {
  const name = `trust_ledger_test_${process.pid}_${++counter}`;
  const from = template === undefined ? 'template0' : template;
  await runSql(inject('postgresUrl'), `create database ${name} template ${from}`);
  return { name, url: databaseUrl(inject('postgresUrl'), name) };
}
