// Composing in tests: what a page shows for signing, and signing it as people do.

import { expect } from 'vitest';
import { splitIdentity } from '../../../core/identity.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { bytesOf, signedAt, type Author } from './authors.ts';
import type { Browser } from './pages.ts';

/** The text of a page's element with this id, entities decoded, byte for byte. */
export function textOfElement(html: string, id: string): string {
  const found = new RegExp(`<(pre|textarea)[^>]* id="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(html)?.[2];
  if (found === undefined) throw new Error(`The page has no #${id}`);
  return found
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** The form of a plain good review. */
export function reviewFields(
  author: Author,
  purl: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'package-purl': purl,
    'package-digests': `sha512: ${bytesOf(purl)}`,
    'review-thoroughness': 'medium',
    'review-understanding': 'high',
    'review-rating': 'positive',
    'author-other': splitIdentity(author.identity).id,
    ...more,
  };
}

/** Fills in a form, signs the text that its next page shows, publishes it, and gives the id of the statement. */
export async function composeAndPublish(
  browser: Browser,
  path: string,
  fields: Readonly<Record<string, string>>,
  author: Author,
): Promise<string> {
  const page = await browser.post(path, { ...fields, do: 'sign' });
  expect(page.status, page.text.slice(0, 3000)).toBe(200);
  const text = textOfElement(page.text, 'text-to-sign');
  const draft = /name="draft" value="([^"]+)"/.exec(page.text)?.[1];
  const answer = await browser.post('/publish', {
    document: await signCleartext(text, author.signer, signedAt),
    certificate: author.certificate.armored,
    text,
    ...(draft !== undefined && { draft }),
  });
  expect(answer.status, answer.text.slice(0, 3000)).toBe(303);
  return answer.headers['location']?.replace('/published/', '') ?? '';
}
