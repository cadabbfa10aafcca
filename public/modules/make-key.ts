// Making a key in the browser: what people enter is checked, and a key with its revocation and its public half comes out.
//
// No page element and no network is known here.

import { TrustError } from '../../core/errors.ts';
import { isHostileValue } from '../../core/statement/hostile-text.ts';
import { generateKey } from '../../core/statement/openpgp/sign.ts';

/** Fewest characters of a passphrase. */
export const minPassphrase = 12;

export interface KeyWish {
  readonly name: string;
  /** Empty for none. */
  readonly email: string;
  readonly passphrase: string;
  readonly again: string;
  /** 0 for ever. */
  readonly years: number;
}

export interface MadeKey {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** Armoured, locked with the passphrase. */
  readonly privateKey: string;
  readonly revocation: string;
  /** Armoured, public. */
  readonly certificate: string;
}

/** What is wrong with what was entered; undefined when a key can be made of it. */
export function wishProblem({ name, email, passphrase, again }: KeyWish): string | undefined {
  if (name.trim() === '') return 'Enter a name; a pseudonym is fine.';
  if (/[<>()]/.test(name) || isHostileValue(name))
    return 'The name may not hold < > ( ) or invisible characters.';
  if (email !== '' && !/^[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+$/.test(email))
    return 'This is no e-mail address. It may be left out.';
  if (passphrase.length < minPassphrase) return `The passphrase needs at least ${minPassphrase} characters.`;
  return passphrase === again ? undefined : 'The two passphrases differ.';
}

/** Makes the key; throws usage with what `wishProblem` says. */
export async function makeKey(wish: KeyWish, now: Date): Promise<MadeKey> {
  const problem = wishProblem(wish);
  if (problem !== undefined) throw new TrustError('usage', problem);
  const { name, email, passphrase, years } = wish;
  const made = await generateKey({
    name: name.trim(),
    ...(email !== '' && { email }),
    passphrase,
    // Clocks differ: a key that begins a minute ago is valid everywhere now.
    date: new Date(now.getTime() - 60_000),
    ...(years > 0 && { lifetime: years * 31_557_600 }),
  });
  return {
    fingerprint: made.identity.slice('openpgp:'.length),
    privateKey: made.privateKey,
    revocation: made.revocation,
    certificate: made.certificate.armored,
  };
}

/** Whether what was typed is the end of the fingerprint, spaces and case aside. */
export function isFingerprintEnd(typed: string, fingerprint: string): boolean {
  const plain = typed.replaceAll(/\s/g, '').toUpperCase();
  return plain.length >= 8 && fingerprint.endsWith(plain);
}
