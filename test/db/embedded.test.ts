import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/connect.ts';
import { DurableNodeFS, durableStartParams } from '../../db/durable-node-fs.ts';
import { lockFolder } from '../../db/embedded-lock.ts';
import { usePlaces } from '../support/database.ts';
import { expectCode } from '../support/matchers.ts';
import { runTypeScript } from '../support/run-typescript.ts';

const scratch = mkdtempSync(join(tmpdir(), 'trust-ledger-embedded-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe('the embedded database', () => {
  const makePlace = usePlaces('embedded');

  it('keeps what it holds when it is closed and opened again', async () => {
    const place = await makePlace();
    const db = await openDatabase(place);
    await db.query(`insert into documents values (sha256('a'), 'a')`);
    await db.close();
    const again = await openDatabase(place);
    expect((await again.query('select body from documents')).rows).toEqual([{ body: 'a' }]);
    await again.close();
  });

  it('is for one process: the second is told so, and the first goes on', async () => {
    const place = await makePlace();
    const db = await openDatabase(place);
    const error = await expectCode('database-unavailable', () => openDatabase(place));
    expect(error.message).toContain(place.dataDir);
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await db.close();
    await (await openDatabase(place)).close();
  });

  it('keeps transactions apart, however many want one at once', async () => {
    const db = await openDatabase(await makePlace());
    const add = (i: number): Promise<void> =>
      db.transaction(async (transaction) => {
        const { rows } = await transaction.query<{ count: number }>(
          'select count(*)::int as count from documents',
        );
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        const text = `${i} after ${rows[0]!.count}`;
        await transaction.query(`insert into documents values (sha256($1::text::bytea), $1)`, [text]);
        if (i % 3 === 0) throw new Error('changed its mind');
      });
    const results = await Promise.allSettled([
      ...Array.from({ length: 15 }, (_, i) => add(i)),
      ...Array.from({ length: 15 }, () => db.query('select count(*) from documents')),
    ]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    const { rows } = await db.query<{ body: string }>('select body from documents');
    // Each saw what was committed before it, and nothing else.
    expect(rows.map(({ body }) => Number(body.split(' ')[2])).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    await db.close();
  });

  it('survives a statement that fails, and one that is larger than a network packet', async () => {
    const db = await openDatabase(await makePlace());
    await expect(db.query('select nonsense')).rejects.toMatchObject({ code: '42703' });
    const large = 'x'.repeat(3_000_000);
    expect((await db.query('select length($1) as length', [large])).rows).toEqual([{ length: 3_000_000 }]);
    await db.close();
  });

  it('listens where only this user can go', async () => {
    const place = await makePlace();
    const db = await openDatabase(place);
    expect(statSync(join(place.dataDir, 'run')).mode & 0o777).toBe(0o700);
    await db.close();
    expect(readdirSync(place.dataDir).sort()).toEqual(['lock', 'postgres']);
    expect(readdirSync(join(place.dataDir, 'lock'))).toEqual([]);
  });

  it('opens under a path that is too long for a socket', async () => {
    const deep = join(scratch, 'long'.repeat(20), 'long'.repeat(20));
    mkdirSync(dirname(deep), { recursive: true });
    const db = await openDatabase({ dataDir: deep });
    await expectCode('database-unavailable', () => openDatabase({ dataDir: deep }));
    await db.close();
  });

  it('says what to do when the folder cannot be one', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    await expectCode('database-unavailable', () => openDatabase({ dataDir: join(file, 'data') }));
  });

  it('writes each commit to the disk before it is acknowledged', async () => {
    let synced = 0;
    class CountingFS extends DurableNodeFS {
      protected override syncFile(file: number): void {
        synced++;
        super.syncFile(file);
      }
    }
    const { dataDir } = await makePlace();
    const fs = new CountingFS(join(dataDir, 'postgres'));
    const db = await PGlite.create({ fs, startParams: [...durableStartParams] });
    const before = synced;
    for (let i = 0; i < 5; i++) await db.query(`insert into documents values (sha256('${i}'), '${i}')`);
    expect(synced - before).toBeGreaterThanOrEqual(5);
    await db.close();
  });
});

describe('the lock of a data folder', () => {
  it('is free again after it is released', async () => {
    const folder = join(scratch, 'released');
    const lock = await lockFolder(folder);
    await expectCode('database-unavailable', () => lockFolder(folder));
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('is taken over from a process that was killed', async () => {
    const folder = join(scratch, 'killed');
    const child = holdInOtherProcess(folder);
    expect(await firstLine(child)).toBe('locked');
    await expectCode('database-unavailable', () => lockFolder(folder));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(join(folder, 'lock')), 'what the killed process left').toHaveLength(1);
    const lock = await lockFolder(folder);
    expect(readdirSync(join(folder, 'lock')), 'only our own').toHaveLength(1);
    await lock.release();
  });

  it('goes to at most one of many who want it at the same time, and to one in the end', async () => {
    const folder = join(scratch, 'race');
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)));
      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(winners).toHaveLength(1);
      await winners[0]!.release();
    }
  });

  it('goes to at most one of several processes that start at the same time', async () => {
    const folder = join(scratch, 'processes');
    const children = Array.from({ length: 4 }, () => holdInOtherProcess(folder));
    const answers = await Promise.all(children.map(firstLine));
    expect(answers.sort()).toEqual([
      'database-unavailable',
      'database-unavailable',
      'database-unavailable',
      'locked',
    ]);
    for (const child of children) child.kill('SIGKILL');
  });
});

function holdInOtherProcess(folder: string): ChildProcess {
  return runTypeScript(join(dirname(fileURLToPath(import.meta.url)), '..', 'support', 'hold-lock.ts'), [
    folder,
  ]);
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return chunk.toString().trim();
}
