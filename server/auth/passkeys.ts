// Passkeys (WebAuthn Level 3): a second way into an account, by what a browser or a security key holds. The cryptography is
// @simplewebauthn's; which challenge, whose credential and which count are judged here.
//
// User verification is required, for a passkey stands alone: nothing else is asked of who has one.

import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { findAccount, type Account } from '../../db/accounts.ts';
import { spendChallenge } from '../../db/challenges.ts';
import type { Database } from '../../db/database.ts';
import { addPasskey, findPasskey, listPasskeys, maxPasskeys, notePasskeyUse } from '../../db/passkeys.ts';
import { accountName } from './account-name.ts';
import { spent, type AnsweredChallenge } from './challenge.ts';
import { makePasskeyChallenge, readPasskeyChallenge, type PasskeyFrame } from './passkey-challenge.ts';

const encoded = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/);
const answer = {
  id: encoded,
  rawId: encoded,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}),
};
/** What a browser sends of a new passkey, as far as it is read. */
export const newPasskeySchema = z.object({
  ...answer,
  response: z.object({
    clientDataJSON: encoded,
    attestationObject: encoded,
    transports: z
      .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
      .max(8)
      .catch([]),
  }),
});
/** What a browser sends of a passkey that signed. */
export const passkeyAnswerSchema = z.object({
  ...answer,
  response: z.object({
    clientDataJSON: encoded,
    authenticatorData: encoded,
    signature: encoded,
    userHandle: encoded.optional(),
  }),
});

/** Whether an origin can have passkeys: they belong to a name, never to an address. */
export function canHavePasskeys(origin: string): boolean {
  return isIP(new URL(origin).hostname.replace(/^\[|\]$/g, '')) === 0;
}

/** What the browser is asked for when an account gets a passkey. */
export async function newPasskeyOptions(
  db: Database,
  account: Account,
  frame: PasskeyFrame,
): ReturnType<typeof generateRegistrationOptions> {
  const known = await listPasskeys(db, account.id);
  return generateRegistrationOptions({
    rpName: 'trust-ledger',
    rpID: new URL(frame.origin).hostname,
    userName: accountName(account),
    userID: new TextEncoder().encode(account.id),
    challenge: makePasskeyChallenge(frame),
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId }) => ({ id: base64url(credentialId) })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** Adds the passkey that a browser made to an account. Throws challenge-invalid or request-invalid. */
export async function registerPasskey(
  db: Database,
  {
    account,
    name,
    response,
  }: { account: Account; name: string; response: z.output<typeof newPasskeySchema> },
  frame: PasskeyFrame,
): Promise<void> {
  const { verified, challenge } = await verify(frame, (expected) =>
    verifyRegistrationResponse({ ...expected, response }),
  );
  if (!verified.verified) throw refused();
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  await db.transaction(async (transaction) => {
    if (!(await spendChallenge(transaction, challenge))) throw spent();
    const isAdded = await addPasskey(transaction, {
      ...{ credentialId: Buffer.from(id, 'base64url'), accountId: account.id, publicKey, counter, name },
      transports: response.response.transports,
      addedAt: frame.now,
    });
    if (!isAdded) {
      throw new TrustError(
        'request-invalid',
        `The passkey is known already, or the account has ${maxPasskeys} of them.`,
      );
    }
  });
}

/** What the browser is asked for when somebody signs in: any passkey of this site. */
export async function passkeySignInOptions(
  frame: PasskeyFrame,
): ReturnType<typeof generateAuthenticationOptions> {
  return generateAuthenticationOptions({
    rpID: new URL(frame.origin).hostname,
    challenge: makePasskeyChallenge(frame),
    userVerification: 'required',
  });
}

/** The account that a passkey's answer belongs to. Throws challenge-invalid. */
export async function signInByPasskey(
  db: Database,
  response: z.output<typeof passkeyAnswerSchema>,
  frame: PasskeyFrame,
): Promise<Account> {
  const known = await findPasskey(db, Buffer.from(response.id, 'base64url'));
  const { userHandle, ...signed } = response.response;
  const handle = userHandle && Buffer.from(userHandle, 'base64url').toString();
  if (known === undefined || (handle !== undefined && handle !== known.accountId)) {
    throw new TrustError('challenge-invalid', 'No account here has this passkey.', {
      help: 'Sign in another way, and add the passkey on /account/passkeys.',
    });
  }
  const credential = {
    id: response.id,
    publicKey: new Uint8Array(known.publicKey),
    counter: known.counter,
  };
  const { verified, challenge } = await verify(frame, (expected) =>
    verifyAuthenticationResponse({
      ...expected,
      response: { ...response, response: { ...signed, ...(userHandle !== undefined && { userHandle }) } },
      credential,
    }),
  );
  if (!verified.verified) throw refused();
  const { newCounter } = verified.authenticationInfo;
  return db.transaction(async (transaction) => {
    if (!(await spendChallenge(transaction, challenge))) throw spent();
    if (!(await notePasskeyUse(transaction, known.credentialId, newCounter, frame.now))) throw refused();
    const account = await findAccount(transaction, known.accountId);
    if (account === undefined) throw refused();
    return account;
  });
}

interface Expected {
  readonly expectedOrigin: string;
  readonly expectedRPID: string;
  readonly requireUserVerification: true;
  readonly expectedChallenge: (challenge: string) => boolean;
}

/** Verifies by the library what is expected in this frame; gives the challenge that was answered. */
async function verify<Verified>(
  frame: PasskeyFrame,
  by: (expected: Expected) => Promise<Verified>,
): Promise<{ verified: Verified; challenge: AnsweredChallenge }> {
  const read: AnsweredChallenge[] = [];
  try {
    const verified = await by({
      expectedOrigin: frame.origin,
      expectedRPID: new URL(frame.origin).hostname,
      requireUserVerification: true,
      expectedChallenge: (challenge) => {
        read.push(readPasskeyChallenge(challenge, frame));
        return true;
      },
    });
    const [challenge] = read;
    if (challenge === undefined) throw refused();
    return { verified, challenge };
  } catch (cause) {
    if (isTrustError(cause)) throw cause;
    throw refused(cause);
  }
}

function refused(cause?: unknown): TrustError {
  return new TrustError('challenge-invalid', 'The passkey’s answer does not hold.', {
    help: 'Try again; if it stays, sign in another way.',
    cause,
  });
}

/** Bytes as WebAuthn writes them. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
