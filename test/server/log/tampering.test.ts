// A database that was altered, restored or mixed up: nothing is signed over it, nothing is taken into it, and it says why.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { draftOf } from '../../../db/append.ts';
import type { Database, Queryable } from '../../../db/database.ts';
import { insertEntries, lockLedger, placeEntries } from '../../../db/entries.ts';
import { checkLog } from '../../support/check-log.ts';
import { describeDatabases } from '../../support/database.ts';
import { asOwner, dropGuards } from '../../support/flip.ts';
import { logFolder } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';
import { testKey, testOrigin } from '../../support/signed-log.ts';
import { cheapStatement } from '../support/cheap-statements.ts';
import { fenceIn, SignedRoots, startSequencer, testTime, type Sequencer } from '../support/sequencer.ts';

const tables = ['entries', 'tiles', 'log_head', 'checkpoints'] as const;
const notLast = 'where level = 0 and idx = (select max(idx) from tiles where level = 0)';
const flipByte = (at: string): string =>
  `update tiles set hashes = set_byte(hashes, ${at}, get_byte(hashes, ${at}) # 1) ${notLast}`;
const lastEntry = '(select max(idx) from entries)';

/** What is done beside two entries that are committed and not published yet. */
const alterations: Readonly<Record<string, string>> = {
  'a published hash in a tile': flipByte('0'),
  'a new hash in a tile': flipByte('octet_length(hashes) - 1'),
  'a tile that is gone': `delete from tiles ${notLast}`,
  'a tile that is cut': `update tiles set hashes = substring(hashes from 1 for 32) ${notLast}`,
  'a new leaf': `update entries set leaf = set_byte(leaf, 30, 0) where idx = ${lastEntry}`,
  'a new leaf with its hash': `update entries
    set leaf = set_byte(leaf, 30, 0), leaf_hash = sha256('\\x00'::bytea || set_byte(leaf, 30, 0))
    where idx = ${lastEntry}`,
  'a missing entry': `delete from entries where idx = ${lastEntry} - 1`,
  'a missing last entry': `delete from entries where idx = ${lastEntry}`,
  'a root of the head': `update log_head set root = sha256('another')`,
  'a head that is ahead of the entries': 'update log_head set size = size + 1',
  'a head of an earlier size': `update log_head set size = size - 1`,
};

/** What is done to a ledger whose every entry is published, noticed at the next start. */
const atRest: Readonly<Record<string, string>> = {
  'the last leaf': `update entries
    set leaf = set_byte(leaf, 30, 0), leaf_hash = sha256('\\x00'::bytea || set_byte(leaf, 30, 0))
    where idx = ${lastEntry}`,
  'a hash in the last tile': flipByte('40'),
  'the last entry, which is gone': `delete from entries where idx = ${lastEntry}`,
  'the root of the head and of what was published': `with head as (update log_head set root = sha256('another'))
    update checkpoints set root = sha256('another')`,
};

