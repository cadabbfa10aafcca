import * as openpgp from 'openpgp';
import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { findSuccessions } from '../../../db/successions.ts';
import { splitIdentity } from '../../../core/identity.ts';
import { parseStatement } from '../../../core/statement/canonical.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { expectCode } from '../../support/matchers.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign, trustIn, type Author } from '../support/authors.ts';
import { challengeIn } from '../support/challenges.ts';
import { signIn, type SignedIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('changing and revoking keys', (open) => {
  let world: World;
  let ada: SignedIn;
  let old: Author;
  let fresh: Author;

  const headers = { Host: 'ledger.test', Accept: 'text/html' };
  const get = (path: string) =>
    request(world.app)
      .get(path)
      .set({ ...headers, Cookie: ada.cookie });
  const post = (path: string, fields: Record<string, string>) =>
    request(world.app)
      .post(path)
      .set({ ...headers, Cookie: ada.cookie })
      .type('form')
      .send(fields);
  const rotate = (successor: Author): string =>
    `/account/keys/rotate?${new URLSearchParams({ key: old.identity, successor: successor.identity }).toString()}`;
  const publish = async (author: Author, text: string): Promise<string> => {
    const document = await signCleartext(text, author.signer, new Date(world.time.now));
    return (await world.service.ingest.submitStatement(document)).id;
  };

  beforeAll(async () => {
    world = await makeWorld(await open());
    [old, fresh] = [await makeAuthor('Old'), await makeAuthor('New')];
    for (const { certificate } of [old, fresh])
      await world.service.ingest.submitCertificate(certificate.armored);
    ada = await signIn(world, { keys: [old.identity, fresh.identity] });
  });

  it('joins two keys by a statement of each, one page after the other', async () => {
    const { db } = world.service;
    expect((await get(`/account/keys/rotate?key=${encodeURIComponent(old.identity)}`)).text).toContain(
      'Which key comes after it?',
    );
    const first = (await get(rotate(fresh))).text;
    expect(first).toContain('Step 1 of 2');
    const text = challengeIn(first).replaceAll('&#34;', '"');
    expect(parseStatement(text)).toMatchObject({ kind: 'trust', trust: 'high', succession: 'successor' });
    const ownStatement = await publish(old, text);
    expect(await findSuccessions(db, old.identity), 'one statement says nothing').toEqual([]);

    const second = (await get(rotate(fresh))).text;
    expect(second).toContain('Step 2 of 2');
    const answer = challengeIn(second).replaceAll('&#34;', '"');
    const otherStatement = await publish(fresh, answer);
    expect((await get(rotate(fresh))).text).toContain('Both keys have said it');
    expect(await findSuccessions(db, old.identity)).toEqual([
      { relation: 'successor', identity: fresh.identity, ownStatement, otherStatement },
    ]);
    expect(await findSuccessions(db, fresh.identity)).toEqual([
      {
        relation: 'predecessor',
        identity: old.identity,
        ownStatement: otherStatement,
        otherStatement: ownStatement,
      },
    ]);
  });

  it('is for keys of the account only', async () => {
    const stranger = await makeAuthor('Stranger');
    expect((await get(rotate(stranger))).status).toBe(404);
    expect((await get(`/account/keys/rotate?key=${encodeURIComponent(stranger.identity)}`)).status).toBe(404);
  });

  it('lets nobody claim another’s key, and ends when one of them says otherwise later', async () => {
    const { db, ingest } = world.service;
    const thief = await makeAuthor('Thief');
    await ingest.submitCertificate(thief.certificate.armored);
    await ingest.submitStatement(
      await sign(thief, { ...trustIn(old.identity, 'high'), succession: 'predecessor' }),
    );
    expect(await findSuccessions(db, thief.identity)).toEqual([]);
    expect((await findSuccessions(db, old.identity)).map(({ identity }) => identity)).toEqual([
      fresh.identity,
    ]);
    world.time.now += 60_000;
    await ingest.submitStatement(
      await sign(old, trustIn(fresh.identity, 'distrust'), new Date(world.time.now)),
    );
    expect(await findSuccessions(db, old.identity)).toEqual([]);
  });

  it('names one other key, and no more', async () => {
    const body = { ...trustIn(fresh.identity, 'high'), succession: 'successor' } as const;
    const ids = [fresh.identity, (await makeAuthor('Third')).identity].map(splitIdentity);
    await expectCode('statement-invalid', () => sign(old, { ...body, ids }));
    await expectCode('statement-invalid', () => sign(old, { ...body, ids: [splitIdentity(old.identity)] }));
    await expectCode('statement-invalid', () => sign(old, { ...body, succession: 'heir' as 'successor' }));
  });

  it('says what a soft revocation does before it is published', async () => {
    const { publicKey } = await openpgp.revokeKey({
      key: fresh.signer.key,
      date: new Date(world.time.now),
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keySuperseded, string: '' },
      format: 'armored',
    });
    const looked = await post('/account/keys/revoke', { key: fresh.identity, revocation: publicKey });
    expect([looked.status, looked.text]).toEqual([
      200,
      expect.stringContaining('This is a soft revocation (superseded)'),
    ]);
  });

  it('says what a hard one does, and publishes it once it is confirmed', async () => {
    await world.service.ingest.submitStatement(await sign(old, review('pkg:npm/left@1.0.0')));
    const { revocation } = old;
    const looked = await post('/account/keys/revoke', { key: old.identity, revocation });
    expect(looked.text).toContain('This is a hard revocation');
    expect(looked.text).toContain('Everything that this key ever signed stops counting');
    expect((await get('/account/keys')).text).not.toContain('>revoked<');
    const done = await post('/account/keys/revoke', { key: old.identity, revocation, confirm: 'yes' });
    expect(done.headers['location']).toBe('/account/keys?done=revoked');
    expect((await get('/account/keys')).text).toContain('>revoked<');
    const again = await post('/account/keys/revoke', { key: old.identity, revocation });
    expect([again.status, again.text]).toEqual([
      422,
      expect.stringContaining('knows this revocation already'),
    ]);
  });

  it('refuses what revokes another key, and shows no private key again', async () => {
    const wrong = await post('/account/keys/revoke', {
      key: fresh.identity,
      revocation: old.revocation,
      confirm: 'yes',
    });
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('does not revoke that key')]);
    const secret = await post('/account/keys/revoke', { key: fresh.identity, revocation: fresh.privateKey });
    expect(secret.status).toBe(422);
    expect(secret.text).not.toContain('BEGIN PGP PRIVATE KEY');
  });

  it('keeps the last way in', async () => {
    await world.service.db.query('update accounts set password = null where id = $1', [ada.account.id]);
    await post('/account/keys/remove', { key: old.identity }).expect(303);
    const last = await post('/account/keys/remove', { key: fresh.identity });
    expect([last.status, last.text]).toEqual([400, expect.stringContaining('last way into your account')]);
  });
});
