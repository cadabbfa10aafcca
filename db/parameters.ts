// How our values are written for PostgreSQL, where pg's own way does not fit arrays for unnest.

import { parseInstant } from '../core/time.ts';

/** The text form of bytea, from hex. */
export function bytea(hex: string): string {
  return `\\x${hex}`;
}

/** The text form of a text[]: unnest would flatten a nested array, so each goes as one text and is cast in SQL. */
export function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

const largestInt8 = 2n ** 63n - 1n;

/** An RFC 3339 date as nanoseconds since 1970, for ordering. Everything after April 2262 is one instant. */
export function nanoseconds(date: string): string {
  const instant = parseInstant(date);
  return String(instant < largestInt8 ? instant : largestInt8);
}
