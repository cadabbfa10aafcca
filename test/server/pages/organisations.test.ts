import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, sign, type Author } from '../support/authors.ts';
import { browse, type Browser } from '../support/pages.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const script = '"><script>alert(1)</script>';

describeDatabases('the list of organisations, and making one', (open) => {
  let world: World;
  let acme: Author;
  let admin: Browser;

  beforeAll(async () => {
    world = await makeWorld(await open());
    acme = await makeAuthor('Acme');
    await world.service.ingest.submitCertificate(acme.certificate.armored);
    const { cookie } = await signIn(world, { userName: 'ada', keys: [acme.identity] });
    admin = browse(world.app, cookie);
  });

  const details = (more: object = {}): Record<string, string> => ({
    identity: acme.identity,
    set: 'reviewers',
    title: 'Acme Reviewers',
    slug: 'acme',
    home: 'https://acme.example/review',
    domain: 'Acme.Example',
    description: 'We read.',
    ...more,
  });

  it('says what to do while there is none', async () => {
    const { status, text } = await browse(world.app).get('/organisations');
    expect(status).toBe(200);
    expect(text).toContain('No organisations yet');
    expect(text).toContain('href="/organisations/new"');
  });

  it('sends those who are not signed in to sign in', async () => {
    const answer = await browse(world.app).get('/organisations/new');
    expect([answer.status, answer.headers['location']]).toEqual([
      303,
      '/sign-in?return=%2Forganisations%2Fnew',
    ]);
    expect((await browse(world.app).post('/organisations/new', details())).status).toBe(401);
  });

  it('lets nobody make one around a key that they have not proven', async () => {
    const { cookie } = await signIn(world, {});
    const other = browse(world.app, cookie);
    expect((await other.get('/organisations/new')).text).toContain('Prove the organisation’s key first');
    const answer = await other.post('/organisations/new', details());
    expect(answer.status).toBe(422);
    expect((await browse(world.app).get('/organisations/acme')).status).toBe(404);
  });

  it('is not made by a page of another site', async () => {
    const { cookie } = await signIn(world, { keys: [(await makeAuthor('Mallory')).identity] });
    const answer = await request(world.app)
      .post('/organisations/new')
      .set('Cookie', cookie)
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send(details());
    expect(answer.status).toBe(403);
  });

  it('shows what is wrong at the fields, with what was typed', async () => {
    const answer = await admin.post('/organisations/new', {
      ...details({
        slug: 'new',
        title: '',
        home: 'javascript:alert(1)',
        domain: '127.0.0.1',
        description: script,
      }),
    });
    expect(answer.status).toBe(422);
    for (const field of ['slug', 'title', 'home', 'domain'])
      expect(answer.text).toContain(`id="${field}-error"`);
    expect(answer.text).not.toContain('<script>alert');
    expect(answer.text).toContain('&lt;script&gt;alert(1)');
  });

  it('makes one, whose maker administers it', async () => {
    const answer = await admin.post('/organisations/new', details({ title: `Acme ${script}` }));
    expect([answer.status, answer.headers['location']]).toEqual([303, '/organisations/acme/edit']);
    const { text } = await admin.get('/organisations');
    expect(text).toContain('Acme &#34;&gt;&lt;script&gt;');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('acme.example');
    expect(text).toContain('not yet');
    expect(text).toContain('Yours');
  });

  it('gives an address, and a name of a set under one key, only once', async () => {
    const again = await admin.post('/organisations/new', details({ set: 'others' }));
    expect(again.status).toBe(422);
    expect(again.text).toContain('taken');
    expect((await admin.post('/organisations/new', details({ slug: 'acme-two' }))).status).toBe(422);
  });

  describe('with a set in the ledger that no organisation publishes', () => {
    it('lists it apart, and takes it over when its owner makes an organisation', async () => {
      const [beta, member] = [await makeAuthor('Beta'), await makeAuthor('Member')];
      await world.service.ingest.submitCertificate(beta.certificate.armored);
      const document = await sign(beta, {
        kind: 'reviewer set',
        name: 'core',
        title: 'Beta Core',
        members: [
          { id: { 'id-type': 'openpgp', id: member.identity.slice(8) }, trust: 'high', scope: ['pkg:npm/*'] },
        ],
        policy: { require: { trust: 'high' } },
      });
      await world.service.ingest.submitStatement(document);
      const before = await browse(world.app).get('/organisations');
      expect(before.text).toContain('Beta Core');
      expect(before.text).toContain(`/organisations/root/${encodeURIComponent(beta.identity)}/core`);

      const { cookie } = await signIn(world, { keys: [beta.identity] });
      const owner = browse(world.app, cookie);
      const made = await owner.post('/organisations/new', {
        ...details({ identity: beta.identity, set: 'core', slug: 'beta', title: 'Beta' }),
      });
      expect(made.status).toBe(303);
      const after = await browse(world.app).get('/organisations');
      expect(after.text).toContain('href="/organisations/beta"');
      expect(after.text).not.toContain('/organisations/root/');
    });
  });
});
