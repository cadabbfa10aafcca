import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, type Author } from '../support/authors.ts';
import { openPage } from '../support/open-page.ts';
import { browse } from '../support/pages.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('publishing a new key', (open) => {
  let world: World;
  let ada: Author;

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
  });

  it('says what becomes public, and has inputs for the secret in no form and without names', async () => {
    const { html, text } = await openPage(world.app, '/keys/new');
    expect(text).toContain('for good');
    for (const id of ['new-passphrase', 'new-passphrase-again', 'key-name', 'key-email']) {
      const tag = new RegExp(`<input[^>]* id="${id}"[^>]*>`).exec(html)?.[0] ?? '';
      expect(tag).toMatch(/autocomplete="off"/);
      expect(tag).not.toMatch(/ name=/);
    }
    const inForms = [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([form]) => form).join('');
    expect(inForms).not.toContain('passphrase');
  });

  it('takes the public key, and says whose it is', async () => {
    const answer = await browse(world.app).post('/keys/new', { certificate: ada.certificate.armored });
    expect(answer.status).toBe(303);
    const page = await openPage(world.app, answer.headers['location'] ?? '');
    expect(page.text).toContain('The key is published');
    expect(page.text).toContain('Ada <ada@example.org>');
    expect(page.text).toContain('nobody checked');
  });

  it('refuses a private key and does not write it back', async () => {
    const answer = await browse(world.app).post('/keys/new', { certificate: ada.privateKey });
    expect([answer.status, answer.text.includes('SECRET key')]).toEqual([422, true]);
    expect(answer.text).not.toContain('BEGIN PGP PRIVATE');
  });

  it('refuses what is no key, and keeps what was pasted as text', async () => {
    const answer = await browse(world.app).post('/keys/new', {
      certificate: '</textarea><script>alert(1)</script>',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('&lt;/textarea&gt;');
    expect(answer.text).not.toContain('<script>alert');
  });

  it('refuses forms of other sites, and names of keys that nobody published', async () => {
    const forged = await request(world.app)
      .post('/keys/new')
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ certificate: ada.certificate.armored });
    expect(forged.status).toBe(403);
    expect((await browse(world.app).get(`/keys/published?identity=openpgp:${'0'.repeat(40)}`)).status).toBe(
      404,
    );
    expect((await browse(world.app).get('/keys/published?identity=x')).status).toBe(400);
  });
});
