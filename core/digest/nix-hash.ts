// Digests as Nix writes them: SRI in flake locks and newer expressions, and the older `algorithm:text`, where the length
// decides between hex, nix32 and base64. `r:` before the algorithm says that a NAR was hashed, not a file.
//
// Refused: a bare text without algorithm, a length that is none of the three, everything its encoding refuses.

import { excerpt, fromBase64, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import type { DigestSet } from './digest-set.ts';
import { fromNix32, nix32Length } from './nix32.ts';
import { parseSri, sriAlgorithms, type SriAlgorithm, type SriHash } from './sri.ts';

export interface NixHash extends SriHash {
  /** `nar` for the NAR of a tree, `flat` for the bytes of a file, undefined where the text leaves it open. */
  readonly ingestion: 'nar' | 'flat' | undefined;
}

/** A hash in Nix's SRI or older form; throws digest-invalid. */
export function parseNixHash(text: string): NixHash {
  const older = /^(r:)?([a-z0-9]+):([0-9A-Za-z+/=]+)$/.exec(text);
  if (older === null) {
    const { algorithm, alternatives } = parseSri(text);
    if (alternatives.length > 1)
      throw new TrustError('digest-invalid', `Two hashes at once: ${excerpt(text)}`);
    return { algorithm, hex: alternatives[0], ingestion: undefined };
  }
  const algorithm = (Object.keys(sriAlgorithms) as SriAlgorithm[]).find((known) => known === older[2]);
  if (algorithm === undefined) {
    throw new TrustError('digest-invalid', `Unknown hash algorithm: ${excerpt(text)}`);
  }
  return {
    algorithm,
    hex: decode(older[3] ?? '', sriAlgorithms[algorithm], text),
    ingestion: older[1] === undefined ? 'flat' : 'nar',
  };
}

function decode(value: string, length: number, text: string): string {
  if (value.length === length * 2 && /^[0-9a-fA-F]+$/.test(value)) return value.toLowerCase();
  if (value.length === nix32Length(length)) return toHex(fromNix32(value, length));
  const bytes = fromBase64(value);
  if (bytes.length !== length) {
    throw new TrustError(
      'digest-invalid',
      `Neither hex, nix32 nor base64 of ${length} bytes: ${excerpt(text)}`,
    );
  }
  return toHex(bytes);
}

/**
 * The digest set of a Nix hash of which it is known whether it is of a NAR. Only SHA-256 NARs have a key of their own;
 * throws digest-invalid for a NAR by another algorithm.
 */
export function nixDigests(hash: SriHash, ingestion: 'nar' | 'flat'): DigestSet {
  if (ingestion === 'flat') return { [hash.algorithm]: hash.hex };
  if (hash.algorithm === 'sha256') return { narSha256: hash.hex };
  throw new TrustError('digest-invalid', `A NAR hashed with ${hash.algorithm} has no place in a digest set`);
}
