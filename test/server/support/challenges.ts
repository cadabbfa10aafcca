// Answering challenges in tests: what a page shows, signed by a real key.

import * as openpgp from 'openpgp';
import type { Author } from './authors.ts';

/** The challenge that a page shows. */
export function challengeIn(html: string): string {
  const shown = /<pre class="signed-text[^"]*" id="text-to-sign"[^>]*>([^<]+)<\/pre>/.exec(html)?.[1];
  if (shown === undefined) throw new Error('The page shows no challenge');
  return shown.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** Any text, cleartext-signed as gpg would. */
export async function signText(
  { signer }: Pick<Author, 'signer'>,
  text: string,
  date: Date,
): Promise<string> {
  const message = await openpgp.createCleartextMessage({ text });
  return openpgp.sign({ message, signingKeys: signer.key, date });
}
