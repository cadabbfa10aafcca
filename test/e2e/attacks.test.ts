// Attacks in a real browser: scripts in every field that a statement or a form can carry, and pages of other sites that use
// the session of somebody who is signed in.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAccount } from '../../db/accounts.ts';
import { signIn, type SignedIn } from '../server/support/sign-in.ts';
import { invalidHtml } from './support/check-page.ts';
import { crawl } from './support/crawl.ts';
import { fillLedger, type Ledger } from './support/ledger.ts';
import { pressAndLand } from './support/signing.ts';
import { describeSite } from './support/site.ts';
import type { Tab } from './support/tab.ts';

/** Breaks out of text, attributes, scripts, comments and templates; `field` says where one got through. */
function hostile(field: string): string {
  const mark = field.replaceAll(/\W/g, '_');
  return (
    `${mark}'"\`--></title></textarea></pre><script>pwned='${mark}'</script><img src=/pwned/${mark} onerror=pwned=1>` +
    '<svg onload=pwned=1><%= 7*1911111 %>${7*1911111}{{7*1911111}}'
  );
}

const reflections = (text: string): string[] => {
  const payload = encodeURIComponent(text);
  return [
    `/${payload}`,
    `/style?sample=${payload}`,
    `/search?q=${payload}`,
    `/search?q=${encodeURIComponent(`pkg:npm/${text}`)}`,
    `/sign-in?return=${payload}`,
    `/join?return=${encodeURIComponent(`/${text}`)}`,
    `/packages/npm/${payload}`,
    `/packages/npm/left-pad@${payload}`,
    `/identities/${payload}`,
    `/statements/${payload}`,
    `/published/${'0'.repeat(64)}?return=${payload}`,
    `/organisations/${payload}`,
    `/review?purl=${payload}`,
    `/trust?id=${payload}`,
    `/retract?statement=${payload}`,
    '/sign-in?return=javascript:pwned=1',
    '/style?__proto__[pwned]=1&constructor.prototype.pwned=1',
    // Options of EJS, which it takes from data when it is handed a request's query.
    '/style?settings[view%20options][outputFunctionName]=x;pwned=1;//&client=1&escapeFunction=pwned',
  ];
};

/** What got through on the page that a tab shows, one line each. */
async function gotThrough({ page, source }: Tab): Promise<string[]> {
  const found = await page.evaluate(() => {
    const isBad = (url: string): boolean => /^\s*(?:javascript|data|vbscript):/i.test(url);
    const elements = [...document.querySelectorAll('*')];
    return [
      ...('pwned' in window ? ['a script ran'] : []),
      ...elements
        .filter((element) =>
          [...element.attributes].some(({ name }) => name.startsWith('on') || name === 'style'),
        )
        .map((element) => `handler: ${element.outerHTML.slice(0, 120)}`),
      ...[...document.querySelectorAll('script:not([src]), svg, iframe, object, embed, base')].map(
        (element) => `injected: ${element.outerHTML.slice(0, 120)}`,
      ),
      ...[...document.querySelectorAll('[href], [src], [action], [formaction]')]
        .flatMap((element) => [...element.attributes])
        .filter(({ name, value }) => /^(?:href|src|action|formaction)$/.test(name) && isBad(value))
        .map(({ name, value }) => `${name}="${value.slice(0, 100)}"`),
      ...(document.documentElement.outerHTML.includes('13377777') ? ['a template was filled in'] : []),
    ];
  });
  return [...found, ...(await invalidHtml(await source()))];
}

