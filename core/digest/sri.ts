// Subresource Integrity text (W3C SRI, section 3.5), as npm, Nix and Bazel write digests: `alg-base64?options`, several
// separated by white space.
//
// Only the strongest algorithm counts; several values of that one algorithm are alternatives, any of which may be the
// file. Weaker ones are kept beside, for display. Refused: unknown algorithms, base64 that is not canonical, a length
// that is not the algorithm's, an empty text.

import { excerpt, fromBase64, fromHex, toBase64, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';

/** Algorithms that SRI texts of lockfiles carry, strongest first, with their length in bytes. */
export const sriAlgorithms = { sha512: 64, sha384: 48, sha256: 32, sha1: 20, md5: 16 } as const;
export type SriAlgorithm = keyof typeof sriAlgorithms;

export interface SriHash {
  readonly algorithm: SriAlgorithm;
  /** Lower case. */
  readonly hex: string;
}

export interface Sri {
  /** The strongest algorithm in the text. */
  readonly algorithm: SriAlgorithm;
  /** Hex values of that algorithm, in the order of the text, each once: one file that matches any of them is meant. */
  readonly alternatives: readonly [string, ...string[]];
  /** Hashes by weaker algorithms. They decide nothing. */
  readonly weaker: readonly SriHash[];
}

const maxHashes = 64;
const strength = Object.keys(sriAlgorithms) as readonly SriAlgorithm[];

/** The hashes of an SRI text; throws digest-invalid. */
export function parseSri(text: string): Sri {
  const tokens = text.split(/[ \t\r\n\f]+/).filter((token) => token !== '');
  if (tokens.length > maxHashes)
    throw new TrustError('digest-invalid', `More than ${maxHashes} hashes in one SRI`);
  const hashes = tokens.map(parseSriHash);
  for (const algorithm of strength) {
    const [first, ...rest] = new Set(
      hashes.filter((hash) => hash.algorithm === algorithm).map((hash) => hash.hex),
    );
    if (first !== undefined) {
      const weaker = hashes.filter((hash) => hash.algorithm !== algorithm);
      return { algorithm, alternatives: [first, ...rest], weaker };
    }
  }
  throw new TrustError('digest-invalid', 'An empty SRI names no hash');
}

/** One `alg-base64` of an SRI text, its options ignored as the specification says; throws digest-invalid. */
export function parseSriHash(token: string): SriHash {
  const match = /^([a-z0-9]+)-([^?]*)(?:\?[\x21-\x7e]*)?$/.exec(token);
  const algorithm = strength.find((known) => known === match?.[1]);
  if (match === null || algorithm === undefined) {
    throw new TrustError('digest-invalid', `Not an SRI hash: ${excerpt(token)}`, {
      help: `Expected one of ${strength.join(', ')}, a hyphen and base64.`,
    });
  }
  const bytes = fromBase64(match[2] ?? '');
  if (bytes.length !== sriAlgorithms[algorithm]) {
    throw new TrustError(
      'digest-invalid',
      `${algorithm} has ${sriAlgorithms[algorithm]} bytes, not ${bytes.length}: ${excerpt(token)}`,
    );
  }
  return { algorithm, hex: toHex(bytes) };
}

/** `alg-base64` of a hash given in hex; throws digest-invalid when the length is not the algorithm's. */
export function formatSri({ algorithm, hex }: SriHash): string {
  const bytes = fromHex(hex);
  if (bytes.length !== sriAlgorithms[algorithm]) {
    throw new TrustError(
      'digest-invalid',
      `${algorithm} has ${sriAlgorithms[algorithm]} bytes, not ${bytes.length}`,
    );
  }
  return `${algorithm}-${toBase64(bytes)}`;
}
