// What the owner of a key has said about it: self-signatures and revocations, each verified by openpgp.js and reduced to
// the facts that decide at a given time whether the key may sign.
//
// Nothing here asks the clock, and no verdict is kept: openpgp.js marks a signature object as revoked for good once it
// has seen a later revocation, so its own judgement of a cached key depends on what was asked before.

import { enums, type SignaturePacket, type UserIDPacket } from 'openpgp';
import type { Revocation } from '../verified.ts';
import { strongHashName, type KeyPacket } from './strength.ts';

/** One valid self-signature. Times are milliseconds since 1970; Infinity for never. */
export interface Binding {
  readonly created: number;
  /** When the self-signature itself runs out. */
  readonly expires: number;
  /** When the key runs out, as this self-signature says. */
  readonly keyExpires: number;
  readonly maySign: boolean;
  /** When a later revocation of the user id took it back. */
  readonly endedAt: number;
}

/** What a self-signature is over: the key alone, a user id of it, or a subkey. */
export interface SignedData {
  readonly key: KeyPacket;
  readonly userID?: UserIDPacket;
  readonly bind?: KeyPacket;
}

/** Whether the key made this signature over this data, whatever the time. */
export async function holds(
  signature: SignaturePacket,
  by: KeyPacket,
  type: enums.signature,
  data: SignedData,
): Promise<boolean> {
  // At the time of its own making a signature is neither early nor late, so the answer does not hang on a clock.
  if (signature.created === null || signature.signatureType !== type) return false;
  try {
    await signature.verify(by, type, data, signature.created, false);
    return true;
  } catch {
    return false;
  }
}

/** The facts of a self-signature that binds the primary key, alone or with a user id. */
export function primaryBinding(signature: SignaturePacket, key: KeyPacket, endedAt: number): Binding {
  return {
    ...timesOf(signature, key),
    // A primary key without flags may do all that its algorithm can (RFC 9580 section 5.2.3.29 leaves it open; GnuPG reads
    // it so).
    maySign: signature.keyFlags === null || hasSignFlag(signature),
    endedAt,
  };
}

/**
 * The facts of a self-signature that binds a subkey. It may sign when its flags say so and the subkey has signed back
 * (RFC 9580 section 5.2.1.9), with a strong hash.
 */
export async function subkeyBinding(
  signature: SignaturePacket,
  primary: KeyPacket,
  subkey: KeyPacket,
): Promise<Binding> {
  const times = timesOf(signature, subkey);
  const back = signature.embeddedSignature;
  const maySign =
    hasSignFlag(signature) &&
    back !== null &&
    strongHashName(back.hashAlgorithm) !== undefined &&
    (await holds(back, subkey, enums.signature.keyBinding, { key: primary, bind: subkey }));
  return {
    ...times,
    expires:
      back === null || !maySign ? times.expires : Math.min(times.expires, timeOf(back.getExpirationTime())),
    maySign,
    endedAt: Infinity,
  };
}

/** What a revocation says. Superseded and retired are soft; compromised, no reason and unknown reasons are hard. */
export function revocationOf(signature: SignaturePacket): Revocation {
  const flag = signature.reasonForRevocationFlag;
  const { keySuperseded, keyRetired, keyCompromised } = enums.reasonForRevocation;
  return {
    hardness: flag === keySuperseded || flag === keyRetired ? 'soft' : 'hard',
    at: signature.created ?? new Date(0),
    reason:
      flag === keySuperseded
        ? 'superseded'
        : flag === keyRetired
          ? 'retired'
          : flag === keyCompromised
            ? 'compromised'
            : 'no reason given',
  };
}

/** The revocation that weighs most: a hard one before a soft one, then the earliest. */
export function worstRevocation(revocations: readonly Revocation[]): Revocation | undefined {
  return revocations.toSorted((a, b) =>
    a.hardness === b.hardness ? a.at.getTime() - b.at.getTime() : a.hardness === 'hard' ? -1 : 1,
  )[0];
}

function timesOf(
  signature: SignaturePacket,
  key: KeyPacket,
): Pick<Binding, 'created' | 'expires' | 'keyExpires'> {
  const seconds = signature.keyExpirationTime ?? 0;
  return {
    created: signature.created?.getTime() ?? 0,
    expires: timeOf(signature.getExpirationTime()),
    keyExpires: seconds === 0 ? Infinity : key.created.getTime() + seconds * 1000,
  };
}

function timeOf(date: Date | typeof Infinity): number {
  return date instanceof Date ? date.getTime() : Infinity;
}

function hasSignFlag(signature: SignaturePacket): boolean {
  return ((signature.keyFlags?.[0] ?? 0) & enums.keyFlags.signData) !== 0;
}
