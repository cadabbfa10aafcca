// Text forms of bytes, each read strictly: what would not be written back the same is refused.
//
// Hex is folded to lower case. Base64 is RFC 4648 section 4 with padding; base64url is section 5 without padding, as
// crev writes it. Platform decoders accept padding, white space and stray bits, so everything is re-encoded to compare.

import { TrustError } from './errors.ts';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; throws TypeError on invalid UTF-8. A byte order mark is kept as a character. */
export function fromUtf8(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes);
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexPairs[byte] ?? '';
  return text;
}

/** Bytes of a hex text in either case; throws digest-invalid on anything else. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new TrustError('digest-invalid', `Not hex: ${excerpt(text)}`);
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Padded base64 (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Bytes of a padded, canonical base64 text; throws digest-invalid on anything else. */
export function fromBase64(text: string): Uint8Array {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) {
    const bytes = fromBinary(atob(text));
    if (toBase64(bytes) === text) return bytes;
  }
  throw new TrustError('digest-invalid', `Not canonical base64: ${excerpt(text)}`);
}

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Bytes of an unpadded, canonical base64url text; throws digest-invalid on anything else. */
export function fromBase64Url(text: string): Uint8Array {
  if (/^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1) {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = fromBinary(atob(standard.padEnd(Math.ceil(text.length / 4) * 4, '=')));
    if (toBase64Url(bytes) === text) return bytes;
  }
  throw new TrustError('digest-invalid', `Not unpadded base64url: ${excerpt(text)}`);
}

/** The bytes of a text whose characters are bytes. A loop, because Uint8Array.from is ten times slower. */
function fromBinary(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Order of two byte strings: by the first byte that differs, then by length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The beginning of a text, safe to put into a message: control and format characters are shown as escapes. */
export function excerpt(text: string, length = 80): string {
  const shown = text
    .slice(0, length)
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
  return JSON.stringify(shown).slice(1, -1).replaceAll('\\\\u{', '\\u{') + (text.length > length ? '…' : '');
}
