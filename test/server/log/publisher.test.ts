import { beforeAll, expect, it } from 'vitest';
import { fromHex } from '../../../core/bytes.ts';
import { parseVerifierKey } from '../../../core/log/note-key.ts';
import { parseTlogProof, verifyTlogProof } from '../../../core/log/tlog-proof.ts';
import { policyOfLogs } from '../../../core/log/witness-policy.ts';
import { appendStatements, draftOf } from '../../../db/append.ts';
import { readPublished } from '../../../db/checkpoints.ts';
import type { Database } from '../../../db/database.ts';
import { insertEntries, lockLedger, placeEntries } from '../../../db/entries.ts';
import { openLog } from '../../../server/log/open-log.ts';
import { createLogger } from '../../../server/logger.ts';
import { checkLog } from '../../support/check-log.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder, testLogConfig } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';
import { freeze, testKey } from '../../support/signed-log.ts';
import { cheapStatement } from '../support/cheap-statements.ts';
import { fenceIn, startSequencer, testTime, type Sequencer } from '../support/sequencer.ts';

const { key } = await testKey();
const policy = policyOfLogs([key]);
const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** Entries by the way of the sequencer, without anything that is made of them. */
async function append(db: Database, prefix: string, count: number): Promise<void> {
  await db.transaction(async (transaction) => {
    await lockLedger(transaction);
    const drafts = names(prefix, count).map((name) => draftOf(cheapStatement(name)));
    await insertEntries(transaction, await placeEntries(transaction, drafts, testTime));
  });
}

async function notesOf(db: Database): Promise<string[]> {
  return (await db.query<{ note: string }>('select note from checkpoints order by size, signed_at')).rows.map(
    ({ note }) => note,
  );
}

describeDatabases('the publisher', (open) => {
  let db: Database;
  let folder: string;
  const running = new Set<Sequencer>();
  const start = async (more: Partial<Parameters<typeof startSequencer>[0]> = {}): Promise<Sequencer> => {
    const sequencer = await startSequencer({ db, folder, ...more });
    running.add(sequencer);
    return sequencer;
  };
  const stop = async (): Promise<void> => {
    for (const sequencer of running) await sequencer.close();
    running.clear();
  };
  beforeAll(async () => {
    db = await open();
    folder = logFolder();
    return stop;
  });
  const check = () => checkLog(db, { keys: [key], fences: [fenceIn(folder)] });

  it('publishes the empty log at its first start', async () => {
    await start();
    expect((await check()).published).toBe(0);
  });

  it('answers with receipts that prove what they say, and again with the same', async () => {
    const { ingest } = await start();
    const receipts = await Promise.all(names('first', 5).map((name) => ingest.submitStatement(name)));
    for (const receipt of receipts) {
      const proof = parseTlogProof(receipt.proof ?? '');
      expect(proof.index).toBe(receipt.index);
      await verifyTlogProof(proof, fromHex(receipt.leafHash), policy);
    }
    const again = await ingest.submitStatement('first-3');
    expect(again).toMatchObject({
      index: receipts[3]!.index,
      leafHash: receipts[3]!.leafHash,
      status: 'known',
    });
    await stop();
    const { indices } = await check();
    expect(receipts.map(({ id }) => indices.get(id))).toEqual(receipts.map(({ index }) => index));
  });

  it('of five hundred at once makes few checkpoints', async () => {
    const { ingest } = await start();
    const before = (await notesOf(db)).length;
    const receipts = await Promise.all(names('many', 500).map((name) => ingest.submitStatement(name)));
    expect(new Set(receipts.map(({ index }) => index)).size).toBe(500);
    for (const receipt of receipts.slice(0, 20)) {
      await verifyTlogProof(parseTlogProof(receipt.proof ?? ''), fromHex(receipt.leafHash), policy);
    }
    expect((await notesOf(db)).length - before).toBeLessThanOrEqual(20);
    await stop();
    await check();
  });

  it('signs anew without growth once the checkpoint is old, and not before', async () => {
    let now = testTime.getTime() + 10_000;
    const { publisher } = await start({ clock: () => new Date(now), refreshSeconds: 60 });
    const before = await readPublished(db);
    await publisher.start();
    expect(await readPublished(db)).toEqual(before);
    now += 61_000;
    await publisher.start();
    const after = await readPublished(db);
    expect(after?.size).toBe(before?.size);
    expect(after?.signedAt).toEqual(new Date(now));
    expect(publisher.published()?.signedAt).toEqual(new Date(now));
    await stop();
  });

  it('finishes what a process before it has committed and not published', async () => {
    await appendStatements(db, names('orphan', 3).map(cheapStatement), testTime);
    const size = (await check()).size;
    const { publisher } = await start();
    expect(publisher.published()?.size).toBe(size);
    await stop();
    expect((await check()).published).toBe(size);
  });

  it('grows past the borders of tiles, also with a start in between', async () => {
    for (const count of [2, 1, 1, 700]) {
      const { publisher } = await start();
      await append(db, `border-${count}-${Math.random()}`, count);
      await publisher.covering(await readSize(db));
      await stop();
    }
    const { publisher } = await start();
    await append(db, 'to-2048', 2048 - (await readSize(db)));
    await publisher.covering(2048);
    await append(db, 'beyond-2048', 1);
    await publisher.covering(2049);
    await stop();
    expect((await check()).published).toBe(2049);
  });

  it('tells who waits for what the database has lost, instead of waiting for ever', async () => {
    const { publisher } = await start();
    const size = await readSize(db);
    await expectCode('ledger-rolled-back', () => publisher.covering(size + 1));
    expect((await publisher.covering(size)).size).toBe(size);
    await stop();
  });

  it('refuses another root for a size it has published, in the database too', async () => {
    await expect(
      db.query(
        `insert into checkpoints (size, root, note, signed_at) select size, sha256('other'), note, now() from checkpoints limit 1`,
      ),
    ).rejects.toMatchObject({ code: '23000' });
  });

  it('takes nothing into a frozen log, gives the receipts that it has, and goes on signing', async () => {
    const { ingest, publisher } = await start();
    const known = await ingest.submitStatement('before-freezing');
    await freeze(db, [await testKey()], testTime);
    const refusal = await expectCode('ledger-frozen', () => ingest.submitStatement('after-freezing'));
    expect(refusal.help).toContain('next.example.org');
    const again = await ingest.submitStatement('before-freezing');
    expect(again).toMatchObject({ index: known.index, status: 'known' });
    await publisher.start();
    await stop();
    const restarted = await start();
    expect(restarted.publisher.published()?.size).toBe(known.index + 1);
    await stop();
    await check();
  });
});