describeSite('attacks in a browser', (site) => {
  describe('scripts', () => {
    let ledger: Ledger;
    beforeAll(async () => {
      ledger = await fillLedger(
        site().world.service,
        hostile,
        `javascript:pwned='url'//"><script>pwned=1</script>`,
      );
    });

    it(
      'stored in any field of a statement, or sent in any field of a form, stay text',
      { timeout: 300_000 },
      async () => {
        const { cookie } = await signIn(site().world, { keys: [ledger.ada.identity] });
        const pages = Object.values(ledger.statements).flatMap((id) => [
          `/statements/${id}`,
          `/published/${id}`,
        ]);
        const people = [ledger.ada, ledger.ben].map(
          ({ identity }) => `/identities/${encodeURIComponent(identity)}`,
        );
        const packages = ['/packages/npm/%40scope/left-pad', `/packages/${ledger.purl.slice('pkg:'.length)}`];
        await site().browse({ cookie }, async (tab) => {
          const seen = await crawl(tab, {
            seeds: [
              '/',
              '/publish',
              '/sign-in',
              '/join',
              ...pages,
              ...people,
              ...packages,
              ...reflections(hostile('reflected')),
            ],
            fill: hostile('form').slice(0, 200),
            dead: /./,
            look: () => gotThrough(tab),
          });
          expect(seen).toEqual(
            expect.arrayContaining(['/statements/:hash', '/published/:hash', '/publish → /publish']),
          );
        });
      },
    );

    it('are shown as they were written, by every name that a page shows', async () => {
      await site().browse({}, async ({ page, go }) => {
        await go(`/statements/${ledger.statements.review}`);
        const text = (await page.textContent('main')) ?? '';
        expect(text).toContain(`first_name'`);
        for (const field of ['model', 'path read', 'comment on the review']) {
          expect(text).toContain(hostile(field));
        }
      });
    });
  });

  describe('pages of other sites', () => {
    let evil: Server;
    let port: number;
    let victim: SignedIn;
    const root = `openpgp:${'E'.repeat(40)}`;

    beforeAll(async () => {
      evil = createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        const target = site().origin;
        response.end(
          request.url === '/frame'
            ? `<!doctype html><title>Frame</title><iframe src="${target}/style"></iframe>`
            : `<!doctype html><title>Form</title><form method="post" action="${target}/preferences/roots">
              <input name="root" value="${root}"><input name="change" value="add"><button>Win a prize</button></form>`,
        );
      });
      await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
      ({ port } = evil.address() as AddressInfo);
      victim = await signIn(site().world);
    });
    afterAll(() => {
      evil.closeAllConnections();
      evil.close();
    });

    it('cannot send forms in the name of somebody who is signed in, not even from another port of the same host', async () => {
      for (const from of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
        const look = { cookie: victim.cookie, elsewhere: [from], tolerate: /favicon/ };
        await site().browse(look, async ({ page, go, context }) => {
          await page.goto(`${from}/form`);
          await pressAndLand(page, 'button');
          expect(page.url()).toBe(`${site().origin}/preferences/roots`);
          expect(await page.textContent('main')).toContain('made by a page of another site');
          expect((await context.cookies()).map(({ name }) => name)).toEqual(['sid']);
          // The session is still good: it was the form that was refused.
          await go('/');
          expect(await page.textContent('nav[aria-label=Main]')).toContain(victim.account.userName);
        });
      }
      const account = await findAccount(site().world.service.db, victim.account.id);
      expect(account?.roots).toEqual([]);
    });

    it('cannot show this site in a frame', async () => {
      const from = `http://localhost:${port}`;
      const look = {
        cookie: victim.cookie,
        elsewhere: [from],
        tolerate: /favicon|frame-ancestors|X-Frame-Options|Framing/i,
      };
      await site().browse(look, async ({ page }) => {
        await page.goto(`${from}/frame`);
        const inside = page.frames()[1];
        // What is there instead is the browser's own page.
        expect(await inside?.locator('.brand, main#main').count()).toBe(0);
      });
    });

    it('are not where a form or a link of ours leads', async () => {
      for (const asked of [
        '//evil.invalid',
        '/\\evil.invalid',
        'https://evil.invalid/',
        '/\t/evil.invalid',
        '\\\\evil.invalid',
      ]) {
        await site().browse({ cookie: victim.cookie }, async ({ page, go }) => {
          await go('/style');
          await page.evaluate((text) => {
            const field = document.querySelector<HTMLInputElement>('footer [name=return]');
            if (field !== null) field.value = text;
          }, asked);
          await page.getByRole('button', { name: 'Dark' }).click();
          await page.waitForURL(`${site().origin}/`);
          await go(`/sign-in?return=${encodeURIComponent(asked)}`);
          expect(new URL(page.url()).origin).toBe(site().origin);
        });
      }
    });
  });
});
