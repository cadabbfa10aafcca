// Points in time, as statements write them: RFC 3339 with an offset and up to nine fraction digits.
//
// JavaScript's Date keeps milliseconds, and which of two statements is newer may hang on nanoseconds, so an instant is a
// bigint of nanoseconds since 1970-01-01T00:00:00Z.

import { TrustError } from './errors.ts';
import { excerpt } from './bytes.ts';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Nanoseconds since the epoch of an RFC 3339 date-time (RFC 3339 section 5.6); throws date-invalid. */
export function parseInstant(text: string): bigint {
  const match = pattern.exec(text);
  if (match !== null) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const offsetHour = Number(match[9] ?? 0);
    const offsetMinute = Number(match[10] ?? 0);
    const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
    const date = new Date(milliseconds);
    const real = year >= 1970 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    if (real && hour < 24 && minute < 60 && second < 60 && offsetHour < 24 && offsetMinute < 60) {
      const offset = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60_000;
      return BigInt(milliseconds - offset) * 1_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
    }
  }
  throw new TrustError('date-invalid', `Not an RFC 3339 date-time: ${excerpt(text)}`, {
    help: 'Write it with an offset, for example 2026-11-22T19:00:00Z.',
  });
}

/** Nanoseconds since the epoch of a Date. */
export function instantOf(date: Date): bigint {
  return BigInt(date.getTime()) * 1_000_000n;
}

/** RFC 3339 in UTC with whole seconds, for example 2026-11-22T19:00:00Z: how the ledger writes times. */
export function formatSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
