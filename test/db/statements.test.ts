import { beforeAll, describe, expect, it } from 'vitest';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import { appendStatements } from '../../db/append.ts';
import type { Database } from '../../db/database.ts';
import { readLeaves } from '../../db/entries.ts';
import { findStatements, findStatementsById, type StatementQuery } from '../../db/statements.ts';
import { describeDatabases } from '../support/database.ts';
import { digest, makeReviewer, review, today, type Reviewer } from '../support/reviewers.ts';

describeDatabases('reading statements', (open) => {
  let db: Database;
  let ada: Reviewer;
  let bob: Reviewer;
  let said: VerifiedStatement[];

  beforeAll(async () => {
    db = await open();
    [ada, bob] = [await makeReviewer('Ada'), await makeReviewer('Bob')];
    said = [
      await ada.say(review('pkg:npm/left-pad@1.3.0', { sha512: digest(1, 64), sha1: digest(9, 20) })),
      await bob.say(review('pkg:npm/left-pad@1.2.0', { sha512: digest(2, 64) })),
      await ada.say({
        ...review('pkg:npm/left-pad@1.3.1', { sha512: digest(3, 64) }),
        'package-diff-base': { purl: 'pkg:npm/left-pad@1.3.0', digests: { sha512: digest(1, 64) } },
      }),
      await bob.say({
        kind: 'source',
        package: { purl: 'pkg:npm/left-pad@1.3.0', digests: { sha512: digest(1, 64), tarSha256: digest(4) } },
      }),
      await ada.say(review('pkg:npm/%40babel/core@7.0.0', { sha512: digest(5, 64) })),
      await bob.say({ kind: 'trust', ids: [ada.ref], trust: 'high' }),
    ];
    await appendStatements(db, said, today);
    await appendStatements(
      db,
      [await bob.say({ kind: 'retraction', statement: said[1]!.id, reason: 'mistake' })],
      today,
    );
  });

  const find = async (query: Omit<StatementQuery, 'limit'>, limit = 50): Promise<number[]> =>
    (await findStatements(db, { ...query, limit })).map(({ index }) => index);

  it('finds by id, in ledger order, what is there', async () => {
    const found = await findStatementsById(db, [said[4]!.id, said[0]!.id, '0'.repeat(64) as never]);
    expect(found.map(({ id }) => id)).toEqual([said[0]!.id, said[4]!.id]);
    expect(found[0]).toEqual({
      id: said[0]!.id,
      kind: 'package review',
      author: ada.identity,
      envelope: 'openpgp',
      index: 0,
      recordedAt: today,
      retractedBy: undefined,
      statement: said[0]!.statement,
      document: said[0]!.document,
    });
  });

  it('tells that a statement was retracted', async () => {
    const [stored] = await findStatementsById(db, [said[1]!.id]);
    expect(stored!.retractedBy).toBe(6);
  });

  it('finds by version: reviews and sources, not differences from it', async () => {
    expect(await find({ purl: 'pkg:npm/left-pad@1.3.0' })).toEqual([3, 0]);
  });

  it('finds by package in every version', async () => {
    expect(await find({ purl: 'pkg:npm/left-pad' })).toEqual([3, 2, 1, 0]);
    expect(await find({ purl: 'pkg:npm/%40babel/core' })).toEqual([4]);
    expect(await find({ purl: 'pkg:cargo/left-pad' })).toEqual([]);
  });

  it('finds by digest, a weak one too', async () => {
    expect(await find({ digest: { key: 'sha512', hex: digest(1, 64) } })).toEqual([3, 0]);
    expect(await find({ digest: { key: 'sha1', hex: digest(9, 20) } })).toEqual([0]);
    expect(await find({ digest: { key: 'narSha256', hex: digest(4) } })).toEqual([]);
  });

  it('finds by author and kind, all conditions together', async () => {
    expect(await find({ author: bob.identity })).toEqual([6, 5, 3, 1]);
    expect(await find({ author: bob.identity, kind: 'trust' })).toEqual([5]);
    expect(await find({ author: ada.identity, purl: 'pkg:npm/left-pad@1.3.0' })).toEqual([0]);
  });

  it('goes through pages by index', async () => {
    expect(await find({ author: bob.identity }, 2)).toEqual([6, 5]);
    expect(await find({ author: bob.identity, before: 5 }, 2)).toEqual([3, 1]);
    expect(await find({ author: bob.identity, before: 1 }, 2)).toEqual([]);
  });

  it('takes hostile text as text', async () => {
    const hostile = `pkg:npm/x'); drop table statements; --@1`;
    expect(await find({ purl: hostile })).toEqual([]);
    expect(await find({})).toHaveLength(7);
  });

  describe('the leaf records', () => {
    it('come in order, from any index, up to the end', async () => {
      expect((await readLeaves(db, 0, 100)).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect((await readLeaves(db, 5, 1)).map(({ index }) => index)).toEqual([5]);
      expect(await readLeaves(db, 7, 10)).toEqual([]);
    });
  });

  it('names no retraction that a revocation voids, as the check has it (an honest server was called a liar)', async () => {
    const cy = await makeReviewer('Cy');
    const at = (seconds: number): Date => new Date(today.getTime() + seconds * 1000);
    const kept = await cy.say(review('pkg:npm/kept@1.0.0', { sha512: digest(6, 64) }));
    await appendStatements(db, [kept], at(1));
    await appendStatements(db, [await cy.say({ kind: 'retraction', statement: kept.id })], at(10));
    expect((await findStatementsById(db, [kept.id]))[0]!.retractedBy).toBeTypeOf('number');
    await appendCertificates(db, [await cy.revoked('soft', at(5))], at(20));
    expect((await findStatementsById(db, [kept.id]))[0]!.retractedBy).toBeUndefined();
  });
});
