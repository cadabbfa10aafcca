// Nix's base 32: the alphabet 0-9a-z without e, o, t and u, read from the least significant end.
//
// The length of the bytes is part of the question: 32 bytes are 52 characters, and the few bits that a text has more
// than the bytes must be zero. Refused: other characters, upper case, another length, bits that carry out of the top.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
const values = new Map(Array.from(alphabet, (character, value) => [character, value]));

/** How many characters the text of `bytes` bytes has. */
export function nix32Length(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}

/** Bytes as nix32 (libutil's printHash32). */
export function toNix32(bytes: Uint8Array): string {
  let text = '';
  for (let k = nix32Length(bytes.length) - 1; k >= 0; k--) {
    const index = (5 * k) >> 3;
    const shift = (5 * k) & 7;
    const low = (bytes[index] ?? 0) >> shift;
    const high = (bytes[index + 1] ?? 0) << (8 - shift);
    text += alphabet.charAt((low | high) & 31);
  }
  return text;
}

/** The `length` bytes of a nix32 text; throws digest-invalid unless writing them again gives the same text. */
export function fromNix32(text: string, length: number): Uint8Array {
  const wrong = new TrustError('digest-invalid', `Not nix base 32 of ${length} bytes: ${excerpt(text)}`);
  if (text.length !== nix32Length(length)) throw wrong;
  const bytes = new Uint8Array(length);
  for (let k = 0; k < text.length; k++) {
    const value = values.get(text.charAt(text.length - 1 - k));
    if (value === undefined) throw wrong;
    const index = (5 * k) >> 3;
    const shift = (5 * k) & 7;
    const carry = value >> (8 - shift);
    bytes[index] = (bytes[index] ?? 0) | ((value << shift) & 0xff);
    if (index + 1 < length) bytes[index + 1] = (bytes[index + 1] ?? 0) | carry;
    else if (carry !== 0) throw wrong;
  }
  return bytes;
}
