import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { utf8 } from '../../core/bytes.ts';
import { parseLeaf } from '../../core/log/leaf.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import { subjectKeys } from '../../core/statement/subject-keys.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import type { Database } from '../../db/database.ts';
import { readLeaves, readLedgerState } from '../../db/entries.ts';
import { findStatementsById } from '../../db/statements.ts';
import { describeDatabases } from '../support/database.ts';
import { digest, makeReviewer, review, today, type Reviewer } from '../support/reviewers.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describeDatabases('appending', (open) => {
  let ada: Reviewer;
  let db: Database;
  let counter = 0;
  const fresh = (): Promise<VerifiedStatement> =>
    ada.say(review(`pkg:npm/left-pad@1.0.${counter++}`, { sha256: digest(counter % 256) }));

  beforeAll(async () => {
    ada = await makeReviewer('Ada');
    db = await open();
  });

  it('gives gapless indices in the order of the batch, and says what is new', async () => {
    const batch = [await fresh(), await fresh(), await fresh()];
    const { size } = await readLedgerState(db);
    const receipts = await appendStatements(db, batch, today);
    expect(receipts.map(({ id, index, isNew }) => ({ id, index, isNew }))).toEqual(
      batch.map(({ id }, i) => ({ id, index: size + i, isNew: true })),
    );
    expect(await readLedgerState(db)).toEqual({ size: size + 3, lastRecordedAt: today });
  });

  it('knows a statement that it holds, and answers with the place where it stands', async () => {
    const statement = await fresh();
    const [first] = await appendStatements(db, [statement], today);
    const { size } = await readLedgerState(db);
    const [again] = await appendStatements(db, [statement], new Date(today.getTime() + 60_000));
    expect(again).toEqual({ ...first, isNew: false });
    expect((await readLedgerState(db)).size).toBe(size);
  });

  it('takes a statement that stands twice in a batch once', async () => {
    const known = await fresh();
    await appendStatements(db, [known], today);
    const [one, two] = [await fresh(), await fresh()];
    const receipts = await appendStatements(db, [one, known, one, two, two], today);
    expect(receipts.map(({ isNew }) => isNew)).toEqual([true, false, false, true, false]);
    expect(receipts[2]).toEqual({ ...receipts[0], isNew: false });
    expect(receipts[3]!.index).toBe(receipts[0]!.index + 1);
  });

  it('writes whole seconds, and never goes back in time', async () => {
    const later = new Date(today.getTime() + 3_600_987);
    const [ahead] = await appendStatements(db, [await fresh()], later);
    const [behind] = await appendStatements(db, [await fresh()], today);
    const wholeSeconds = new Date(today.getTime() + 3_600_000);
    expect(ahead!.recordedAt).toEqual(wholeSeconds);
    expect(behind!.recordedAt).toEqual(wholeSeconds);
  });

  it('stores the leaf record of the statement with its RFC 6962 hash', async () => {
    const statement = await fresh();
    const [receipt] = await appendStatements(db, [statement], today);
    const [row] = await readLeaves(db, receipt!.index, 1);
    expect(parseLeaf(row!.leaf)).toEqual({
      kind: 'package review',
      recordedAt: receipt!.recordedAt,
      author: ada.identity,
      id: statement.id,
      documentHash: sha256(statement.document),
      subjects: { listed: subjectKeys(statement.statement).map(sha256).sort(), all: undefined },
    });
    const hash = Buffer.from(leafHash(utf8(row!.leaf))).toString('hex');
    expect(row!.leafHash).toBe(hash);
    expect(receipt!.leafHash).toBe(hash);
  });

  it('keeps the document byte for byte', async () => {
    const statement = await ada.say(
      review('pkg:npm/ünï@1.0.0', { sha256: digest(1) }, { comment: 'naïve “quotes” 😀\n\nend' }),
    );
    await appendStatements(db, [statement], today);
    const [stored] = await findStatementsById(db, [statement.id]);
    expect(stored!.document).toBe(statement.document);
    expect(stored!.statement).toEqual(statement.statement);
  });

  it('appends nothing of a batch that fails, and leaves no gap', async () => {
    const { size } = await readLedgerState(db);
    const good = await fresh();
    const bad = { ...(await fresh()), documentHash: 'not a hash' };
    await expect(appendStatements(db, [good, bad], today)).rejects.toThrow();
    expect((await readLedgerState(db)).size).toBe(size);
    const [receipt] = await appendStatements(db, [good], today);
    expect(receipt).toMatchObject({ index: size, isNew: true });
  });

  it('stays gapless when many append at once', async () => {
    const shared = await fresh();
    const batches = await Promise.all(
      Array.from({ length: 12 }, async () => [await fresh(), shared, await fresh()]),
    );
    const { size } = await readLedgerState(db);
    const answers = await Promise.all(batches.map((batch) => appendStatements(db, batch, today)));
    const added = answers.flat().filter(({ isNew }) => isNew);
    expect(added.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, i) => size + i),
    );
    expect(new Set(answers.map((receipts) => receipts[1]!.index)).size).toBe(1);
    expect(await readLeaves(db, size, 100)).toHaveLength(25);
  });

  it('answers an empty batch with nothing', async () => {
    expect(await appendStatements(db, [], today)).toEqual([]);
  });
});
