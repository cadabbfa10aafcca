// Every page, for readers and for those who are signed in: followed from link to link, with every form sent empty.

import { beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../server/support/sign-in.ts';
import { invalidHtml, problemsOf } from './support/check-page.ts';
import { crawl } from './support/crawl.ts';
import { keyboardProblems } from './support/keyboard.ts';
import { fillLedger, type Ledger } from './support/ledger.ts';
import { describeSite, type Site } from './support/site.ts';
import type { Tab } from './support/tab.ts';

/** Pages that a reader has to come across; the walk finds the others by itself. */
/** The ledger's set includes one that nobody has published. */
const dead = /^\/organisations\/root\/[^/]+\/others$/;
const shapes = ['/', '/style', '/publish', '/statements/:hash', '/published/:hash', '/nothing-here'];

describeSite('pages in a browser', (site) => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await fillLedger(site().world.service);
  });

  const seeds = (): string[] => [
    ...['/', '/style', '/publish', '/nothing-here'],
    ...Object.values(ledger.statements).flatMap((id) => [`/statements/${id}`, `/published/${id}`]),
  ];
  // What a page looks like does not hang on the database: the second one has to serve it, valid and without complaints.
  const look = (tab: Tab, { kind }: Site) =>
    kind === 'embedded'
      ? async () => [...(await problemsOf(tab)), ...(await keyboardProblems(tab.page))]
      : async () => invalidHtml(await tab.source());

  it(
    'are accessible, valid, usable by keyboard and fit small screens, for readers',
    { timeout: 300_000 },
    async () => {
      await site().browse({}, async (tab) => {
        expect(await crawl(tab, { seeds: seeds(), fill: '', dead, look: look(tab, site()) })).toEqual(
          expect.arrayContaining(shapes),
        );
      });
    },
  );

  it('are so for those who are signed in', { timeout: 300_000 }, async () => {
    const { cookie } = await signIn(site().world, { keys: [ledger.ada.identity] });
    await site().browse({ cookie }, async (tab) => {
      expect(await crawl(tab, { seeds: seeds(), fill: '', dead, look: look(tab, site()) })).toEqual(
        expect.arrayContaining(shapes),
      );
    });
  });

  describe('the frame of every page', () => {
    it('has a link over the header as the first stop of the keyboard', async () => {
      await site().browse({}, async ({ page, go }) => {
        await go('/');
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
        await page.keyboard.press('Enter');
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
      });
    });

    it('leads to the search by /, but not while somebody types', async () => {
      await site().browse({}, async ({ page, go }) => {
        await go('/style');
        await page.keyboard.press('/');
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('find');
        await page.keyboard.type('pkg:npm/a');
        expect(await page.inputValue('#find')).toBe('pkg:npm/a');
        await page.focus('#sample-text');
        await page.keyboard.type('and/or');
        expect(await page.inputValue('#sample-text')).toBe('and/or');
      });
    });

    it('puts the focus on what a form complains about', async () => {
      await site().browse({}, async ({ page, go }) => {
        await go('/style');
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('errors');
      });
    });

    it('turns dark and light for good by a button, also with scripts off', async () => {
      for (const scripts of [true, false]) {
        await site().browse({ scripts }, async ({ page, go }) => {
          await go('/style');
          await page.getByRole('button', { name: 'Dark' }).click();
          await page.waitForURL('**/style');
          expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
          await go('/');
          const background = await page
            .locator('body')
            .evaluate((body) => getComputedStyle(body).backgroundColor);
          expect(
            background
              .match(/\d+/g)
              ?.map(Number)
              .every((part) => part < 60),
          ).toBe(true);
        });
      }
    });
  });
});