async function readSize(db: Database): Promise<number> {
  const { rows } = await db.query<{ size: number }>('select count(*) as size from entries');
  return rows[0]!.size;
}

/** Entries as migration 1 left them, without a tree over them. */
async function fillEntries(db: Database, count: number): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.query(`insert into documents (hash, body) values (sha256('one'), 'one')`);
    await transaction.query(
      `insert into entries (idx, kind, author, statement_id, document_hash, recorded_at, leaf, leaf_hash)
      select idx, 'package review', 'openpgp:' || repeat('AB', 20), id, sha256('one'), '2026-11-22T12:00:00Z', leaf,
        sha256('\\x00'::bytea || leaf)
      from generate_series(0, $1::bigint - 1) as idx
      cross join lateral (select sha256(idx::text::bytea) as id) as named
      cross join lateral (
        select convert_to(
          E'trust-ledger/leaf/v1\\nkind package review\\ntime 2026-11-22T12:00:00Z\\nauthor openpgp:' || repeat('AB', 20)
            || E'\\nstatement ' || encode(id, 'hex') || E'\\ndocument ' || encode(sha256('one'), 'hex') || E'\\n',
          'UTF8'
        ) as leaf
      ) as recorded`,
      [count],
    );
  });
}

describeDatabases('the publisher of a large log', (open, kind) => {
  // The tree is the same code on both: the third level of tiles is reached on the faster one.
  const before = kind === 'postgresql' ? 65_530 : 530;
  it('gives a ledger from before the log its tree, and goes on from there', async () => {
    const db = await open();
    const folder = logFolder();
    await fillEntries(db, before);
    const config = testLogConfig(folder);
    const ledger = await openLog({ db, config, clock: () => testTime, log: createLogger('silent') });
    const keys = ledger.discovery().keys.map(parseVerifierKey);
    expect(ledger.publisher.published()?.size).toBe(before);
    for (const [prefix, count] of [
      ['a', 5],
      ['b', 1],
      ['c', 1],
      ['d', 300],
    ] as const) {
      await append(db, `late-${prefix}`, count);
      const size = await readSize(db);
      const checkpoint = await ledger.publisher.covering(size);
      for (const index of [0, before - 1, size - 1]) {
        const proof = parseTlogProof(await ledger.prover.receipt(index, checkpoint));
        const { rows } = await db.query<{ hash: Uint8Array }>(
          'select leaf_hash as hash from entries where idx = $1',
          [index],
        );
        await verifyTlogProof(proof, rows[0]!.hash, policyOfLogs(keys));
      }
    }
    await ledger.close();
    const checked = await checkLog(db, { keys, fences: [config.fenceFile] });
    expect(checked.published).toBe(before + 307);
  });
});
