import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { maxDrafts } from '../../../db/drafts.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, type Author } from '../support/authors.ts';
import { composeAndPublish, reviewFields } from '../support/composing.ts';
import { openPage } from '../support/open-page.ts';
import { browse, type Browser } from '../support/pages.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('drafts', (open) => {
  let world: World;
  let ada: Author;
  let owner: Browser;
  let cookie: string;

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await makeAuthor('Ada');
    ({ cookie } = await signIn(world, { keys: [ada.identity] }));
    owner = browse(world.app, cookie);
  });

  const keep = async (browser: Browser, fields: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await browser.post('/review', { ...fields, do: 'save' });
    expect(answer.status).toBe(303);
    return /draft=([0-9a-f-]{36})&saved/.exec(answer.headers['location'] ?? '')?.[1] ?? '';
  };

  it('keeps what was written, valid or not, and goes on with it', async () => {
    const draft = await keep(owner, {
      'package-purl': 'left-pad, I think',
      comment: 'Half <b>read',
      evil: 'x',
    });
    const page = await openPage(world.app, `/review?draft=${draft}&saved=yes`, cookie);
    expect(page.text).toContain('The draft is kept.');
    expect(page.html).toContain('value="left-pad, I think"');
    expect(page.html).toContain('Half &lt;b&gt;read');
    expect((await openPage(world.app, '/drafts', cookie)).text).toContain('left-pad, I think');
    const again = await keep(owner, { 'package-purl': 'pkg:npm/left-pad@1.3.0', draft });
    expect(again).toBe(draft);
    const list = await openPage(world.app, '/drafts', cookie);
    expect(list.text).toContain('pkg:npm/left-pad@1.3.0');
    expect(list.text).not.toContain('I think');
  });

  it('lets nobody reach another’s draft', async () => {
    const draft = await keep(owner, { 'package-purl': 'pkg:npm/secret@1.0.0', comment: 'not yet' });
    const other = browse(world.app, (await signIn(world)).cookie);
    for (const path of [`/review?draft=${draft}`, `/drafts/${draft}/delete`]) {
      const answer = await other.get(path);
      expect([answer.status, answer.text.includes('secret')]).toEqual([404, false]);
    }
    expect((await other.post(`/drafts/${draft}/delete`)).status).toBe(404);
    // Saving under another's id makes a draft of one's own.
    const theirs = await keep(other, { 'package-purl': 'pkg:npm/mine@1.0.0', draft });
    expect(theirs).not.toBe(draft);
    expect((await owner.get(`/review?draft=${draft}`)).text).toContain('secret');
    expect((await other.get('/drafts')).text).not.toContain('secret');
  });

  it('is for those who are signed in', async () => {
    const anybody = browse(world.app);
    const list = await anybody.get('/drafts');
    expect([list.status, list.headers['location']]).toEqual([303, '/sign-in?return=%2Fdrafts']);
    expect((await anybody.get('/review?draft=x')).headers['location']).toContain('/sign-in?return=');
    expect((await anybody.post('/review', { do: 'save' })).status).toBe(400);
    const id = await keep(owner, { comment: 'x' });
    expect((await anybody.post(`/drafts/${id}/delete`)).status).toBe(401);
  });

  it('is not opened by the form for another kind of statement', async () => {
    const draft = await keep(owner, { comment: 'a review' });
    expect((await owner.get(`/trust?draft=${draft}`)).status).toBe(404);
    expect((await owner.get('/review?draft=nonsense')).status).toBe(404);
  });

  it('asks before it deletes one, and then does', async () => {
    const draft = await keep(owner, { 'package-purl': 'pkg:npm/gone@1.0.0' });
    expect((await owner.get(`/drafts/${draft}/delete`)).text).toContain('Delete this draft?');
    expect((await owner.get('/drafts')).text).toContain('pkg:npm/gone@1.0.0');
    const forged = await request(world.app)
      .post(`/drafts/${draft}/delete`)
      .set('Cookie', cookie)
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({});
    expect(forged.status).toBe(403);
    expect((await owner.post(`/drafts/${draft}/delete`)).status).toBe(303);
    expect((await owner.get('/drafts')).text).not.toContain('pkg:npm/gone@1.0.0');
  });

  it('is removed once it is published', async () => {
    const id = await composeAndPublish(owner, '/review', reviewFields(ada, 'pkg:npm/done@1.0.0'), ada);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect((await owner.get('/drafts')).text).not.toContain('pkg:npm/done@1.0.0');
  });

  it('is bounded in size and number', async () => {
    const { cookie: busy } = await signIn(world);
    const browser = browse(world.app, busy);
    const large = Object.fromEntries(
      ['comment', 'coverage-read', 'coverage-skimmed'].map((name) => [name, 'a'.repeat(60_000)]),
    );
    expect((await browser.post('/review', { ...large, do: 'save' })).status).toBe(413);
    for (let i = 0; i < maxDrafts; i++) await keep(browser, { comment: String(i) });
    const one = await browser.post('/review', { comment: 'one more', do: 'save' });
    expect([one.status, one.text.includes('There are 100 drafts already')]).toEqual([400, true]);
  });
});
