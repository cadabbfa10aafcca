// What the database itself refuses, whatever the program on top of it does.

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { appendStatements } from '../../db/append.ts';
import { openDatabase } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { applicationRole } from '../../db/pool.ts';
import { describeDatabases, usePlaces } from '../support/database.ts';
import { runSql } from '../support/global-setup.ts';
import { digest, makeReviewer, review, today } from '../support/reviewers.ts';

const insufficientPrivilege = '42501';
const integrityViolation = '23000';

const rewrites = [
  `update entries set author = 'somebody else'`,
  `update entries set recorded_at = recorded_at where false`,
  'delete from entries',
  'truncate entries',
  'truncate entries cascade',
  `update documents set body = ''`,
  'delete from documents',
  'truncate documents cascade',
  `insert into documents (hash, body) select hash, 'other' from documents on conflict (hash) do update set body = excluded.body`,
  `merge into entries using (select 0 as idx) as wanted on entries.idx = wanted.idx when matched then delete`,
];
const dismantlings = [
  'alter table entries disable trigger all',
  'alter table entries disable trigger entries_append_only',
  'drop trigger entries_append_only on entries',
  'drop trigger entries_in_order on entries',
  `create or replace function refuse_rewrite() returns trigger language plpgsql as 'begin return null; end'`,
  'alter table entries drop constraint entries_leaf_hash_right',
  'alter table entries rename to old_entries',
  'create rule quiet as on insert to entries do instead nothing',
  'drop table entries',
  'drop table documents cascade',
  `set session_replication_role = 'replica'`,
  'create table entries_shadow (idx bigint)',
];

describeDatabases('the role of the application', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    const ada = await makeReviewer('Ada');
    const words = review('pkg:npm/left-pad@1.3.0', { sha256: digest(1) });
    await appendStatements(db, [await ada.say(words)], today);
  });

  const snapshot = async (): Promise<unknown> =>
    (await db.query('select * from entries join documents on hash = document_hash order by idx')).rows;

  it.each(rewrites)('may not rewrite the ledger: %s', async (sql) => {
    const before = await snapshot();
    await expect(db.query(sql)).rejects.toMatchObject({ code: insufficientPrivilege });
    expect(await snapshot()).toEqual(before);
  });

  it.each(dismantlings)('may not take the guards off: %s', async (sql) => {
    await expect(db.query(sql)).rejects.toMatchObject({ code: insufficientPrivilege });
  });
});

/** An entry that is right in everything but what `columns` say. */
function entry(columns: Partial<Record<string, string>>): string {
  const leaf = `'leaf'::bytea`;
  const values: Record<string, string> = {
    idx: '1',
    kind: `'trust'`,
    author: `'crev:somebody'`,
    statement_id: `sha256(random()::text::bytea)`,
    document_hash: '(select hash from documents limit 1)',
    recorded_at: `'2026-11-22T12:00:00Z'`,
    leaf,
    leaf_hash: `sha256('\\x00'::bytea || ${leaf})`,
    ...columns,
  };
  return `insert into entries (${Object.keys(values).join(', ')}) values (${Object.values(values).join(', ')})`;
}

describe('the tables of the ledger, for their own owner (postgresql)', () => {
  const makePlace = usePlaces('postgresql');
  let url: string;
  beforeAll(async () => {
    const place = await makePlace();
    url = place.databaseUrl!;
    const db = await openDatabase(place);
    const ada = await makeReviewer('Ada');
    await appendStatements(db, [await ada.say(review('pkg:npm/a@1.0.0', { sha256: digest(1) }))], today);
    await db.close();
  });

  it.each(rewrites)('refuse to be rewritten: %s', async (sql) => {
    await expect(runSql(url, sql)).rejects.toMatchObject({ code: integrityViolation });
    await expect(
      runSql(url, `set session_replication_role = 'replica'; ${sql}`),
      'also for a session that claims to be a replica',
    ).rejects.toMatchObject({ code: integrityViolation });
  });

  it.each([
    ['a gap', { idx: '2' }, /no entry before it/],
    ['a negative index', { idx: '-1' }, /entries_idx_range|no entry before/],
    ['time that goes back', { recorded_at: `'2026-11-22T11:59:59Z'` }, /go back in time/],
    ['fractions of a second', { recorded_at: `'2026-11-22T12:00:00.5Z'` }, /entries_whole_seconds/],
    ['a leaf hash that is not the leaf’s', { leaf_hash: `sha256('leaf'::bytea)` }, /entries_leaf_hash_right/],
    ['a short statement id', { statement_id: `'short'::bytea` }, /entries_statement_id_length/],
    [
      'a document that is not there',
      { document_hash: `sha256('nothing'::bytea)` },
      /entries_document_hash_fkey/,
    ],
    ['an unknown kind', { kind: `'gossip'` }, /entries_kind_known/],
    ['an index that is taken', { idx: '0' }, /entries_pkey/],
  ])('refuse %s', async (_, columns, message) => {
    await expect(runSql(url, entry(columns))).rejects.toThrow(message);
  });

  it('refuse a gap inside one insert, and take what is contiguous', async () => {
    const two = (second: number): string =>
      `${entry({ idx: '1' })}, ${entry({ idx: String(second) }).replace(/^.*values /, '')}`;
    await expect(runSql(url, two(3))).rejects.toThrow(/not contiguous/);
    await runSql(url, `begin; ${two(2)}; rollback`);
    expect((await runSql(url, 'select count(*)::int as count from entries')).rows).toEqual([{ count: 1 }]);
  });

  it('are not fooled by a temporary table of the same name', async () => {
    const fake = `set role ${applicationRole}; reset role; create temporary table entries as select 41::bigint as idx, now() as recorded_at;`;
    await expect(
      runSql(url, `${fake} ${entry({ idx: '42' }).replace('into entries', 'into public.entries')}`),
    ).rejects.toThrow(/no entry before it/);
  });

  it('have a sound SHA-256 of their own: the leaf hash of the database is that of the program', async () => {
    const { rows } = await runSql(
      url,
      `select encode(leaf, 'hex') as leaf, encode(leaf_hash, 'hex') as hash from entries`,
    );
    const leaf = Buffer.from(String(rows[0]!['leaf']), 'hex');
    const hash = createHash('sha256')
      .update(Buffer.concat([Buffer.of(0), leaf]))
      .digest('hex');
    expect(rows[0]!['hash']).toBe(hash);
  });
});