describeDatabases('a log that was tampered with', (open) => {
  let db: Database;
  const folder = logFolder();
  const signed = new SignedRoots();
  let running: Sequencer | undefined;
  let counter = 0;

  const start = async (on = db, key?: Awaited<ReturnType<typeof testKey>>): Promise<Sequencer> => {
    running = await startSequencer({ db: on, folder, key: signed.watch(key ?? (await testKey())) });
    return running;
  };
  const names = (count: number): string[] => Array.from({ length: count }, () => `entry-${counter++}`);
  const append = async (transaction: Queryable, count: number): Promise<number> => {
    await lockLedger(transaction);
    const drafts = names(count).map((name) => draftOf(cheapStatement(name)));
    const receipts = await insertEntries(transaction, await placeEntries(transaction, drafts, testTime));
    return receipts.at(-1)!.index + 1;
  };

  beforeAll(async () => {
    db = await open();
    const { ingest, close } = await start();
    await Promise.all(names(300).map((name) => ingest.submitStatement(name)));
    await close();
    await dropGuards(db);
    // This one makes the checksum, without which no checkpoint can be inserted.
    await asOwner(db, (owner) =>
      owner.query('alter table checkpoints enable always trigger checkpoints_one_root'),
    );
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  /** Saves the ledger, and gives what puts it back. */
  async function save(): Promise<() => Promise<void>> {
    const fence = existsSync(fenceIn(folder)) ? readFileSync(fenceIn(folder)) : undefined;
    await asOwner(db, async (owner) => {
      for (const table of tables) await owner.query(`create table saved_${table} as table ${table}`);
    });
    return async () => {
      await asOwner(db, async (owner) => {
        for (const table of tables) {
          await owner.query(`delete from ${table}`);
          await owner.query(`insert into ${table} table saved_${table}`);
          await owner.query(`drop table saved_${table}`);
        }
      });
      if (fence === undefined) rmSync(fenceIn(folder), { force: true });
      else writeFileSync(fenceIn(folder), fence);
    };
  }

  const traces = async () => ({
    signed: new Map(signed.roots),
    fence: readFileSync(fenceIn(folder), 'utf8'),
    checkpoints: (await db.query('select size, signed_at from checkpoints order by size, signed_at')).rows,
  });

  it.each(Object.entries(alterations))('is not signed any more: %s', async (_, sql) => {
    const restore = await save();
    try {
      const { publisher, ingest } = await start();
      const before = await traces();
      // In one transaction, or the publisher might be faster.
      const size = await asOwner(db, async (owner) => {
        const grown = await append(owner, 2);
        expect((await owner.query(sql)).rowCount).toBe(1);
        return grown;
      });
      const refusal = await expectCode('ledger-corrupt', () => publisher.covering(size));
      expect(refusal.help).toContain('fsck');
      const submission = await expectCode('ledger-corrupt', () => ingest.submitStatement(names(1)[0]!));
      expect(submission.help).toContain('fsck');
      await expectCode('ledger-corrupt', () => ingest.submitStatement(names(1)[0]!));
      await running?.close();
      await expectCode('ledger-corrupt', () => start());
      expect(await traces()).toEqual(before);
    } finally {
      await restore();
    }
  });

  it.each(Object.entries(atRest))('does not start: %s', async (_, sql) => {
    const restore = await save();
    try {
      const before = await traces();
      await asOwner(db, (owner) => owner.query(sql));
      const refusal = await start().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).toMatchObject({
        code: expect.stringMatching(/^(?:ledger-corrupt|config-invalid)$/) as string,
      });
      expect((await traces()).signed).toEqual(before.signed);
      expect((await traces()).fence).toEqual(before.fence);
    } finally {
      await restore();
    }
  });

  it('whose last published entry was removed takes nothing in its place', async () => {
    const restore = await save();
    try {
      const { ingest } = await start();
      await asOwner(db, (owner) => owner.query(`delete from entries where idx = ${lastEntry}`));
      const refusal = await expectCode('ledger-corrupt', () => ingest.submitStatement(names(1)[0]!));
      expect(refusal.help).toContain('fsck');
    } finally {
      await restore();
    }
  });

  it('starts again once it is as it was', async () => {
    const { ingest } = await start();
    const name = names(1)[0]!;
    expect(await ingest.submitStatement(name)).toMatchObject({ status: 'created' });
    const { key } = await testKey();
    await checkLog(db, { keys: [key], fences: [fenceIn(folder)] });
  });

  it('refuses the key file of another, and keeps what is published', async () => {
    const before = await traces();
    const refusal = await expectCode('config-invalid', async () => start(db, await testKey(2)));
    expect(refusal.help).toContain('LOG_KEY_FILE');
    expect((await traces()).checkpoints).toEqual(before.checkpoints);
  });

  it('refuses a fence of another log, and one that is damaged', async () => {
    const file = fenceIn(folder);
    const text = readFileSync(file, 'utf8');
    try {
      writeFileSync(file, text.replace(testOrigin, 'other.example.org/log'));
      expect((await expectCode('config-invalid', () => start())).help).toContain('LOG_FENCE_FILE');
      for (const damaged of ['', text.slice(0, -5), `${text}more\n`, 'nonsense']) {
        writeFileSync(file, damaged);
        await expectCode('config-invalid', () => start());
      }
    } finally {
      writeFileSync(file, text);
    }
  });

  it('refuses a database that is older than its fence, or holds other entries, with the ways out', async () => {
    const file = fenceIn(folder);
    const text = readFileSync(file, 'utf8');
    const last = parseCheckpoint(text);
    try {
      for (const fence of [
        { ...last, size: last.size + 1 },
        { ...last, root: last.root.map((byte) => byte ^ 1) },
        { ...last, size: last.size - 7 },
      ]) {
        writeFileSync(file, formatCheckpoint(fence));
        const refusal = await expectCode('ledger-rolled-back', () => start());
        expect(refusal.message).toContain(file);
        expect(refusal.help).toMatch(/newer backup.*recover.*successor/s);
        expect(readFileSync(file, 'utf8')).toBe(formatCheckpoint(fence));
      }
    } finally {
      writeFileSync(file, text);
    }
  });

  it('notices that a process beside it, with the same fence, has signed more than its database holds', async () => {
    const file = fenceIn(folder);
    const text = readFileSync(file, 'utf8');
    const last = parseCheckpoint(text);
    try {
      const { ingest } = await start();
      writeFileSync(file, formatCheckpoint({ ...last, size: last.size + 50 }));
      await expectCode('ledger-rolled-back', () => ingest.submitStatement(names(1)[0]!));
      await expectCode('ledger-rolled-back', () => ingest.submitStatement(names(1)[0]!));
      expect(readFileSync(file, 'utf8')).toBe(formatCheckpoint({ ...last, size: last.size + 50 }));
    } finally {
      writeFileSync(file, text);
    }
  });

  it('puts a fence back that somebody removed while it ran', async () => {
    const { ingest } = await start();
    rmSync(fenceIn(folder));
    const { index } = await ingest.submitStatement(names(1)[0]!);
    expect(parseCheckpoint(readFileSync(fenceIn(folder), 'utf8')).size).toBe(index + 1);
  });
});

describeDatabases('a backup that is put under a running service', (open) => {
  it('takes and signs nothing, and does not start again', async () => {
    const [newer, older] = [await open(), await open()];
    const folder = logFolder();
    const signed = new SignedRoots();
    const key = signed.watch(await testKey());
    let current = newer;
    const db: Database = {
      ...{ kind: newer.kind, version: newer.version },
      query: (text, values) => current.query(text, values),
      transaction: (work) => current.transaction(work),
      close: () => Promise.resolve(),
    };
    const drafts = ['a', 'b', 'c', 'd', 'e'].map((name) => draftOf(cheapStatement(name)));
    await older.transaction(async (transaction) => {
      await lockLedger(transaction);
      await insertEntries(transaction, await placeEntries(transaction, drafts.slice(0, 3), testTime));
    });
    const { ingest, publisher, close } = await startSequencer({ db, folder, key });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await ingest.submitStatement(name);
    const before = new Map(signed.roots);
    current = older;
    const refusal = await expectCode('ledger-rolled-back', () => ingest.submitStatement('f'));
    expect(refusal.message).toContain('3 entries');
    expect(refusal.help).toMatch(/newer backup.*recover.*successor/s);
    await expectCode('ledger-rolled-back', () => publisher.covering(100));
    await close();
    await expectCode('ledger-rolled-back', () => startSequencer({ db, folder, key }));
    expect(signed.roots).toEqual(before);
    expect((await older.query<{ size: number }>('select count(*) as size from entries')).rows).toEqual([
      { size: 3 },
    ]);
    // Grown past the fence with other entries, it is no less a fork.
    await older.transaction(async (transaction) => {
      await lockLedger(transaction);
      const others = ['x', 'y', 'z', 'u'].map((name) => draftOf(cheapStatement(name)));
      await insertEntries(transaction, await placeEntries(transaction, others, testTime));
    });
    const fork = await expectCode('ledger-rolled-back', () => startSequencer({ db, folder, key }));
    expect(fork.message).toContain('with other entries');
    expect(signed.roots).toEqual(before);
  });
});
