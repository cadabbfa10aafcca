// OpenPGP ASCII armour (RFC 9580 section 6), read strictly and written in one way.
//
// Read: known begin and end lines, `Key: value` headers (which nothing signs, and which are dropped), canonical base64, a
// correct CRC-24 where there is one. Written: no headers, 64 characters a line, with the CRC unless the caller says that the
// content is version 6, where the specification forbids it and older readers need it not.

import { fromBase64, toBase64 } from '../../bytes.ts';
import { isTrustError, TrustError, type ErrorCode } from '../../errors.ts';

/** The bytes of the lines between an armour's begin and end lines; throws `code` when they are not proper armour. */
export function readArmourLines(lines: readonly string[], code: ErrorCode): Uint8Array {
  let position = 0;
  while (position < lines.length && lines[position] !== '') {
    if (!/^[A-Za-z][A-Za-z0-9-]*: /.test(`${lines[position] ?? ''} `)) {
      throw new TrustError(
        code,
        'The armour has a line that is neither a header nor empty before its content.',
      );
    }
    position += 1;
  }
  const content = lines.slice(position + 1);
  const last = content.at(-1);
  const checksum = last?.startsWith('=') === true && last.length === 5 ? content.pop() : undefined;
  try {
    const bytes = fromBase64(content.join(''));
    if (bytes.length === 0) throw new TrustError(code, 'The armour is empty.');
    if (checksum === undefined || checksum === `=${toBase64(crc24(bytes))}`) return bytes;
  } catch (cause) {
    if (isTrustError(cause, code)) throw cause;
    throw new TrustError(code, 'The armour is not canonical base64.', { cause });
  }
  throw new TrustError(code, 'The checksum of the armour is wrong: it was damaged on the way.');
}

/** Armour around bytes, `kind` being what stands behind BEGIN PGP; ends in LF. */
export function writeArmour(
  kind: 'SIGNATURE' | 'PUBLIC KEY BLOCK',
  bytes: Uint8Array,
  withChecksum: boolean,
): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  const checksum = withChecksum ? `=${toBase64(crc24(bytes))}\n` : '';
  return `-----BEGIN PGP ${kind}-----\n\n${lines.join('\n')}\n${checksum}-----END PGP ${kind}-----\n`;
}

/** CRC-24 of RFC 9580 section 6.1.1, three bytes. */
function crc24(bytes: Uint8Array): Uint8Array {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return new Uint8Array([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]);
}
