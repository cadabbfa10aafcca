// Walks through the whole site as somebody: follows every link and sends every form, one page of each shape, so that pages
// that come later are looked at without anybody thinking of it.

import { expect } from 'vitest';
import type { Tab } from './tab.ts';

export interface Walk {
  /** Where to begin; these are visited whatever their shape. */
  readonly seeds: readonly string[];
  /** What every text field says when a form is sent. */
  readonly fill: string;
  /** Links that may be dead. */
  readonly dead?: RegExp;
  /** Looks at the page that the tab shows; returns what is wrong. */
  readonly look: (label: string) => Promise<readonly string[]>;
}

/** Not followed: what is no page, and what would end the walk. */
const leaveOut =
  /^\/(?:api|assets|log|tile|checkpoint|receipts|livez|readyz|icon)|^\/sign-out|delete|\/export|\.(?:json|asc|yaml|proof)$/;
const leaveForms = /^\/(?:sign-out|sign\/download|preferences|account\/sessions\/end)|delete|\/export/;

/** Walks the site; returns the shapes of pages that were seen. Fails with everything that was wrong, and with dead links. */
export async function crawl({ page, go }: Tab, { seeds, fill, look, dead }: Walk): Promise<string[]> {
  const shapes = new Set<string>();
  const forms = new Set<string>();
  const problems: string[] = [];
  const queue = [...seeds];
  const asked = new Set(seeds.map(shapeOf));

  const seen = async (label: string): Promise<void> => {
    problems.push(...(await look(label)).map((problem) => `${label}: ${problem}`));
    for (const path of await linksOf(page)) {
      const shape = shapeOf(path);
      if (asked.has(shape) || leaveOut.test(path)) continue;
      asked.add(shape);
      queue.push(path);
    }
  };

  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const answer = await page.request.get(path, { headers: { Accept: 'text/html' } });
    const isDead = answer.status() >= 400 && !seeds.includes(path);
    if (isDead && dead?.test(path) !== true) problems.push(`dead link, ${answer.status()}: ${path}`);
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    await go(path);
    shapes.add(shapeOf(path));
    await seen(path);
    for (const [at, { method, action }] of (await formsOf(page)).entries()) {
      // The search is on every page, and the same.
      const form = `${method === 'get' ? '' : `${shapeOf(path)} → `}${shapeOf(action)}`;
      if (forms.has(form) || leaveForms.test(action)) continue;
      forms.add(form);
      await go(path);
      await send({ page }, at, fill);
      shapes.add(form);
      await seen(`${form} at ${path}`);
    }
  }
  expect(problems).toEqual([]);
  return [...shapes].sort();
}

/** A path with what names one thing among many left out: `/statements/:id`. */
export function shapeOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://here.invalid');
  const shape = pathname
    .replace(/^\/packages\/[^/]+\/.*@[^/]+$/, '/packages/:version')
    .replace(/^\/packages\/[^/]+\/.+$/, (rest) =>
      rest === '/packages/:version' ? rest : '/packages/:package',
    )
    .replace(/\/[0-9a-f]{64}(?=\/|$)/g, '/:hash')
    .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, '/:uuid')
    .replace(/\/(?:openpgp|crev)(?::|%3A)[^/]+/gi, '/:identity')
    .replace(/\/\d+(?=\/|$)/g, '/:number');
  const names = [...new Set(searchParams.keys())].sort();
  return names.length === 0 ? shape : `${shape}?${names.join('&')}`;
}

function linksOf(page: Tab['page']): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('a[href]')]
      .map(({ href }) => new URL(href))
      // A link within the page leads nowhere else, also on a page that a form's path answered.
      .filter(
        ({ origin, pathname, hash }) =>
          origin === location.origin && (hash === '' || pathname !== location.pathname),
      )
      .map(({ pathname, search }) => pathname + search),
  );
}

function formsOf(page: Tab['page']): Promise<{ method: string; action: string }[]> {
  return page.evaluate(() =>
    [...document.forms].map(({ method, action }) => ({ method, action: new URL(action).pathname })),
  );
}

async function send({ page }: Pick<Tab, 'page'>, at: number, fill: string): Promise<void> {
  const landed = page.waitForEvent('load', { timeout: 20_000 });
  await page.evaluate(
    ([index, text]) => {
      const form = document.forms[index];
      if (form === undefined) return;
      for (const field of form.elements) {
        const isText =
          field instanceof HTMLTextAreaElement ||
          (field instanceof HTMLInputElement && /^(?:text|search|url|email|password)$/.test(field.type));
        if (isText) field.value = text;
      }
      form.noValidate = true;
      form.requestSubmit();
    },
    [at, fill] as const,
  );
  await landed;
}
