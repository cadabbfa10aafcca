// Ed25519 as crev uses it: public keys are identities, written as base64url.
//
// Keys of small order are refused, which upstream does not do.

import { fromBase64Url, toBase64Url } from '../../bytes.ts';
import { ed25519KeyPair, verifyEd25519 } from '../../ed25519.ts';
import { makeIdentity, type Identity } from '../../identity.ts';

/**
 * Whether `signature` (64 bytes) is the signature over `message` by the key of a crev id (43 characters of base64url).
 * Throws key-weak for a key of small order.
 */
export async function verifyByCrevId(
  id: string,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  return verifyEd25519(fromBase64Url(id), signature, message);
}

/** A key pair that signs: what a 32-byte seed (RFC 8032's private key) gives. */
export interface CrevSigner {
  readonly identity: Identity;
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/** The signer of a 32-byte seed; throws signer-failed on another length. */
export async function signerOfSeed(seed: Uint8Array): Promise<CrevSigner> {
  const { publicKey, sign } = await ed25519KeyPair(seed);
  return { identity: makeIdentity('crev', toBase64Url(publicKey)), sign };
}
