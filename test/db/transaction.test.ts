import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import { describeDatabases, usePlaces } from '../support/database.ts';
import { runSql } from '../support/global-setup.ts';
import { expectCode } from '../support/matchers.ts';

describeDatabases('a transaction', (open) => {
  it('commits when its work is done, and rolls back when it fails', async () => {
    const db = await open();
    const insert = `insert into documents values (sha256('a'), 'a')`;
    await expect(
      db.transaction(async (transaction) => {
        await transaction.query(insert);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await db.query('select * from documents')).rows).toEqual([]);
    expect(
      await db.transaction(async (transaction) => {
        await transaction.query(insert);
        return 'done';
      }),
    ).toBe('done');
    expect((await db.query('select body from documents')).rows).toEqual([{ body: 'a' }]);
  });

  it.each(['40001', '40P01'])('is tried again after %s, and not for ever', async (code) => {
    const db = await open();
    const fail = `do $$ begin raise exception 'others' using errcode = '${code}'; end $$`;
    let tries = 0;
    await db.transaction(async (transaction) => {
      if (++tries < 3) await transaction.query(fail);
    });
    expect(tries).toBe(3);
    tries = 0;
    await expect(
      db.transaction(async (transaction) => {
        tries++;
        await transaction.query(fail);
      }),
    ).rejects.toMatchObject({ code });
    expect(tries).toBe(5);
  });
});

describe('losing the connection (postgresql)', () => {
  const makePlace = usePlaces('postgresql');

  it('is told as such, and the next question works', async () => {
    const place = await makePlace();
    const lines: string[] = [];
    const db = await openDatabase({ ...place, log: (line) => lines.push(line) });
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trust-ledger' and datname = current_database()`;
    const sleeping = expectCode('database-unavailable', () => db.query('select pg_sleep(30)'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await runSql(place.databaseUrl!, kill);
    await sleeping;
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await runSql(place.databaseUrl!, kill);
    await expect.poll(() => lines.join('\n')).toContain('an idle database connection broke');
    expect((await db.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    await db.close();
  });

  it('ends what takes too long', async () => {
    const db = await openDatabase({ ...(await makePlace()), statementTimeout: 100 });
    await expect(db.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
    await db.close();
  });
});
