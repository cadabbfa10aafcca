import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatStatement, parseStatement } from '../../../core/statement/canonical.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { splitIdentity } from '../../../core/identity.ts';
import { GpgHome, hasGpg } from '../../cli/support/gpg-home.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign, signedAt, trustIn, type Author } from '../support/authors.ts';
import { openPage } from '../support/open-page.ts';
import { browse, type Browser } from '../support/pages.ts';
import { textOfElement } from '../support/composing.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('publishing what was signed', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  let anybody: Browser;

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    anybody = browse(world.app);
  });

  it('takes a signed text with its key, and leads to the receipt', async () => {
    const document = await sign(ada, review('pkg:npm/one@1.0.0'));
    const answer = await anybody.post('/publish', { document, certificate: ada.certificate.armored });
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(/^\/published\/[0-9a-f]{64}$/);
    const page = await openPage(world.app, answer.headers['location'] ?? '');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Your review is in the ledger');
    expect(page.text).toContain('pkg:npm/one@1.0.0');
    expect(page.text).toContain('Leaf hash');
    expect(page.html).toContain('c2sp.org/tlog-proof@v1');
  });

  it('says which earlier review a new one replaces, and that the earlier one counts no more', async () => {
    const first = await sign(ada, review('pkg:npm/twice@1.0.0'), new Date('2026-11-19T12:00:00Z'));
    const second = await sign(ada, review('pkg:npm/twice@1.0.0', { comment: 'Again.' }));
    const before = await anybody.post('/publish', { document: first });
    const after = await anybody.post('/publish', { document: second });
    expect((await openPage(world.app, after.headers['location'] ?? '')).text).toContain(
      'It replaces your earlier statement',
    );
    expect((await openPage(world.app, before.headers['location'] ?? '')).text).toContain(
      'It does not count itself',
    );
  });

  it('says under the reader’s roots whether it counts', async () => {
    const document = await sign(ada, review('pkg:npm/roots@1.0.0'));
    const { headers } = await anybody.post('/publish', { document });
    const page = headers['location'] ?? '';
    expect((await openPage(world.app, page)).text).toContain('You have not chosen whom you trust');
    expect((await openPage(world.app, page, `roots=${ada.identity}`)).text).toContain(
      'its author is one of them',
    );
    const strangers = await openPage(world.app, page, `roots=${ben.identity}`);
    expect(strangers.text).toContain('nobody whom you trust trusts its author');
  });

  it('shows a refused text again, with what was pasted and what to do', async () => {
    const text = formatStatement(
      parseStatement(
        'kind: trust\nversion: 1\ndate: "2026-11-20T12:00:00Z"\nfrom: { id-type: openpgp, id: "' +
          splitIdentity(ada.identity).id +
          '" }\nids: [ { id-type: openpgp, id: "' +
          splitIdentity(ben.identity).id +
          '" } ]\ntrust: low',
      ),
    );
    const answer = await anybody.post('/publish', {
      document: 'I agree.',
      text,
      filename: 'trust.yaml',
      author: ada.identity,
    });
    expect(answer.status).toBe(422);
    expect(textOfElement(answer.text, 'document')).toBe('I agree.');
    expect(textOfElement(answer.text, 'text-to-sign')).toBe(text);
    expect(answer.text).toContain('gpg --clearsign');
    expect(answer.text).toContain(
      `gpg --local-user ${splitIdentity(ada.identity).id} --clearsign trust.yaml`,
    );
    expect(answer.text).toContain('role="alert"');
  });

  it('asks for the public key of an author whom nobody knows', async () => {
    const cal = await makeAuthor('Cal');
    const answer = await anybody.post('/publish', { document: await sign(cal, review('pkg:npm/cal@1.0.0')) });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('href="#certificate"');
  });

  it('refuses a text signed by another key than its author’s, and one that was changed', async () => {
    const document = await sign(ada, review('pkg:npm/forged@1.0.0'));
    const forged = document.replace('rating: positive', 'rating: strong');
    expect((await anybody.post('/publish', { document: forged })).status).toBe(422);
    const theirs = formatStatement({
      ...parseStatement(textInside(document)),
      from: splitIdentity(ben.identity),
    });
    await anybody.post('/keys/new', { certificate: ben.certificate.armored });
    const wrong = (await sign(ada, review('pkg:npm/x@1.0.0'))).replace(
      textInside(await sign(ada, review('pkg:npm/x@1.0.0'))),
      theirs,
    );
    const answer = await anybody.post('/publish', { document: wrong });
    expect(answer.status).toBe(422);
  });

  it('never writes a private key back that somebody pasted', async () => {
    for (const field of ['document', 'certificate']) {
      const answer = await anybody.post('/publish', {
        document: 'x',
        certificate: 'y',
        [field]: ada.privateKey,
      });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('SECRET key');
      expect(answer.text).not.toContain('BEGIN PGP PRIVATE');
    }
  });

  it('writes hostile text only as text', async () => {
    const hostile = '</textarea></pre><script>alert(1)</script>"\'><img src=x onerror=alert(1)>';
    const answer = await anybody.post('/publish', {
      document: hostile,
      certificate: '',
      text: hostile,
      filename: '"><b>.yaml',
      author: hostile,
      draft: hostile,
      return: '//evil.example',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toMatch(/<script>alert|<img src=x/);
    expect(answer.text).not.toContain('evil.example');
  });

  it('leads back only to this site', async () => {
    const document = await sign(ada, trustIn(ben.identity, 'low'));
    const away = await anybody.post('/publish', { document, return: 'https://evil.example/' });
    expect(away.headers['location']).toMatch(/^\/published\/[0-9a-f]{64}$/);
    const back = await anybody.post('/publish', { document, return: '/organisations/acme' });
    expect(back.headers['location']).toMatch(/\?return=%2Forganisations%2Facme$/);
    const page = await openPage(world.app, `${away.headers['location'] ?? ''}?return=//evil.example`);
    expect(page.text).not.toContain('Go on where you were');
  });

  it('refuses forms of other sites, oversize ones, and what is no form', async () => {
    const document = await sign(ada, review('pkg:npm/csrf@1.0.0'));
    const forged = await request(world.app)
      .post('/publish')
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ document });
    expect(forged.status).toBe(403);
    const elsewhere = await request(world.app)
      .post('/publish')
      .set('Origin', 'https://evil.example')
      .type('form')
      .send({ document });
    expect(elsewhere.status).toBe(403);
    expect((await anybody.post('/publish', { document: 'a'.repeat(1_100_000) })).status).toBe(413);
    expect((await anybody.post('/publish', { document: 'a'.repeat(200_000) })).status).toBe(422);
    expect((await request(world.app).post('/publish').type('text').send(document)).status).toBe(415);
  });

  it('gives the text as a file, byte for byte with a line end, and no other name than its own', async () => {
    const answer = await anybody.post('/sign/download', {
      text: 'kind: trust\nünï: <b>',
      filename: 'trust.yaml',
    });
    expect(answer.text).toBe('kind: trust\nünï: <b>\n');
    expect(answer.headers).toMatchObject({
      'content-disposition': 'attachment; filename="trust.yaml"',
      'content-type': 'text/plain; charset=utf-8',
    });
    const bad = await anybody.post('/sign/download', { text: 'x', filename: 'a"\r\nX: y.yaml' });
    expect(bad.status).toBe(400);
  });

  it('says that nothing is known of an id that was never published', async () => {
    expect((await anybody.get(`/published/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await anybody.get('/published/nonsense')).status).toBe(400);
  });

  it('removes the draft that it came from, and nobody else’s', async () => {
    const [owner, other] = await Promise.all([signIn(world), signIn(world)]);
    const own = browse(world.app, owner.cookie);
    const kept = await own.post('/review', { 'package-purl': 'pkg:npm/drafted@1.0.0', do: 'save' });
    const draft = /draft=([0-9a-f-]{36})/.exec(kept.headers['location'] ?? '')?.[1] ?? '';
    const document = await sign(ada, review('pkg:npm/drafted@1.0.0'));
    await browse(world.app, other.cookie).post('/publish', { document, draft });
    expect((await own.get('/drafts')).text).toContain(draft);
    await own.post('/publish', { document, draft });
    expect((await own.get('/drafts')).text).not.toContain(draft);
  });

  describe.runIf(hasGpg())('with real gpg', () => {
    const home = new GpgHome();
    afterAll(() => {
      home.remove();
    });

    it('takes what gpg --clearsign makes of the text that the form gave, scripts off', async () => {
      const fingerprint = home.generate('Dora <dora@example.org>');
      world.time.now = Date.now() + 60_000;
      const page = await anybody.post('/review', {
        'package-purl': 'pkg:npm/by-gpg@1.0.0',
        'package-digests': `sha256 ${'a'.repeat(64)}`,
        'review-thoroughness': 'low',
        'review-understanding': 'low',
        'review-rating': 'neutral',
        'author-other': fingerprint.replaceAll(/(.{4})/g, '$1 '),
        comment: '- with a dash\n\n  indented, and ünïcödé',
        do: 'sign',
      });
      const text = textOfElement(page.text, 'text-to-sign');
      const file = await anybody.post('/sign/download', { text, filename: 'review.yaml' });
      const document = home.run(['--local-user', fingerprint, '--clearsign'], file.text);
      const certificate = home.gpg('--armor', '--export', fingerprint);
      const answer = await anybody.post('/publish', { document, certificate, text });
      expect(answer.status, answer.text).toBe(303);
    });
  });
});

function textInside(document: string): string {
  return document.split('\n\n').slice(1).join('\n\n').split('\n-----BEGIN PGP SIGNATURE')[0] ?? '';
}

describe('the signed text', () => {
  it('is the shown text, as core signs it', async () => {
    const ada = await makeAuthor('Ada');
    const text = textInside(await sign(ada, trustIn((await makeAuthor('Ben')).identity, 'high')));
    expect(textInside(await signCleartext(text, ada.signer, signedAt))).toBe(text);
  });
});
