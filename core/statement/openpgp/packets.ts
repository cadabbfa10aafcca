// OpenPGP packet headers (RFC 9580 section 4.2): cutting bytes into packets, and writing a packet in one way.
//
// Old and new header formats are read, lengths must be definite and lie inside the bytes. Contents are left to openpgp.js
// and signature-packet.ts. Written headers are of the new format with the shortest length.

import { concatBytes } from '@noble/hashes/utils.js';
import { TrustError, type ErrorCode } from '../../errors.ts';

export interface RawPacket {
  /** Packet type id: 2 signature, 6 public key, 13 user id, 14 public subkey … */
  readonly tag: number;
  readonly body: Uint8Array;
}

export const packetTags = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  marker: 10,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

/** The packets of binary OpenPGP data; throws `code` on anything that is not a sequence of whole packets. */
export function cutPackets(bytes: Uint8Array, code: ErrorCode, maxPackets: number): readonly RawPacket[] {
  const packets: RawPacket[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (packets.length >= maxPackets) throw new TrustError(code, `More than ${maxPackets} OpenPGP packets.`);
    const first = bytes[position] ?? 0;
    if ((first & 0x80) === 0) throw new TrustError(code, 'Not an OpenPGP packet.');
    const isNew = (first & 0x40) !== 0;
    const length = isNew ? newLength(bytes, position + 1) : oldLength(bytes, position + 1, first & 3);
    const start = position + 1 + (length?.octets ?? 0);
    if (length === undefined || start + length.value > bytes.length) {
      throw new TrustError(code, 'An OpenPGP packet is cut off, or its length is not definite.');
    }
    packets.push({
      tag: isNew ? first & 0x3f : (first >> 2) & 0x0f,
      body: bytes.subarray(start, start + length.value),
    });
    position = start + length.value;
  }
  return packets;
}

/** A packet with a header of the new format and the shortest length. */
export function writePacket(tag: number, body: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array([0xc0 | tag]), writeLength(body.length), body);
}

/** The length encoding that new packet headers and signature subpackets share (RFC 9580 sections 4.2.1 and 5.2.3.7). */
export function newLength(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly octets: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { value: first, octets: 1 };
  if (first < 224) return { value: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, octets: 2 };
  // 224 to 254 are partial lengths in packets. Subpackets that use them for length would be over 8 KiB: refused too.
  return first === 255 ? { value: bigEndian(bytes, at + 1, 4), octets: 5 } : undefined;
}

/** The shortest new-format length. */
export function writeLength(length: number): Uint8Array {
  if (length < 192) return new Uint8Array([length]);
  if (length < 8384) return new Uint8Array([((length - 192) >> 8) + 192, (length - 192) & 0xff]);
  return new Uint8Array([255, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]);
}

/** An unsigned number of `octets` bytes, most significant first; missing bytes count as zero. */
export function bigEndian(bytes: Uint8Array, at: number, octets: number): number {
  let value = 0;
  for (let i = 0; i < octets; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function oldLength(
  bytes: Uint8Array,
  at: number,
  type: number,
): { readonly value: number; readonly octets: number } | undefined {
  const octets = [1, 2, 4][type];
  return octets === undefined ? undefined : { value: bigEndian(bytes, at, octets), octets };
}
