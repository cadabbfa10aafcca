import { beforeAll, expect, it } from 'vitest';
import { parseLeaf } from '../../core/log/leaf.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import { findCertificate, findCertificates } from '../../db/certificates.ts';
import type { Database } from '../../db/database.ts';
import { readLeaves, readLedgerState } from '../../db/entries.ts';
import { describeDatabases } from '../support/database.ts';
import { digest, makeReviewer, review, today } from '../support/reviewers.ts';

describeDatabases('certificates', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });

  it('are entries, and come back as they went in', async () => {
    const ada = await makeReviewer('Ada');
    const [receipt] = await appendCertificates(db, [ada.certificate], today);
    expect(receipt).toMatchObject({
      id: ada.certificate.id,
      kind: 'certificate',
      author: ada.identity,
      isNew: true,
    });
    expect(await findCertificate(db, ada.identity)).toEqual({
      ...ada.certificate,
      indices: [receipt!.index],
      recordedAt: receipt!.recordedAt,
    });
    const [row] = await readLeaves(db, receipt!.index, 1);
    expect(parseLeaf(row!.leaf)).toMatchObject({ kind: 'certificate', id: ada.certificate.id });
  });

  it('are known when they add nothing', async () => {
    const bob = await makeReviewer('Bob');
    const [first] = await appendCertificates(db, [bob.certificate], today);
    const { size } = await readLedgerState(db);
    const again = await appendCertificates(db, [bob.certificate, bob.certificate], today);
    expect(again).toEqual([
      { ...first, isNew: false },
      { ...first, isNew: false },
    ]);
    expect((await readLedgerState(db)).size).toBe(size);
  });

  it('grow: a revocation is merged in, and an old copy does not take it out again', async () => {
    const eve = await makeReviewer('Eve');
    const [first] = await appendCertificates(db, [eve.certificate], today);
    const revoked = await eve.revoked('hard', today);
    const [second] = await appendCertificates(db, [revoked], today);
    expect(second!.isNew).toBe(true);
    const [third] = await appendCertificates(db, [eve.certificate], today);
    expect(third).toEqual({ ...second, isNew: false });
    const stored = await findCertificate(db, eve.identity);
    expect(stored!.revocation?.hardness).toBe('hard');
    expect(stored!.indices).toEqual([first!.index, second!.index]);
  });

  it('of one batch are merged with each other', async () => {
    const kim = await makeReviewer('Kim');
    const batch = [await kim.revoked('soft', today), kim.certificate];
    const receipts = await appendCertificates(db, batch, today);
    expect(receipts.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect((await findCertificate(db, kim.identity))!.revocation?.hardness).toBe('soft');
  });

  it('void what the key said: everything when hard, from its own time on when soft', async () => {
    const voidFrom = async (identity: string): Promise<unknown> =>
      (await db.query('select void_from from certificates where identity = $1', [identity])).rows;
    const [hard, soft] = [await makeReviewer('Hard'), await makeReviewer('Soft')];
    const hour = 3_600_000;
    const at = (hours: number): Date => new Date(today.getTime() + hours * hour);
    await appendCertificates(db, [hard.certificate, soft.certificate], at(1));
    const [before] = await appendStatements(
      db,
      [await soft.say(review('pkg:npm/a@1', { sha256: digest(1) }))],
      at(2),
    );
    const [after] = await appendStatements(
      db,
      [await soft.say(review('pkg:npm/a@2', { sha256: digest(2) }))],
      at(4),
    );
    await appendCertificates(
      db,
      [await hard.revoked('hard', at(3)), await soft.revoked('soft', at(3))],
      at(5),
    );
    expect(await voidFrom(hard.identity)).toEqual([{ void_from: 0 }]);
    expect(await voidFrom(soft.identity)).toEqual([{ void_from: after!.index }]);
    expect(before!.index).toBeLessThan(after!.index);
  });

  it('revoked softly for the future void what comes after the revocation was logged', async () => {
    const ann = await makeReviewer('Ann');
    const tomorrow = new Date(today.getTime() + 86_400_000);
    const [receipt] = await appendCertificates(db, [await ann.revoked('soft', tomorrow)], today);
    const { rows } = await db.query('select void_from from certificates where identity = $1', [ann.identity]);
    expect(rows).toEqual([{ void_from: receipt!.index }]);
  });

  it('are not there for somebody unknown', async () => {
    const nobody = await makeReviewer('Nobody');
    expect(await findCertificate(db, nobody.identity)).toBeUndefined();
    expect(await findCertificates(db, [])).toEqual([]);
  });
});
