// Challenges: short texts of ours that somebody signs to prove that they hold a key. Sealed with the site's secret, so that
// asking for one changes nothing here; each counts once, for ten minutes, at one address, for one purpose.
//
// A challenge is no statement: it has no `kind`, so that what was signed to sign in can't be published, nor the other way
// round. A text is accepted only if we would write the same, byte for byte.

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { TrustError } from '../../core/errors.ts';
import { formatSeconds } from '../../core/time.ts';

/** How long a challenge may be answered. */
export const challengeMs = 10 * 60 * 1000;

/** What the signature is for: signing in (and joining), or giving a key to the account of this id. */
export type Purpose = { readonly kind: 'sign-in' } | { readonly kind: 'add-key'; readonly account: string };

/** What a challenge is bound to. */
export interface ChallengeFrame {
  /** Scheme, host and port of the site that asks. */
  readonly origin: string;
  readonly purpose: Purpose;
  readonly now: Date;
  /** The site's secret, as text. */
  readonly secret: string;
}

/** A good challenge that was answered, to be noted as spent. */
export interface AnsweredChallenge {
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
}

/** The text of a new challenge, without a final line break. */
export function makeChallenge(frame: ChallengeFrame): string {
  const expires = formatSeconds(new Date(frame.now.getTime() + challengeMs));
  return write(frame, randomBytes(24).toString('base64url'), expires);
}

/**
 * Reads the text of a challenge that somebody signed. Throws challenge-invalid when it is not ours, is for something else,
 * or is too old. Whether it was answered before is for the table of spent challenges to say.
 */
export function readChallenge(signed: string, frame: ChallengeFrame): AnsweredChallenge {
  // Editors and shells add empty lines at the end.
  const text = signed.replace(/\n+$/, '');
  const field = (name: string): string => new RegExp(`^${name}: ([^\\s]{1,300})$`, 'm').exec(text)?.[1] ?? '';
  const [origin, purpose, nonce, expires] = [
    field('origin'),
    field('purpose'),
    field('nonce'),
    field('expires'),
  ];
  if (origin === '' || nonce === '' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(expires)) {
    throw refused('This is not a challenge of this site.');
  }
  if (origin !== frame.origin) throw refused(`This challenge is of another site, ${origin}.`);
  if (purpose !== frame.purpose.kind) throw refused(`This challenge is for something else: ${purpose}.`);
  if (!isSame(write(frame, nonce, expires), text)) throw refused('This site did not make this challenge.');
  const expiresAt = new Date(expires);
  if (frame.now >= expiresAt) throw refused(`This challenge could be answered until ${expires}.`);
  return { hash: createHash('sha256').update(text).digest(), expiresAt };
}

/** The error for a challenge that was answered before. */
export function spent(): TrustError {
  return refused('This challenge was answered already. Each counts once.');
}

function write({ origin, purpose, secret }: ChallengeFrame, nonce: string, expires: string): string {
  const text = [
    purpose.kind === 'sign-in'
      ? `I hold this key, and sign in to ${origin} with it.`
      : `I hold this key, and add it to my account on ${origin}.`,
    '',
    `origin: ${origin}`,
    `purpose: ${purpose.kind}`,
    ...(purpose.kind === 'add-key' ? [`account: ${purpose.account}`] : []),
    `nonce: ${nonce}`,
    `expires: ${expires}`,
  ].join('\n');
  return `${text}\nseal: ${seal(text, secret)}`;
}

function seal(text: string, secret: string): string {
  const key = createHmac('sha256', secret).update('challenge').digest();
  return createHmac('sha256', key).update(text).digest('base64url');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function refused(message: string): TrustError {
  return new TrustError('challenge-invalid', message, {
    help: 'Sign the challenge that this page shows now, and answer within ten minutes.',
  });
}
