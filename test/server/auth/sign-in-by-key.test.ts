import * as openpgp from 'openpgp';
import request, { type Response } from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { listSessions } from '../../../db/sessions.ts';
import { describeDatabases } from '../../support/database.ts';
import { GnupgHome, gpgVersion } from '../../core/statement/gnupg-home.ts';
import { keyDate, makeAuthor, review, sign, type Author } from '../support/authors.ts';
import { challengeIn, signText } from '../support/challenges.ts';
import { makeWorld, type World } from '../support/world.ts';

const host = 'ledger.test';

describeDatabases('signing in by a key', (open) => {
  let world: World;
  let ada: Author;

  const challenge = async (at: World = world, name = host): Promise<string> =>
    challengeIn((await request(at.app).get('/sign-in').set('Host', name)).text);
  const answer = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    request(world.app)
      .post('/sign-in/key')
      .set({ Host: host, ...headers })
      .type('form')
      .send(fields);
  const signed = async (author: Author = ada): Promise<string> =>
    signText(author, await challenge(), new Date(world.time.now));
  const cookieOf = (response: Response): string =>
    (response.get('Set-Cookie') ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  const nameIn = async (cookie: string): Promise<string> =>
    (await request(world.app).get('/').set('Host', host).set('Cookie', cookie)).text.match(
      /<a href="\/account">([^<]+)</,
    )?.[1] ?? '';
  const refused = (response: Response, words: RegExp): void => {
    expect([response.status, response.get('Set-Cookie')]).toEqual([422, undefined]);
    expect(response.text).toMatch(words);
    expect(response.text).toContain('class="error-summary"');
  };

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
  });

  it('needs a certificate that is known or given', async () => {
    refused(await answer({ document: await signed() }), /public key/);
  });

  it('makes an account at the first proof and leads to it at the next', async () => {
    const first = await answer({ document: await signed(), certificate: ada.certificate.armored });
    expect([first.status, first.headers['location']]).toEqual([303, '/account']);
    expect(first.get('Set-Cookie')?.[0]).toMatch(/^sid=.*HttpOnly; SameSite=Lax/);
    const name = await nameIn(cookieOf(first));
    expect(name).toBe(ada.identity.slice(-16).replaceAll(/(.{4})(?=.)/g, '$1 '));
    const second = await answer({
      document: await signed(),
      certificate: ada.certificate.armored,
      return: '/roots?a=b',
    });
    expect(second.headers['location']).toBe('/roots?a=b');
    const { rows } = await world.service.db.query<{ id: string }>('select id from accounts');
    expect(rows).toHaveLength(1);
    const sessions = await listSessions(world.service.db, rows[0]!.id, new Date(world.time.now));
    expect(sessions).toHaveLength(2);
  });

  it('publishes the certificate only when the box is ticked; then it need not be given again', async () => {
    const path = `/api/v1/certificates/${ada.identity}`;
    await request(world.app).get(path).expect(404);
    await answer({ document: await signed(), certificate: ada.certificate.armored, publish: 'yes' }).expect(
      303,
    );
    await request(world.app).get(path).expect(200);
    await answer({ document: await signed() }).expect(303);
  });

  it('takes an answer once', async () => {
    const document = await signed();
    await answer({ document }).expect(303);
    refused(await answer({ document }), /answered already/);
    const both = await signed();
    const statuses = await Promise.all([answer({ document: both }), answer({ document: both })]);
    expect(statuses.map(({ status }) => status).sort()).toEqual([303, 422]);
  });

  it('takes it for ten minutes, at the site that asked, and unchanged', async () => {
    const old = await signed();
    world.time.now += 600_000;
    refused(await answer({ document: old }), /could be answered until/);
    const elsewhere = await signText(ada, await challenge(world, 'evil.test'), new Date(world.time.now));
    refused(await answer({ document: elsewhere }), /of another site, http:\/\/evil\.test/);
    const forged = (await challenge()).replace(/expires: .*/, 'expires: 2027-01-01T00:00:00Z');
    refused(
      await answer({ document: await signText(ada, forged, new Date(world.time.now)) }),
      /did not make this challenge/,
    );
    const other = await makeWorld(await open());
    const theirs = await signText(ada, await challenge(other), new Date(world.time.now));
    refused(await answer({ document: theirs }), /did not make this challenge|could be answered/);
  });

  it('takes no statement for a challenge, no challenge that nobody signed, and no text around it', async () => {
    refused(await answer({ document: await sign(ada, review('pkg:npm/a@1.0.0')) }), /not a challenge/);
    refused(await answer({ document: await challenge() }), /Text outside|outside/);
    refused(await answer({ document: '' }), /class="error"/);
    refused(await answer({ document: `Hello\n${await signed()}` }), /outside/);
    refused(await answer({ document: (await signed()).replace('sign in to', 'sign up to') }), /does not fit/);
  });

  it('judges keys as for statements: expired, revoked, too weak, or of somebody else', async () => {
    const short = await makeAuthor('Short', 30 * 86_400);
    world.time.now = keyDate.getTime() + 29 * 86_400_000;
    const early = await signed(short);
    await answer({ document: early, certificate: short.certificate.armored }).expect(303);
    const late = await signed(short);
    world.time.now = keyDate.getTime() + 30 * 86_400_000 + 60_000;
    refused(await answer({ document: late, certificate: short.certificate.armored }), /expired/);

    const ben = await makeAuthor('Ben');
    const lent = await signText(ben, await challenge(), new Date(world.time.now));
    refused(await answer({ document: lent, certificate: ada.certificate.armored }), /not known|another/);
    const broken = (await signed(ben)).replace(
      /\n[A-Za-z0-9+/]{20}/,
      (line) => line.split('').reverse().join('').replace('\n', '') + '\n',
    );
    expect((await answer({ document: broken, certificate: ben.certificate.armored })).status).toBe(422);
  });

  it('heeds a revocation in the ledger, whatever certificate comes along', async () => {
    const gone = await makeAuthor('Gone');
    const { publicKey } = await openpgp.revokeKey({
      key: gone.signer.key,
      date: new Date(world.time.now),
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keyCompromised, string: '' },
      format: 'armored',
    });
    await answer({ document: await signed(gone), certificate: gone.certificate.armored }).expect(303);
    await world.service.ingest.submitCertificate(publicKey);
    refused(
      await answer({ document: await signed(gone), certificate: gone.certificate.armored }),
      /was revoked/,
    );
  });

  it('refuses secret keys, and shows nothing of them again', async () => {
    const response = await answer({ document: await signed(), certificate: ada.privateKey });
    refused(response, /secret/i);
    expect(response.text).not.toContain('BEGIN PGP PRIVATE KEY');
  });

  it('goes back only within this site', async () => {
    for (const back of [
      'https://evil.test/',
      '//evil.test',
      '/\\evil.test',
      'javascript:alert(1)',
      '/\tevil',
    ]) {
      const response = await answer({ document: await signed(), return: back });
      expect([response.status, response.headers['location']]).toEqual([303, '/']);
      const page = await request(world.app).get('/sign-in').query({ return: back });
      expect(page.text).not.toMatch(/(?:href|action)="(?!\/(?![/\\]))[^"]*evil|name="return" value="(?!\/)/);
      expect(page.text).toContain('<a href="/join?return=%2F">');
    }
  });

  it('is refused when another site sends the form', async () => {
    const document = await signed();
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.test' },
      { Origin: 'null' },
    ]) {
      await answer({ document }, headers).expect(403);
    }
    await answer({ document }, { 'Sec-Fetch-Site': 'same-origin' }).expect(303);
  });

  it.skipIf(gpgVersion === undefined)('works with what gpg signs, by a subkey too', async () => {
    const gpg = new GnupgHome();
    try {
      const now = new Date(world.time.now);
      const fingerprint = gpg.makeKey('greta', 'ed25519', keyDate);
      const document = gpg.clearsign(fingerprint, `${await challenge()}\n`, now);
      await answer({ document, certificate: gpg.export(fingerprint), publish: 'yes' }).expect(303);
      gpg.run(['--quick-add-key', fingerprint, 'ed25519', 'sign', 'never'], '', keyDate);
      const by = gpg.clearsign(fingerprint, await challenge(), now);
      refused(await answer({ document: by }), /not known/);
      await answer({ document: by, certificate: gpg.export(fingerprint) }).expect(303);
      const { rows } = await world.service.db.query('select 1 from account_keys where identity = $1', [
        `openpgp:${fingerprint}`,
      ]);
      expect(rows).toHaveLength(1);
    } finally {
      gpg.close();
    }
  });
});
