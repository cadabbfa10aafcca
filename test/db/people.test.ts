import { beforeAll, expect, it } from 'vitest';
import { makeIdentity, parseIdentity } from '../../core/identity.ts';
import { generateKey } from '../../core/statement/openpgp/sign.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import { describeIdentities } from '../../db/people.ts';
import { describeDatabases } from '../support/database.ts';
import { makeReviewer, review, today } from '../support/reviewers.ts';

describeDatabases('people', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });

  it('have the name of their newest certificate, without the address, and a valid key', async () => {
    const ada = await makeReviewer('Ada');
    await appendCertificates(db, [ada.certificate], today);
    const people = await describeIdentities(db, [ada.identity, ada.identity], today);
    expect([...people.values()]).toEqual([{ identity: ada.identity, name: 'Ada', key: 'valid' }]);
  });

  it('say where they publish, as they last said it', async () => {
    const bob = await makeReviewer('Bob');
    await appendCertificates(db, [bob.certificate], today);
    const from = { ...bob.ref, url: 'https://example.org/bob' };
    const said = await bob.say({ ...review('pkg:npm/bob@1.0.0', { sha256: '0b'.repeat(32) }), from });
    await appendStatements(db, [said], today);
    const people = await describeIdentities(db, [bob.identity], today);
    expect(people.get(bob.identity)).toMatchObject({ url: 'https://example.org/bob' });
  });

  it('are told apart by the state of their keys', async () => {
    const eve = await makeReviewer('Eve');
    await appendCertificates(db, [await eve.revoked('soft', today)], today);
    const short = await generateKey({
      name: 'Short',
      email: 'short@example.org',
      date: new Date(today.getTime() - 86_400_000),
      lifetime: 3600,
    });
    await appendCertificates(db, [short.certificate], today);
    const stranger = makeIdentity('openpgp', 'CD'.repeat(20));
    const crev = parseIdentity('crev:FYlr8YoYGVvDwHQxqEIs4reKKDy-oWisoO0qXXEfHVE');
    const asked = [eve.identity, short.identity, stranger, crev];
    const people = await describeIdentities(db, asked, today);
    expect(asked.map((identity) => people.get(identity)?.key)).toEqual([
      'revoked',
      'expired',
      'unknown',
      'valid',
    ]);
    expect(people.get(stranger)).toEqual({ identity: stranger, key: 'unknown' });
  });

  it('cannot turn the text around their names, nor hide in it', async () => {
    const mallory = await generateKey({
      name: 'Ada\u202Eecila\u202C Admin',
      email: 'mallory@example.org',
      date: new Date(today.getTime() - 86_400_000),
    });
    await appendCertificates(db, [mallory.certificate], today);
    const people = await describeIdentities(db, [mallory.identity], today);
    expect(people.get(mallory.identity)?.name).toMatch(/^[\x20-\x7e]*$/);
  });

  it('may be nobody', async () => {
    expect((await describeIdentities(db, [], today)).size).toBe(0);
  });
});
