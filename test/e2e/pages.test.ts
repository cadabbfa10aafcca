import { expect, it } from 'vitest';
import { signIn } from '../server/support/sign-in.ts';
import { checkPage } from './support/check-page.ts';
import { describeSite } from './support/site.ts';

const pages: readonly (readonly [path: string, status: number])[] = [
  ['/', 200],
  ['/style', 200],
  ['/nothing-here', 404],
];

describeSite('pages in a browser', (site) => {
  it.each(pages)('%s is accessible, valid, and fits small screens, for readers', async (path, status) => {
    await site().browse({}, async (tab) => {
      expect((await tab.go(path)).status()).toBe(status);
      await checkPage(tab);
    });
  });

  it.each(pages)('%s is so for those who are signed in', async (path, status) => {
    const { cookie } = await signIn(site().world);
    await site().browse({ cookie }, async (tab) => {
      expect((await tab.go(path)).status()).toBe(status);
      await checkPage(tab);
    });
  });
});
