// An organisation's reviewer set: made around its key, signed in the browser, changed, signed again, and compared.

import { beforeAll, expect, it } from 'vitest';
import { signIn } from '../server/support/sign-in.ts';
import type { Author } from '../server/support/authors.ts';
import { makePerson } from './support/people.ts';
import { pressAndLand, signInBrowser } from './support/signing.ts';
import { describeSite } from './support/site.ts';
import { leaks } from './support/traffic.ts';

const passphrase = 'eleven ∆ quiet horses/+&=';

describeSite('a reviewer set', (site) => {
  let board: Author;
  let ada: Author;
  let ben: Author;
  beforeAll(async () => {
    [board, ada, ben] = await Promise.all([
      makePerson('The board', passphrase),
      makePerson('Ada'),
      makePerson('Ben'),
    ]);
  });

  it('is published, changed, published again, and the difference can be read by everybody', async () => {
    const { cookie } = await signIn(site().world, { keys: [board.identity] });
    const slug = `board-${site().kind}`;
    const edit = `/organisations/${slug}/edit`;
    await site().browse({ cookie }, async ({ page, go, traffic }) => {
      await go('/organisations/new');
      await page.fill('#set', 'board');
      await page.fill('#title', 'The Example Board');
      await page.fill('#slug', slug);
      await pressAndLand(page, 'form[action="/organisations/new"] button[type=submit]');
      const propose = async (author: Author, level: string): Promise<void> => {
        await go(edit);
        await page.fill('#member', author.identity.slice('openpgp:'.length));
        await page.check(`input[name=trust][value=${level}]`);
        await pressAndLand(page, `form[action="${edit}/members"] button[type=submit]`);
      };
      const publish = async (): Promise<void> => {
        await go(`${edit}/text?pending=include`);
        await signInBrowser(page, board.privateKey, passphrase);
        expect(new URL(page.url()).pathname).toMatch(/^\/published\//);
      };
      await propose(ada, 'medium');
      await publish();
      await propose(ben, 'low');
      await go(`${edit}/members/${encodeURIComponent(ada.identity)}`);
      await page.check('input[name=trust][value=high]');
      await pressAndLand(page, 'main form button[type=submit]');
      await go(`${edit}/text?pending=include`);
      expect(await page.textContent('main')).toMatch(/added[\s\S]*changed|changed[\s\S]*added/);
      await publish();
      await traffic.settled();
      expect(await leaks(traffic, { passphrases: [passphrase], privateKeys: [board.privateKey] })).toEqual(
        [],
      );
    });

    await site().browse({ scripts: false }, async ({ page, go }) => {
      await go(`/organisations/${slug}/history`);
      const table = page.locator('#compared-title + table');
      expect(await table.locator('tr', { hasText: 'added' }).textContent()).toContain(ben.identity.slice(-4));
      expect(await table.locator('tr', { hasText: 'changed' }).textContent()).toMatch(/medium[\s\S]*high/);
      // One click makes it a root of a reader without an account.
      await go(`/organisations/${slug}`);
      expect(await page.textContent('main')).toContain('2 members');
      await pressAndLand(page, 'button[name=change][value=add]');
      expect(await page.textContent('main')).toContain('one of your roots');
    });
  });
});
