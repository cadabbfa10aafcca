import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import { queryable } from '../../db/database.ts';
import { checkSchema, migrate } from '../../db/migrate.ts';
import { createDatabase, describeDatabases } from '../support/database.ts';
import { runSql } from '../support/global-setup.ts';
import { expectCode } from '../support/matchers.ts';

const ours = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'db', 'migrations');
const names = readdirSync(ours).map((file) => file.replace('.sql', ''));

describeDatabases('opening', (open, kind) => {
  it('works as the role of the application, on PostgreSQL 15 or newer', async () => {
    const db = await open();
    expect(db.kind).toBe(kind);
    expect(Number.parseInt(db.version)).toBeGreaterThanOrEqual(15);
    expect((await db.query('select current_user as role')).rows).toEqual([{ role: 'trust_ledger_app' }]);
    await checkSchema(db);
  });

  it('reads large numbers exactly or not at all', async () => {
    const db = await open();
    expect((await db.query('select 9007199254740991::bigint as n')).rows).toEqual([
      { n: Number.MAX_SAFE_INTEGER },
    ]);
    await expectCode('ledger-corrupt', () => db.query('select 9007199254740992::bigint as n'));
    await db.close();
    await db.close();
  });
});

describe('migrating (postgresql)', () => {
  let url: string;
  let directory: string;
  const made: string[] = [];
  const dropped: string[] = [];

  beforeEach(async () => {
    const created = await createDatabase();
    url = created.url;
    dropped.push(`drop database ${created.name} with (force)`);
    directory = mkdtempSync(join(tmpdir(), 'trust-ledger-migrations-'));
    made.push(directory);
    cpSync(ours, directory, { recursive: true });
  });
  afterEach(async () => {
    for (const sql of dropped.splice(0)) await runSql(inject('postgresUrl'), sql);
  });
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });

  const connection = (): pg.ClientConfig => ({ connectionString: url });
  const tables = async (): Promise<unknown[]> =>
    (await runSql(url, `select tablename from pg_tables where schemaname = 'public'`)).rows;

  it('applies everything once, in order, and says so', async () => {
    const lines: string[] = [];
    expect(await migrate(connection(), { log: (line) => lines.push(line) })).toEqual(names);
    expect(lines).toEqual(names.map((name) => `applied migration ${name}`));
    expect(await migrate(connection())).toEqual([]);
  });

  it('works when twenty start at the same time', async () => {
    const applied = await Promise.all(Array.from({ length: 20 }, () => migrate(connection())));
    expect(applied.filter((some) => some.length > 0)).toEqual([names]);
    const { rows } = await runSql(url, 'select name from schema_migrations order by id');
    expect(rows).toEqual(names.map((name) => ({ name })));
  });

  it('works in several databases of one server at the same time, whose roles are shared', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => createDatabase()));
    dropped.push(...others.map(({ name }) => `drop database ${name} with (force)`));
    const applied = await Promise.all(others.map(({ url: other }) => migrate({ connectionString: other })));
    expect(applied).toEqual(others.map(() => names));
  });

  it('refuses a database that is ahead', async () => {
    writeFileSync(join(directory, '0099_future.sql'), 'create table future (id bigint);');
    await migrate(connection(), { directory });
    const error = await expectCode('database-version', () => migrate(connection()));
    expect(error.message).toContain('0099_future');
    await expectCode('database-version', () => openDatabase({ databaseUrl: url, dataDir: '' }));
  });

  it('refuses when an applied file was edited', async () => {
    await migrate(connection());
    appendFileSync(join(directory, `${names[0]!}.sql`), '-- better now\n');
    const error = await expectCode('database-version', () => migrate(connection(), { directory }));
    expect(error.message).toContain(names[0]);
  });

  it('takes other line ends for the same file', async () => {
    await migrate(connection());
    for (const file of readdirSync(directory)) {
      const { readFileSync } = await import('node:fs');
      const text = readFileSync(join(directory, file), 'utf8');
      writeFileSync(join(directory, file), text.replaceAll('\n', '\r\n'));
    }
    expect(await migrate(connection(), { directory })).toEqual([]);
  });

  it('rejects when a migration fails, and leaves the schema as it was', async () => {
    writeFileSync(join(directory, '0098_fine.sql'), 'create table fine (id bigint);');
    writeFileSync(join(directory, '0099_broken.sql'), 'create table half (id bigint); select nonsense;');
    await expect(migrate(connection(), { directory })).rejects.toThrow(/nonsense/);
    expect(await tables()).toEqual([{ tablename: 'schema_migrations' }]);
    await migrate(connection());
    await expect(migrate(connection(), { directory })).rejects.toThrow(/nonsense/);
    expect(await tables()).not.toContainEqual({ tablename: 'fine' });
    await checkSchema(await queryOnce(url));
  });

  it('says so when the schema is behind', async () => {
    const db = await queryOnce(url);
    const error = await expectCode('database-version', () => checkSchema(db));
    expect(error.message).toContain(names[0]);
  });

  it('keeps the owner apart from the login of the service', async () => {
    const login = `web_${process.pid}_${Date.now()}`;
    await migrate(connection());
    await runSql(url, `create role ${login} login; grant trust_ledger_app to ${login}`);
    dropped.push(`drop role ${login}`);
    const serviceUrl = url.replace('postgres://postgres@', `postgres://${login}@`);
    const lines: string[] = [];
    const db = await openDatabase({
      databaseUrl: serviceUrl,
      ownerUrl: url,
      dataDir: '',
      log: (line) => lines.push(line),
    });
    expect((await db.query('select session_user as login, current_user as role')).rows).toEqual([
      { login, role: 'trust_ledger_app' },
    ]);
    await expect(db.query('reset role; alter table entries disable trigger all')).rejects.toMatchObject({
      code: '42501',
    });
    await db.close();
    expect(lines).toEqual([]);
  });

  it('works for a login that may not make roles, and says what that means', async () => {
    const owner = `plain_${process.pid}_${Date.now()}`;
    const { name, url: adminUrl } = await createDatabase();
    await runSql(inject('postgresUrl'), `create role ${owner} login`);
    await runSql(inject('postgresUrl'), `alter database ${name} owner to ${owner}`);
    dropped.push(`drop database ${name} with (force)`, `drop role ${owner}`);
    const lines: string[] = [];
    const plainUrl = adminUrl.replace('postgres://postgres@', `postgres://${owner}@`);
    const db = await openDatabase({ databaseUrl: plainUrl, dataDir: '', log: (line) => lines.push(line) });
    expect((await db.query('select current_user as role')).rows).toEqual([{ role: owner }]);
    await expect(db.query('delete from entries')).rejects.toMatchObject({ code: '23000' });
    await db.close();
    expect(lines.join('\n')).toContain(`the database login ${owner} owns the ledger's tables`);
  });

  it('says that a database cannot be reached', async () => {
    const nowhere = 'postgres://postgres@127.0.0.1:1/nothing';
    const error = await expectCode('database-unavailable', () =>
      openDatabase({ databaseUrl: nowhere, dataDir: '' }),
    );
    expect(error.help).toContain('DATABASE_URL');
  });

  async function queryOnce(address: string): Promise<ReturnType<typeof queryable>> {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    client.on('error', () => undefined);
    return queryable(client);
  }
});
