// Extended headers of a tar (POSIX.1-2001 pax): records `<length> <key>=<value>` LF, the length counting all of itself.
//
// Honoured: path, linkpath and size, for the one entry that follows. Times, owners and comments do not matter here. Refused:
// a bad record, path or size for all following entries at once (global headers), sparse files, character set declarations.

import { fromUtf8 } from '../../bytes.ts';
import { unreadable, unsafe } from './limits.ts';

/** What an extended header overrides of the entry behind it. */
export interface PaxOverrides {
  readonly path?: Uint8Array;
  readonly linkTarget?: Uint8Array;
  readonly size?: number;
}

/** The overrides of the body of an `x` header; throws archive-unreadable or archive-unsafe. */
export function parsePax(body: Uint8Array): PaxOverrides {
  const overrides: { path?: Uint8Array; linkTarget?: Uint8Array; size?: number } = {};
  for (const { key, value } of records(body)) {
    if (key === 'path') overrides.path = value;
    else if (key === 'linkpath') overrides.linkTarget = value;
    else if (key === 'size') overrides.size = decimal(value);
    else refuseUnsupported(key);
  }
  return overrides;
}

/** Checks the body of a `g` header, which may say nothing about any entry's name or size. */
export function checkGlobalPax(body: Uint8Array): void {
  for (const { key } of records(body)) {
    if (['path', 'linkpath', 'size'].includes(key)) throw unsafe(`a global header that sets ${key}`);
    refuseUnsupported(key);
  }
}

function refuseUnsupported(key: string): void {
  if (key.startsWith('GNU.sparse')) throw unsafe('a sparse file');
  if (key === 'hdrcharset') throw unsafe('a header that changes how names are read');
}

function* records(body: Uint8Array): Generator<{ readonly key: string; readonly value: Uint8Array }> {
  let start = 0;
  while (start < body.length) {
    const space = body.indexOf(0x20, start);
    const digits =
      space === -1 ? '' : String.fromCharCode(...body.subarray(start, Math.min(space, start + 9)));
    const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
    const record = body.subarray(start, start + length);
    const equals = record.indexOf(0x3d);
    if (length === 0 || record.length < length || record[length - 1] !== 0x0a || equals < space - start) {
      throw unreadable('an extended header with a bad record');
    }
    yield {
      key: keyText(record.subarray(space - start + 1, equals)),
      value: record.subarray(equals + 1, -1),
    };
    start += length;
  }
}

function keyText(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw unreadable('an extended header whose key is not UTF-8', cause);
  }
}

function decimal(value: Uint8Array): number {
  const text = String.fromCharCode(...value.subarray(0, 17));
  const size = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw unreadable('an extended header with a bad size');
  return size;
}
