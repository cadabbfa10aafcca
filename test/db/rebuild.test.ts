import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import type { Database } from '../../db/database.ts';
import { projectionTables, rebuildProjections } from '../../db/rebuild.ts';
import { describeDatabases, usePlaces } from '../support/database.ts';
import { fillLedger } from '../support/full-ledger.ts';
import { runSql } from '../support/global-setup.ts';
import { expectCode } from '../support/matchers.ts';
import { contents } from '../support/projections.ts';

describeDatabases('rebuilding', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    await fillLedger(db);
  });

  it('gives the same tables, byte for byte, as appending gave', async () => {
    const live = await contents(db);
    for (const table of projectionTables) expect(live[table], table).not.toEqual([]);
    const progress: number[] = [];
    expect(await rebuildProjections(db, { progress: (done) => progress.push(done) })).toBe(15);
    expect(await contents(db)).toEqual(live);
    expect(progress).toEqual([15]);
  });

  it('mends tables that were meddled with', async () => {
    const live = await contents(db);
    await db.query('delete from statements where idx % 2 = 0');
    await db.query(`update trust_edges set level = 'high'`);
    await db.query(`insert into identities values ('crev:nobody', 7, null)`);
    expect(await contents(db)).not.toEqual(live);
    await rebuildProjections(db);
    expect(await contents(db)).toEqual(live);
  });

  it('leaves everything as it was when a document does not verify', async () => {
    const live = await contents(db);
    const verify = (): Promise<never> => Promise.reject(new Error('no'));
    const error = await expectCode('ledger-corrupt', () => rebuildProjections(db, { verify }));
    expect(error.message).toContain('entry 4');
    expect(await contents(db)).toEqual(live);
  });
});

describe('rebuilding from a ledger that was tampered with (postgresql)', () => {
  const makePlace = usePlaces('postgresql');
  let url: string;
  beforeEach(async () => {
    const place = await makePlace();
    url = place.databaseUrl!;
    const db = await openDatabase(place);
    await fillLedger(db);
    await db.close();
  });

  it.each([
    [
      'a leaf record',
      `update entries set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'package review', 'trust'), 'UTF8') where idx = 4`,
    ],
    [
      'a document',
      `update documents set body = replace(body, 'positive', 'negative') where hash = (select document_hash from entries where idx = 4)`,
    ],
    ['a time', `update entries set recorded_at = recorded_at + '1 second' where idx = 4`],
  ])('notices %s that was changed, by somebody who took the guards off', async (_, sql) => {
    const guards = ['entries', 'documents']
      .map((table) => `alter table ${table} disable trigger user;`)
      .join(' ');
    const refresh = `update entries set leaf_hash = sha256('\\x00'::bytea || leaf);`;
    await runSql(
      url,
      `begin; alter table entries drop constraint entries_leaf_hash_right; ${guards} ${sql}; ${refresh} commit`,
    );
    const db = await openDatabase({ dataDir: '/nonexistent', databaseUrl: url });
    try {
      const error = await expectCode('ledger-corrupt', () => rebuildProjections(db));
      expect(error.message).toContain('entry 4');
    } finally {
      await db.close();
    }
  });
});
