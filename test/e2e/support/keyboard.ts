// Through a page by the keyboard alone: Tab reaches everything that can be used, in the order in which it stands, and one
// sees where one is.

import type { Page } from 'playwright-core';

const mostStops = 400;

/** What is wrong with a page for those who have a keyboard only, one line each. Begins at the top of the page. */
export async function keyboardProblems(page: Page): Promise<string[]> {
  // Out at the top, wherever the focus was.
  await page.locator('a.skip').focus();
  await page.keyboard.press('Shift+Tab');
  await page.evaluate(() => {
    (window as unknown as { stops: Element[] }).stops = [];
  });
  const problems: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab');
    const { ended, unseen } = await page.evaluate(() => {
      const { stops } = window as unknown as { stops: Element[] };
      const at = document.activeElement;
      if (at === null || at === document.body || stops.includes(at))
        return { ended: true, unseen: undefined };
      stops.push(at);
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      const isSeen = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
      return {
        ended: false,
        unseen: isSeen && width > 0 && height > 0 ? undefined : at.outerHTML.slice(0, 100),
      };
    });
    if (unseen !== undefined) problems.push(`focus is not visible: ${unseen}`);
    if (ended) break;
  }
  problems.push(...(await page.evaluate(missedAndMisplaced)));
  return problems;
}

/** In the page: what Tab did not reach, and what it reached out of order. */
function missedAndMisplaced(): string[] {
  const { stops } = window as unknown as { stops: Element[] };
  const excerpt = (element: Element): string => element.outerHTML.slice(0, 100);
  const isChosen = (element: Element): boolean => {
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
    const group = [...document.querySelectorAll<HTMLInputElement>('input[type=radio]')].filter(
      ({ name, form }) => name === element.name && form === element.form,
    );
    const checked = group.find((radio) => radio.checked);
    // Of a group without a choice Tab reaches the first.
    return (checked ?? group[0]) === element;
  };
  const usable = [
    ...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]'),
  ].filter(
    (element) =>
      !element.matches(':disabled, [type=hidden], [tabindex="-1"]') &&
      element.checkVisibility({ visibilityProperty: true }) &&
      isChosen(element),
  );
  const missed = usable
    .filter((element) => !stops.includes(element))
    .map((element) => `Tab misses ${excerpt(element)}`);
  const misplaced = stops
    .filter((element, at) => {
      const before = stops[at - 1];
      return (
        before !== undefined &&
        (before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
      );
    })
    .map((element) => `Tab comes too late to ${excerpt(element)}`);
  return [...missed, ...misplaced];
}
