// ML-DSA-44 (FIPS 204), for cosignatures and as a log's second signature.
//
// Optional: no engine that we support has it built in, so it comes from a package that need not be installed, and is loaded
// only when a key of this type is used. That package is kept but not audited; docs/THREAT-MODEL.md says what that means.

import type { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { TrustError } from '../errors.ts';

export const mlDsaPublicKeyBytes = 1312;
export const mlDsaSignatureBytes = 2420;

type Implementation = typeof ml_dsa44;

let loading: Promise<Implementation> | undefined;

async function load(): Promise<Implementation> {
  try {
    return (await import('@noble/post-quantum/ml-dsa.js')).ml_dsa44;
  } catch (cause) {
    throw new TrustError(
      'note-invalid',
      'ML-DSA-44 keys need the package @noble/post-quantum, which is not here',
      {
        help: 'Install it beside trust-ledger: npm install @noble/post-quantum',
        cause,
      },
    );
  }
}

/** The key pair of a 32-byte seed, signing with the empty context. Throws note-invalid when the package is missing. */
export async function mlDsa44KeyPair(
  seed: Uint8Array,
): Promise<{ readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Promise<Uint8Array> }> {
  const mlDsa = await (loading ??= load());
  const { publicKey, secretKey } = mlDsa.keygen(seed);
  return { publicKey, sign: (message) => Promise.resolve(mlDsa.sign(message, secretKey)) };
}

/** Whether a signature (2,420 bytes) is the key's (1,312 bytes) over the message. Throws note-invalid when the package is missing. */
export async function verifyMlDsa44(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  if (signature.length !== mlDsaSignatureBytes || publicKey.length !== mlDsaPublicKeyBytes) return false;
  return (await (loading ??= load())).verify(signature, message, publicKey);
}
