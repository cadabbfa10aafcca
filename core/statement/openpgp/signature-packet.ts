// The outer layout of a signature packet (RFC 9580 section 5.2.3), cut by ourselves because openpgp.js reads it leniently.
//
// A signature covers its hashed part only. What is not covered must not vary, or one statement has many documents and a
// flipped bit goes unseen: the unhashed area may hold the issuer and nothing else, and integers must have their exact
// bit length. The canonical packet is written from the same parts.

import { concatBytes } from '@noble/hashes/utils.js';
import { toHex } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { bigEndian, newLength, writeLength } from './packets.ts';

export interface Subpacket {
  readonly type: number;
  readonly critical: boolean;
  readonly body: Uint8Array;
}

export interface SignatureParts {
  readonly version: 4 | 6;
  readonly publicKeyAlgorithm: number;
  /** Everything that the signature covers: version to the end of the hashed subpackets. */
  readonly hashed: Uint8Array;
  readonly hashedSubpackets: readonly Subpacket[];
  readonly unhashedSubpackets: readonly Subpacket[];
  /** The first two bytes of the hash, the salt of version 6, the signature's numbers. */
  readonly rest: Uint8Array;
  /** Fingerprint of the issuer in upper-case hex, when a subpacket names it. */
  readonly issuerFingerprint: string | undefined;
  /** Key id of the issuer, 16 upper-case hex digits, when a subpacket names it. */
  readonly issuerKeyId: string | undefined;
}

export const subpacketTypes = { issuerKeyId: 16, embeddedSignature: 32, issuerFingerprint: 33 } as const;

/** The parts of a signature packet's body; throws signature-invalid. Versions 4 and 6 are read. */
export function cutSignature(body: Uint8Array): SignatureParts {
  const version = body[0];
  if (version !== 4 && version !== 6) {
    throw invalid(`version ${version ?? 0} of OpenPGP signatures is not supported`);
  }
  const octets = version === 6 ? 4 : 2;
  const hashedEnd = 4 + octets + bigEndian(body, 4, octets);
  const unhashedEnd = hashedEnd + octets + bigEndian(body, hashedEnd, octets);
  if (unhashedEnd + 2 > body.length) throw invalid('it is cut off');
  const hashedSubpackets = cutSubpackets(body.subarray(4 + octets, hashedEnd));
  const unhashedSubpackets = cutSubpackets(body.subarray(hashedEnd + octets, unhashedEnd));
  const find = (type: number): Uint8Array | undefined =>
    [...hashedSubpackets, ...unhashedSubpackets].find((one) => one.type === type)?.body;
  const fingerprint = find(subpacketTypes.issuerFingerprint);
  const keyId = find(subpacketTypes.issuerKeyId);
  return {
    version,
    publicKeyAlgorithm: body[2] ?? 0,
    hashed: body.subarray(0, hashedEnd),
    hashedSubpackets,
    unhashedSubpackets,
    rest: body.subarray(unhashedEnd),
    issuerFingerprint: fingerprint && toHex(fingerprint.subarray(1)).toUpperCase(),
    issuerKeyId: keyId && toHex(keyId).toUpperCase(),
  };
}

/** The same signature with an unhashed area of exactly these subpackets. */
export function writeSignature(parts: SignatureParts, unhashed: readonly Subpacket[]): Uint8Array {
  const area = concatBytes(
    ...unhashed.flatMap(({ type, critical, body }) => [
      writeLength(body.length + 1),
      new Uint8Array([type | (critical ? 0x80 : 0)]),
      body,
    ]),
  );
  const length = new Uint8Array(parts.version === 6 ? 4 : 2);
  new DataView(length.buffer).setUint16(length.length - 2, area.length);
  return concatBytes(parts.hashed, length, area, parts.rest);
}

/**
 * The unhashed area that a canonical packet has: the issuer's key id where the hashed part does not name it, because
 * GnuPG finds the key by it. Version 6 has none.
 */
export function canonicalUnhashed(parts: SignatureParts, keyId: Uint8Array): readonly Subpacket[] {
  if (parts.version === 6) return [];
  const isNamed = parts.hashedSubpackets.some(({ type }) => type === subpacketTypes.issuerKeyId);
  return isNamed ? [] : [{ type: subpacketTypes.issuerKeyId, critical: false, body: keyId }];
}

/**
 * Checks what the signature does not cover: in the unhashed area only the issuer, as it is (`fingerprint`, the version of
 * the key before it, and `keyId`), each at most once; numbers of exact bit length. Throws signature-invalid.
 */
export function checkUncovered(parts: SignatureParts, fingerprint: string, keyId: string): void {
  const seen = new Set<number>();
  for (const { type, critical, body } of parts.unhashedSubpackets) {
    const hex = toHex(body).toUpperCase();
    const expected =
      type === subpacketTypes.issuerKeyId
        ? keyId
        : type === subpacketTypes.issuerFingerprint
          ? `0${parts.version}${fingerprint}`
          : undefined;
    if (hex !== expected || critical || seen.has(type)) {
      throw invalid(`its unhashed area holds what nothing protects (subpacket ${type})`);
    }
    seen.add(type);
  }
  checkNumbers(parts);
}

function checkNumbers(parts: SignatureParts): void {
  // Native Ed25519 and Ed448 signatures are fixed octets; all others are multiprecision integers.
  const isNative = parts.publicKeyAlgorithm === 27 || parts.publicKeyAlgorithm === 28;
  const numbers = isNative ? 0 : parts.publicKeyAlgorithm <= 3 ? 1 : 2;
  let at = 2 + (parts.version === 6 ? 1 + (parts.rest[2] ?? 0) : 0);
  if (isNative) at += parts.publicKeyAlgorithm === 27 ? 64 : 114;
  for (let i = 0; i < numbers; i++) {
    const bits = bigEndian(parts.rest, at, 2);
    const first = parts.rest[at + 2] ?? 0;
    const exact = first === 0 ? 0 : 32 - Math.clz32(first) + 8 * (Math.ceil(bits / 8) - 1);
    if (bits === 0 || bits !== exact) throw invalid('a number in it does not have its exact length');
    at += 2 + Math.ceil(bits / 8);
  }
  if (at !== parts.rest.length) throw invalid('bytes follow it, or are missing');
}

function cutSubpackets(bytes: Uint8Array): readonly Subpacket[] {
  const subpackets: Subpacket[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = newLength(bytes, at);
    if (length === undefined || length.value === 0 || at + length.octets + length.value > bytes.length) {
      throw invalid('a subpacket is cut off');
    }
    const start = at + length.octets;
    const first = bytes[start] ?? 0;
    subpackets.push({
      type: first & 0x7f,
      critical: (first & 0x80) !== 0,
      body: bytes.subarray(start + 1, start + length.value),
    });
    at = start + length.value;
  }
  return subpackets;
}

function invalid(what: string): TrustError {
  return new TrustError('signature-invalid', `The OpenPGP signature is malformed: ${what}.`);
}
