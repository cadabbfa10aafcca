// The floors: which public-key algorithms, key sizes, curves and hashes may make a statement.
//
// RSA of 2,048 to 8,192 bits; ECDSA on the NIST curves; Ed25519 (legacy and native) and Ed448. Refused: DSA, ElGamal,
// secp256k1, RSA below 2,048 bits, and every hash under SHA-256, also in the self-signatures that bind a key, where SHA-1
// still occurs. Brainpool curves are refused because openpgp.js verifies them in some runtimes only. Revocations are
// heeded with SHA-1 too: refusing one would keep a lost key alive.

import { enums, type PublicKeyPacket, type PublicSubkeyPacket } from 'openpgp';

export type KeyPacket = PublicKeyPacket | PublicSubkeyPacket;

const minRsaBits = 2048;
const maxRsaBits = 8192;
const curves = new Set(['nistP256', 'nistP384', 'nistP521']);
const hashes = new Map<number, string>([
  [enums.hash.sha256, 'sha256'],
  [enums.hash.sha384, 'sha384'],
  [enums.hash.sha512, 'sha512'],
  [enums.hash.sha3_256, 'sha3-256'],
  [enums.hash.sha3_512, 'sha3-512'],
]);

export interface KeyStrength {
  /** For example `ed25519`, `rsa4096`, `nistp256`. */
  readonly algorithm: string;
  /** Why statements by it are refused; undefined when they are not. */
  readonly weakness: string | undefined;
}

/** What kind of key it is, and whether it is strong enough to sign. */
export function keyStrength(packet: KeyPacket): KeyStrength {
  const { algorithm, bits = 0, curve } = packet.getAlgorithmInfo();
  switch (algorithm) {
    case 'rsaEncryptSign':
    case 'rsaSign':
      return {
        algorithm: `rsa${bits}`,
        weakness:
          bits < minRsaBits
            ? `RSA needs at least ${minRsaBits} bits`
            : bits > maxRsaBits
              ? `RSA is accepted up to ${maxRsaBits} bits`
              : undefined,
      };
    case 'ecdsa': {
      const name = String(curve);
      return {
        algorithm: name.toLowerCase(),
        weakness: curves.has(name) ? undefined : `the curve ${name} is not accepted`,
      };
    }
    case 'eddsaLegacy':
    case 'ed25519':
      return { algorithm: 'ed25519', weakness: undefined };
    case 'ed448':
      return { algorithm: 'ed448', weakness: undefined };
    default:
      return { algorithm, weakness: `${algorithm} keys may not sign statements` };
  }
}

/** The name of a hash algorithm that may be signed over (`sha512`); undefined for one under the floor. */
export function strongHashName(algorithm: number | null): string | undefined {
  return algorithm === null ? undefined : hashes.get(algorithm);
}
