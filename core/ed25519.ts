// Ed25519 (RFC 8032) by WebCrypto, for crev's proofs and for the log's notes: signatures over plain bytes.
//
// Keys of small order are refused: under such a key one signature fits many texts, so it names nobody. Imported keys are
// kept, because importing costs more than verifying.

import { fromBase64Url, toHex } from './bytes.ts';
import { TrustError } from './errors.ts';

/** Length of a public key and of a private one (a seed), in bytes. */
export const ed25519KeyBytes = 32;
/** Length of a signature, in bytes. */
export const ed25519SignatureBytes = 64;

const maxCachedKeys = 1_000;
const keys = new Map<string, Promise<CryptoKey>>();

// y coordinates (little-endian hex, sign bit cleared) of the points of order 1, 2, 4 and 8, with their non-canonical forms:
// the list of libsodium, crypto_core/ed25519/ref10, ge25519_has_small_order.
const smallOrder = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Throws key-weak for a public key of small order. */
export function checkPublicKey(publicKey: Uint8Array): void {
  const hex = toHex(publicKey.map((byte, position) => (position === 31 ? byte & 0x7f : byte)));
  if (smallOrder.has(hex)) {
    throw new TrustError('key-weak', 'This Ed25519 key has small order: it names nobody.');
  }
}

/**
 * Whether `signature` (64 bytes) is the signature over `message` by a public key (32 bytes). Throws key-weak for a key of
 * small order.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await importedKey(publicKey);
  } catch (error) {
    if (error instanceof TrustError) throw error;
    // Not a point of the curve: no signature fits.
    return false;
  }
  return crypto.subtle.verify('Ed25519', key, buffer(signature), buffer(message));
}

/** A key pair that signs: what a 32-byte seed (RFC 8032's private key) gives. */
export interface Ed25519KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/** The key pair of a 32-byte seed; throws signer-failed on another length. */
export async function ed25519KeyPair(seed: Uint8Array): Promise<Ed25519KeyPair> {
  if (seed.length !== ed25519KeyBytes) throw new TrustError('signer-failed', 'An Ed25519 seed has 32 bytes.');
  // PKCS #8 (RFC 8410 section 7) with the seed in it: the only form of a private key that WebCrypto reads without the
  // public one.
  const pkcs8 = new Uint8Array([
    ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
    ...seed,
  ]);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', key);
  return {
    publicKey: fromBase64Url(x),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, buffer(message))),
  };
}

function importedKey(publicKey: Uint8Array): Promise<CryptoKey> {
  const name = toHex(publicKey);
  const known = keys.get(name);
  if (known !== undefined) return known;
  checkPublicKey(publicKey);
  const imported = crypto.subtle.importKey('raw', buffer(publicKey), 'Ed25519', false, ['verify']);
  // The oldest goes first; a key that fails to import is forgotten.
  for (const oldest of keys.keys()) {
    if (keys.size < maxCachedKeys) break;
    keys.delete(oldest);
  }
  keys.set(name, imported);
  imported.catch(() => keys.delete(name));
  return imported;
}

/** WebCrypto wants bytes that stand on an ArrayBuffer of their own, not on shared memory. */
function buffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
