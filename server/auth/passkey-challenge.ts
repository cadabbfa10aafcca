// Challenges for passkeys: bytes instead of a text, sealed in the same way, so that asking for one changes nothing here.

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { TrustError } from '../../core/errors.ts';
import { challengeMs, type AnsweredChallenge } from './challenge.ts';

const nonceBytes = 16;
const timeBytes = 6;
const sealBytes = 32;

/** What a passkey's answer is for: signing in, or adding it to the account of an id. */
export interface PasskeyFrame {
  readonly origin: string;
  readonly purpose: 'sign-in' | `add to ${string}`;
  readonly now: Date;
  readonly secret: string;
}

/** A new challenge. */
export function makePasskeyChallenge(frame: PasskeyFrame): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(nonceBytes + timeBytes);
  randomBytes(nonceBytes).copy(head);
  head.writeUIntBE(frame.now.getTime() + challengeMs, nonceBytes, timeBytes);
  return new Uint8Array(Buffer.concat([head, seal(frame, head)]));
}

/** Reads a challenge that came back, in base64url; throws challenge-invalid. Whether it was answered before is not judged. */
export function readPasskeyChallenge(text: string, frame: PasskeyFrame): AnsweredChallenge {
  const bytes = Buffer.from(text, 'base64url');
  const head = bytes.subarray(0, nonceBytes + timeBytes);
  const given = bytes.subarray(nonceBytes + timeBytes);
  if (given.length !== sealBytes || !timingSafeEqual(given, seal(frame, head))) {
    throw new TrustError('challenge-invalid', 'The passkey answered something that this site did not ask.');
  }
  const expiresAt = new Date(head.readUIntBE(nonceBytes, timeBytes));
  if (frame.now >= expiresAt) {
    throw new TrustError('challenge-invalid', 'The passkey answered too late. Try again.');
  }
  return { hash: createHash('sha256').update(bytes).digest(), expiresAt };
}

function seal({ origin, purpose, secret }: PasskeyFrame, head: Uint8Array): Buffer {
  const key = createHmac('sha256', secret).update('passkey challenge').digest();
  return createHmac('sha256', key).update(`${origin}\n${purpose}\n`).update(head).digest();
}
