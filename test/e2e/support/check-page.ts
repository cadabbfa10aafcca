// What every page has to be: accessible by WCAG 2.2 AA in light and dark, valid HTML, and free of sideways scrolling at
// 320 px. The content security policy stays on all the while.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { HtmlValidate, StaticConfigLoader, type ConfigData } from 'html-validate';
import type { Page } from 'playwright-core';
import type { Tab } from './tab.ts';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const rules = JSON.parse(readFileSync(join(import.meta.dirname, 'html-validate.json'), 'utf8')) as ConfigData;
const html = new HtmlValidate(new StaticConfigLoader({ root: true, ...rules }));

/** Narrowest screen on which pages reflow: 1280 px at 400 %. */
const narrow = 320;

/** What is wrong with the page that a tab shows, as it is wide in light and narrow in dark, one line each. */
export async function problemsOf({ page, source }: Tab): Promise<string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 900 };
  const problems = await invalidHtml(await source());
  await page.evaluate(axe.source);
  for (const [width, colorScheme] of [
    [before.width, 'light'],
    [narrow, 'dark'],
  ] as const) {
    await page.setViewportSize({ ...before, width });
    await page.emulateMedia({ colorScheme });
    problems.push(...(await violations(page)).map((one) => `${colorScheme}, ${width} px: ${one}`));
  }
  problems.push(...(await sidewaysScroll(page)));
  await page.setViewportSize(before);
  return problems;
}

/** What html-validate has against a document, one line each. */
export async function invalidHtml(text: string): Promise<string[]> {
  const { results } = await html.validateString(text, 'page.html');
  return results.flatMap(({ messages }) =>
    messages.map(({ line, ruleId, message }) => {
      const where = text.split('\n')[line - 1]?.trim().slice(0, 160) ?? '';
      return `HTML line ${line}, ${ruleId}: ${message} in ${where}`;
    }),
  );
}

async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(async (tags) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    const results = await inPage.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    });
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html: element, failureSummary = '' }) => [id, element, failureSummary] as const),
    );
  }, wcag);
  return found.map(
    ([id, element, summary]) => `${id}: ${element.slice(0, 200)} (${summary.replace(/\s+/g, ' ')})`,
  );
}

async function sidewaysScroll(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const widest = [...document.querySelectorAll('main *, header *, footer *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(-3)
      .map((element) => element.outerHTML.slice(0, 120));
    return [`scrolls sideways at ${clientWidth} px, to ${scrollWidth} px: ${widest.join(' | ')}`];
  });
}
