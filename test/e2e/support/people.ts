// People with real keys who sign now: a browser's clock can't be set back to the tests' day.

import { generateKey, openSigner } from '../../../core/statement/openpgp/sign.ts';
import { sign, type Author } from '../../server/support/authors.ts';

const month = 30 * 86_400_000;

/** Somebody whose key is a month old, with a user id and passphrase of choice. */
export async function makePerson(name: string, passphrase?: string): Promise<Author> {
  const made = await generateKey({
    name,
    email: 'somebody@example.org',
    date: new Date(Math.floor((Date.now() - month) / 1000) * 1000),
    ...(passphrase !== undefined && { passphrase }),
  });
  return { ...made, signer: await openSigner(made.privateKey, passphrase) };
}

/** The signed document of a statement, of a minute ago unless another age is given. */
export function signNow(author: Author, body: Parameters<typeof sign>[1], minutesAgo = 1): Promise<string> {
  return sign(author, body, new Date(Math.floor(Date.now() / 1000) * 1000 - minutesAgo * 60_000));
}
