// fsck on damage that is more than a flipped bit: rows that are missing or too many, forgeries, and a lot at once.

import { beforeAll, expect, it } from 'vitest';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { formatNote } from '../../core/log/note.ts';
import type { PrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { insertCheckpoint } from '../../db/checkpoints.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { fsck, type FsckOptions, type FsckReport } from '../../db/fsck/fsck.ts';
import { readHead } from '../../db/log-head.ts';
import { describeDatabases } from '../support/database.ts';
import { asOwner, dropGuards } from '../support/flip.ts';
import { fillLedger } from '../support/full-ledger.ts';
import { today } from '../support/reviewers.ts';
import { publish, testKey, testOrigin } from '../support/signed-log.ts';

let key: PrivateKey;
beforeAll(async () => {
  key = await testKey();
});

describeDatabases('fsck', (open) => {
  let db: Database;
  const examine = (options: Partial<FsckOptions> = {}): Promise<FsckReport> =>
    fsck(db, { keys: [key.key], ...options });

  beforeAll(async () => {
    db = await open();
    let hours = 0;
    await fillLedger(db, () => publish(db, [key], new Date(today.getTime() + ++hours * 3_600_000)));
    await dropGuards(db);
  });

  /** Damages the ledger, examines it, and puts everything back. */
  const damaged = async (
    sql: readonly string[],
    tables: readonly string[],
    options?: Partial<FsckOptions>,
  ): Promise<FsckReport> => {
    const saved = async (
      work: (transaction: Queryable, table: string) => Promise<unknown>,
    ): Promise<void> => {
      await asOwner(db, async (transaction) => {
        for (const table of tables) await work(transaction, table);
      });
    };
    await saved((transaction, table) => transaction.query(`create table saved_${table} as table ${table}`));
    try {
      await asOwner(db, async (transaction) => {
        for (const one of sql) await transaction.query(one);
      });
      return await examine(options);
    } finally {
      await saved(async (transaction, table) => {
        await transaction.query(`delete from ${table}`);
        await transaction.query(`insert into ${table} select * from saved_${table}`);
        await transaction.query(`drop table saved_${table}`);
      });
    }
  };
  const found = ({ findings }: FsckReport): string[] =>
    findings.map(({ table, index, message }) => `${table} ${index ?? '-'}: ${message}`);

  it('names each entry of a run that is missing, and blames nothing else', async () => {
    const report = await damaged(['delete from entries where idx in (5, 6, 9)'], ['entries']);
    expect(found(report).filter((line) => !line.startsWith('documents'))).toEqual([
      'entries 5: the entries 5 to 6 are missing',
      'entries 9: entry 9 is missing',
    ]);
  });

  it('tells a document that was exchanged from what hangs on it', async () => {
    const report = await damaged(
      [
        `update documents set body = replace(body, 'BEGIN', 'BEGAN') where hash = (select document_hash from entries where idx = 0)`,
      ],
      ['documents'],
    );
    // A certificate: what its author signed can't be verified, and is not blamed for it.
    expect(found(report)).toEqual(['entries 0: its document is not the one that its hash is of']);
  });

  it('finds an entry that was rewritten with everything that an intruder can hash', async () => {
    const report = await damaged(
      [
        `update entries set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'kind package review', 'kind source'), 'UTF8'), kind = 'source' where idx = 4`,
        `update entries set leaf_hash = sha256('\\x00'::bytea || leaf) where idx = 4`,
        `update tiles set hashes = overlay(hashes placing (select leaf_hash from entries where idx = 4) from 129) where level = 0`,
      ],
      ['entries', 'tiles'],
    );
    const lines = found(report);
    expect(lines).toContainEqual('entries 4: The leaf record of entry 4 is not the one of its document');
    // What was signed before entry 4 was there still holds; the rest does not.
    expect(lines.filter((line) => line.includes('has another root'))).toHaveLength(3);
    expect(lines.some((line) => line.startsWith('log_head 14: the root of the 15 entries is'))).toBe(true);
  });

  it('finds tiles that are missing, too long, and too many', async () => {
    expect(found(await damaged(['delete from tiles'], ['tiles']))).toEqual(['tiles 0: tile 0/0 is missing']);
    const longer = await damaged([`update tiles set hashes = hashes || sha256('')`], ['tiles']);
    expect(found(longer)).toEqual([
      expect.stringContaining('tiles 14: tile 0/0 is 512 bytes long instead of 480') as string,
    ]);
    const more = await damaged(
      [`insert into tiles values (1, 0, sha256('')), (0, 3, sha256(''))`],
      ['tiles'],
    );
    expect(found(more)).toEqual([
      'tiles 768: tile 0/3 does not belong to a tree of 15 entries',
      'tiles 0: tile 1/0 does not belong to a tree of 15 entries',
    ]);
  });

  it('finds rows of projections that are missing, and rows that follow from nothing', async () => {
    const report = await damaged(
      [
        'delete from subjects where idx = 4',
        `insert into trust_edges select 99, position, author, target, level, date_ns, statement_id, overrides from trust_edges where idx = 6`,
      ],
      ['subjects', 'trust_edges'],
    );
    expect(found(report)).toEqual([
      'subjects 4: it lacks a row of entry 4',
      'trust_edges 99: it holds a row of entry 99 that follows from no entry',
    ]);
  });

  it('finds checkpoints by nobody whom it knows, of other roots, and of larger trees', async () => {
    const sign = async (by: PrivateKey, size: number, root: Uint8Array): Promise<void> => {
      const text = formatCheckpoint({ origin: testOrigin, size, root });
      const note = formatNote({ text, signatures: [await signNote(by, text, 0)] });
      await insertCheckpoint(db, { size, root, note, signedAt: today });
    };
    // Their rows are written as the service writes rows.
    await asOwner(db, (transaction) => transaction.query('alter table checkpoints enable trigger all'));
    const { root } = await readHead(db);
    await sign(await testKey(3), 7, root);
    await sign(key, 8, root);
    await sign(key, 20, root);
    const lines = found(await examine());
    await dropGuards(db);
    await asOwner(db, (transaction) => transaction.query('delete from checkpoints where size in (7, 8, 20)'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^checkpoints 6: .*carries no signature by a key that is expected.*another root$/,
      ) as string,
      expect.stringMatching(
        /^checkpoints 7: the checkpoint of size 8, .*: the tree of this size has another root$/,
      ) as string,
      expect.stringMatching(/^checkpoints 19: .* the ledger has no tree of this size$/) as string,
    ]);
  });

  it('says that the keys are those of another log, or lack the one that signed', async () => {
    const other = await testKey(1, 'elsewhere');
    const [first] = found(await examine({ keys: [other.key] }));
    expect(first).toBe(`log_head -: it is the log ${testOrigin}, and not elsewhere`);
    const lines = found(await examine({ keys: [(await testKey(4)).key] }));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('carries no signature');
  });

  it('counts everything and keeps the first findings', async () => {
    const report = await damaged([`update statements set author = 'x'`], ['statements'], { limit: 3 });
    expect(report).toMatchObject({ total: 9, findings: [{ index: 4 }, { index: 5 }, { index: 6 }] });
  });

  it('is back where it was after all this', async () => {
    expect(await examine()).toEqual({ size: 15, findings: [], total: 0 });
  });
});
