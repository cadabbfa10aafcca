import { beforeAll, expect, it } from 'vitest';
import { splitIdentity } from '../../../core/identity.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign, trustIn, type Author } from '../support/authors.ts';
import { openPage, sendForm } from '../support/open-page.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('the start page and the page of roots', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  const cookieOf = ({ cookies }: { readonly cookies: readonly string[] }): string =>
    cookies.find((one) => one.startsWith('roots='))?.split(';')[0] ?? '';

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    const { ingest } = world.service;
    expect((await openPage(world.app, '/')).text).toContain('Nobody has published a review here yet');
    expect((await openPage(world.app, '/roots')).text).toContain('You trust nobody yet');
    for (const one of [ada, ben]) await ingest.submitCertificate(one.certificate.armored);
    await ingest.submitStatement(await sign(ada, trustIn(ben.identity, 'medium')));
    await ingest.submitStatement(
      await sign(ada, {
        kind: 'reviewer set',
        name: 'core',
        title: 'Core team <script>alert(1)</script>',
        members: [{ id: splitIdentity(ben.identity), trust: 'high' }],
      }),
    );
    await ingest.submitStatement(await sign(ben, review('pkg:npm/good@1.0.0')));
    await ingest.submitStatement(
      await sign(
        ben,
        review('pkg:npm/bad@1.0.0', {
          review: { thoroughness: 'high', understanding: 'high', rating: 'negative' },
        }),
      ),
    );
  });

  it('begins with what this is, a search, the state of the ledger and the newest reviews, negative ones marked', async () => {
    const { html, text } = await openPage(world.app, '/');
    for (const fact of [
      'good 1.0.0',
      'bad 1.0.0',
      'Entries 6',
      'The eight verdicts',
      'A key is not a person.',
    ]) {
      expect(text).toContain(fact);
    }
    expect(html).toContain('href="/checkpoint"');
    expect(html).toContain('action="/search"');
    expect(html).toContain('class="review review-negative"');
  });

  it('lets a reader without a key choose a set, see what follows, and take it back', async () => {
    const before = await openPage(world.app, '/roots');
    expect(before.text).toContain('Core team <script>');
    expect(before.html).not.toContain('<script>alert');
    const root = `${ada.identity}#core`;
    const chosen = await sendForm(world.app, '/preferences/roots', { root, change: 'add', return: '/roots' });
    expect(chosen).toMatchObject({ status: 303, location: '/roots' });
    const { text } = await openPage(world.app, '/roots', cookieOf(chosen));
    expect(text).toContain('set core');
    expect(text).toContain('1 reviewer in your web of trust');
    const removed = await sendForm(
      world.app,
      '/preferences/roots',
      { root, change: 'remove', return: '/roots' },
      cookieOf(chosen),
    );
    expect(cookieOf(removed)).toBe('roots=');
  });

  it('takes what people have at hand, and says what is wrong with the rest', async () => {
    const fingerprint = ada.identity.slice(8);
    for (const typed of [
      ada.identity,
      fingerprint,
      fingerprint.toLowerCase().replaceAll(/(.{4})/g, '$1 '),
      `0x${fingerprint}`,
      `${fingerprint}#core`,
      'FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE',
    ]) {
      const added = await sendForm(world.app, '/roots', { root: typed });
      expect(added, typed).toMatchObject({ status: 303, location: '/roots' });
      expect(cookieOf(added)).not.toBe('');
    }
    for (const typed of ['', 'ada@example.org', '"><script>alert(1)</script>', 'x'.repeat(5000)]) {
      const refused = await sendForm(world.app, '/roots', { root: typed });
      expect(refused.status, typed).toBe(422);
      expect(refused.text).toContain('Enter an OpenPGP fingerprint');
      expect(refused.html).not.toContain('<script>alert');
    }
  });

  it('keeps them with the account of whoever is signed in', async () => {
    const { cookie } = await signIn(world);
    const added = await sendForm(world.app, '/roots', { root: ada.identity }, cookie);
    expect(cookieOf(added)).toBe('');
    const { text } = await openPage(world.app, '/roots', cookie);
    expect(text).toContain('2 reviewers in your web of trust');
    expect(text).toContain('it is kept with your account');
  });
});
