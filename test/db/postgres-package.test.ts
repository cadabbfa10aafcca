// The last resort of the suite: where no PostgreSQL is installed, the binaries of a development dependency.

import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { databaseUrl, runSql } from '../support/global-setup.ts';
import { packagedBinaries } from '../support/postgres-binaries.ts';
import { startPostgres } from '../support/postgres-server.ts';

describe('the packaged PostgreSQL', () => {
  it('starts from the package alone, for any user, and takes the schema', async () => {
    const server = await startPostgres(packagedBinaries);
    try {
      const db = await openDatabase({ databaseUrl: server.url, dataDir: '' });
      expect(Number.parseInt(db.version)).toBeGreaterThanOrEqual(15);
      expect((await db.query('select current_user as role')).rows).toEqual([{ role: 'trust_ledger_app' }]);
      await db.close();
    } finally {
      await server.stop();
    }
  });

  it('takes the schema in several databases at once, which all want to create the one role', async () => {
    const server = await startPostgres(packagedBinaries);
    try {
      const names = ['one', 'two', 'three', 'four'];
      for (const name of names) await runSql(server.url, `create database ${name}`);
      const applied = await Promise.all(
        names.map((name) => migrate({ connectionString: databaseUrl(server.url, name) })),
      );
      expect(applied.every((migrations) => migrations.length > 0)).toBe(true);
    } finally {
      await server.stop();
    }
  });
});
