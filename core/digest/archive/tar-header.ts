// One 512-byte header of a tar (POSIX.1-1988 ustar, GNU tar's and old V7 headers), read strictly.
//
// Refused: a wrong checksum, numbers that are not octal (or GNU's base 256 for the size), negative or unsafe sizes.

import { unreadable } from './limits.ts';

export const blockSize = 512;

export interface TarHeader {
  /** Name with its ustar prefix, raw bytes. */
  readonly path: Uint8Array;
  readonly linkTarget: Uint8Array;
  /** The type flag; `0` stands for NUL too. */
  readonly type: string;
  readonly mode: number;
  readonly size: number;
}

/** Whether a block is all zeros: half of the mark that ends an archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** The fields of a header block; throws archive-unreadable. */
export function parseTarHeader(block: Uint8Array): TarHeader {
  const sum = octal(block.subarray(148, 156), 'checksum');
  let actual = 8 * 0x20;
  for (const [position, byte] of block.entries()) if (position < 148 || position >= 156) actual += byte;
  if (sum !== actual) throw unreadable('a header with a wrong checksum');

  const name = untilNul(block.subarray(0, 100));
  // GNU's own format ("ustar" and two spaces) keeps times where ustar keeps the beginning of long names.
  const isUstar = ascii(block.subarray(257, 263)) === 'ustar\0';
  const prefix = isUstar ? untilNul(block.subarray(345, 500)) : new Uint8Array(0);
  const flag = block[156] ?? 0;
  return {
    path: prefix.length === 0 ? name : join(prefix, name),
    linkTarget: untilNul(block.subarray(157, 257)),
    type: flag === 0 ? '0' : String.fromCharCode(flag),
    mode: octal(block.subarray(100, 108), 'mode'),
    size: number(block.subarray(124, 136), 'size'),
  };
}

/** The bytes before the first NUL. */
export function untilNul(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

function join(prefix: Uint8Array, name: Uint8Array): Uint8Array {
  const path = new Uint8Array(prefix.length + 1 + name.length);
  path.set(prefix);
  path[prefix.length] = 0x2f;
  path.set(name, prefix.length + 1);
  return path;
}

function number(field: Uint8Array, what: string): number {
  const lead = field[0] ?? 0;
  if (lead < 0x80) return octal(field, what);
  // GNU's base 256: the top bit marks it, the next one would be the sign.
  if (lead !== 0x80) throw unreadable(`a header whose ${what} is negative or too large`);
  let value = 0;
  for (const byte of field.subarray(1)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw unreadable(`a header whose ${what} is too large`);
  return value;
}

function octal(field: Uint8Array, what: string): number {
  const match = /^ *([0-7]*)[ \0]*$/.exec(ascii(field));
  if (match === null) throw unreadable(`a header whose ${what} is not a number`);
  return match[1] === '' ? 0 : Number.parseInt(match[1] ?? '', 8);
}

function ascii(field: Uint8Array): string {
  return String.fromCharCode(...field);
}
