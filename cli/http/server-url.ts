// The address of a ledger, as people write it.

import { excerpt } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';

/**
 * The base address of a ledger, ending in a slash; a path before it is kept. Throws usage for anything but http and https,
 * and for addresses with credentials, a query or a fragment.
 */
export function parseServerUrl(text: string): URL {
  const help = 'Write it like https://ledger.example.org or http://localhost:8080.';
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new TrustError('usage', `Not the address of a server: ${excerpt(text)}`, { help, cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TrustError('usage', `Only http and https addresses are used: ${excerpt(text)}`, { help });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TrustError('usage', 'The address of the server carries a user name or a password.', { help });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new TrustError('usage', `The address of the server carries more than a path: ${excerpt(text)}`, {
      help,
    });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
