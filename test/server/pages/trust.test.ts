import { beforeAll, expect, it } from 'vitest';
import { parseStatement } from '../../../core/statement/canonical.ts';
import { splitIdentity } from '../../../core/identity.ts';
import { describeDatabases } from '../../support/database.ts';
import { bytesOf, makeAuthor, type Author } from '../support/authors.ts';
import { composeAndPublish, reviewFields, textOfElement } from '../support/composing.ts';
import { openPage, sendForm } from '../support/open-page.ts';
import { browse, type Browser } from '../support/pages.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const crev = 'crev:FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';

describeDatabases('the forms for trust, retractions and sources', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  let anybody: Browser;

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    anybody = browse(world.app);
  });

  const trust = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ids: `${splitIdentity(ben.identity).id.replaceAll(/(.{4})/g, '$1 ')}\n${crev}`,
    trust: 'medium',
    'author-other': splitIdentity(ada.identity).id,
    ...more,
  });

  it('composes trust in several identities, with what each level means', async () => {
    const start = await openPage(world.app, `/trust?id=${crev}&level=high`);
    expect(start.html).toContain('value="high" checked');
    expect(start.text).toContain('Warns of them');
    const page = await anybody.post('/trust', { ...trust(), comment: 'We met.', do: 'preview' });
    expect(parseStatement(textOfElement(page.text, 'preview'))).toMatchObject({
      kind: 'trust',
      ids: [splitIdentity(ben.identity), { 'id-type': 'crev', id: crev.slice(5) }],
      trust: 'medium',
      comment: 'We met.',
    });
  });

  it.each([
    ['ids', 'nobody', 'Not an identity'],
    ['trust', 'total', 'Choose one'],
    ['trust', 'distrust', 'Say why'],
    ['override', 'x', 'Not an identity'],
  ])('tells at the field %s what is wrong with %j', async (field, value, message) => {
    const { status, text } = await sendForm(world.app, '/trust', { ...trust(), do: 'sign', [field]: value });
    expect(status).toBe(422);
    expect(text).toContain(message);
  });

  it('lets nobody vouch for themselves', async () => {
    const { status, text } = await sendForm(world.app, '/trust', {
      ...trust({ ids: ada.identity }),
      do: 'sign',
    });
    expect([status, text.includes('nobody can vouch')]).toEqual([422, true]);
  });

  it('publishes trust, and says whose earlier word it replaces', async () => {
    const first = await composeAndPublish(anybody, '/trust', trust({ date: '2026-11-19T12:00:00Z' }), ada);
    const second = await composeAndPublish(anybody, '/trust', trust({ trust: 'low' }), ada);
    const page = await openPage(world.app, `/published/${second}`);
    expect(page.text).toContain('Whoever trusts you now may trust (low)');
    expect(page.text).toContain('It replaces your earlier statement ( trust medium'.replace('( ', '('));
    expect((await openPage(world.app, `/published/${first}`)).text).toContain('It does not count itself');
    const bens = await openPage(world.app, `/published/${second}`, `roots=${ada.identity}`);
    expect(bens.text).toContain('its author is one of them');
  });

  it('says what follows before a retraction, and withdraws only what is one’s own', async () => {
    const id = await composeAndPublish(anybody, '/review', reviewFields(ada, 'pkg:npm/regret@1.0.0'), ada);
    const start = await openPage(world.app, `/retract?statement=${id}`);
    expect(start.text).toContain('stays in the ledger for good');
    expect(start.text).toContain('pkg:npm/regret@1.0.0');
    const form = { statement: id, reason: 'mistake', author: 'other' };
    const others = await sendForm(world.app, '/retract', {
      ...form,
      'author-other': ben.identity,
      do: 'sign',
    });
    expect([others.status, others.text.includes('Only its author can withdraw it')]).toEqual([422, true]);
    const { cookie } = await signIn(world, { keys: [ben.identity] });
    expect((await openPage(world.app, `/retract?statement=${id}`, cookie)).text).toContain(
      'another key than those',
    );

    const retraction = await composeAndPublish(
      anybody,
      '/retract',
      { ...form, 'author-other': ada.identity },
      ada,
    );
    expect((await openPage(world.app, `/published/${retraction}`)).text).toContain(
      'It withdraws your package review',
    );
    expect((await openPage(world.app, `/published/${id}`)).text).toContain('It is retracted');
    const again = await sendForm(world.app, '/retract', {
      ...form,
      'author-other': ada.identity,
      do: 'sign',
    });
    expect([again.status, again.text.includes('retracted already')]).toEqual([422, true]);
  });

  it.each([
    ['nonsense', '64 hex digits'],
    ['0'.repeat(64), 'holds no statement'],
  ])('retracts nothing when the id is %j', async (statement, message) => {
    const form = { statement, reason: 'other', 'author-other': ada.identity, do: 'sign' };
    const { status, text } = await sendForm(world.app, '/retract', form);
    expect([status, text.includes(message)]).toEqual([422, true]);
  });

  it('joins digests of one source', async () => {
    const purl = 'pkg:npm/joined@1.0.0';
    const form = {
      'package-purl': purl,
      'package-digests': `sha512: ${bytesOf(purl)}`,
      'author-other': ada.identity,
    };
    const one = await sendForm(world.app, '/source', { ...form, do: 'sign' });
    expect([one.status, one.text.includes('at least two')]).toEqual([422, true]);
    const digests = `${form['package-digests']}\ncrevdigest: ${'c'.repeat(64)}`;
    const id = await composeAndPublish(anybody, '/source', { ...form, 'package-digests': digests }, ada);
    expect((await openPage(world.app, `/published/${id}`)).text).toContain('are of one source');
  });

  it('writes script in every field only as text', async () => {
    const script = '"><script>alert(1)</script>';
    const names = [
      'ids',
      'trust',
      'override',
      'comment',
      'author',
      'author-other',
      'date',
      'statement',
      'reason',
    ];
    const everywhere = Object.fromEntries(names.map((name) => [name, script]));
    for (const path of ['/trust', '/retract', '/source']) {
      for (const action of ['edit', 'sign']) {
        const { html } = await sendForm(world.app, path, { ...everywhere, do: action });
        expect(html).not.toContain('<script>alert');
      }
      const query = encodeURIComponent(script);
      const { html } = await openPage(
        world.app,
        `${path}?id=${query}&level=${query}&statement=${query}&purl=${query}`,
      );
      expect(html).not.toContain('<script>alert');
    }
  });
});
