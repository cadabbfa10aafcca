// TOML as formats take it: the same objects as JSON gives, Maps that know their line, so that `__proto__` is a key like any
// other and every error can say where.
//
// smol-toml reads it, refuses keys that occur twice and keeps no positions; a scan for headers finds the lines of the
// entries of one list. Dates become their text. Refused: what is no TOML, and tables nested beyond the limit.

import { parse, TomlDate, TomlError } from 'smol-toml';
import { excerpt } from '../bytes.ts';
import { JsonObject, type JsonValue } from './json-value.ts';
import { invalid, limits, tooLarge } from './limits.ts';

/**
 * The tables of a TOML text.
 * @param list The list of tables, `package` for `[[package]]`, whose entries get the lines of their headers; what is inside
 *   them has the line of its entry, everything else line 1. Entries written in another way get the line of the first.
 * @throws {TrustError} lockfile-invalid with the line; lockfile-too-large.
 */
export function readTomlDocument(text: string, list: string): JsonObject {
  const headers = headerLines(text, list);
  if (headers.length > limits.entries) throw tooLarge('entries', limits.entries);
  const raw = parseToml(text);
  const entries = raw[list];
  const exact = Array.isArray(entries) && entries.length === headers.length;
  const first = headers[0] ?? lineOfKey(text, list);
  return new JsonObject(
    1,
    new Map(
      Object.entries(raw).map(([key, value]) => [
        key,
        key === list && Array.isArray(value)
          ? value.map((item, index) => convert(item, exact ? (headers[index] ?? first) : first, 2))
          : convert(value, 1, 1),
      ]),
    ),
  );
}

/**
 * What smol-toml makes of a text.
 * @throws {TrustError} lockfile-invalid with the line.
 */
export function parseToml(text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason = ''] = cause.message.replace('Invalid TOML document: ', '').split('\n', 1);
    throw invalid(cause.line, `not TOML: ${excerpt(reason, 200)}`, { cause });
  }
}

/** Lines, from 1, of the `[[list]]` headers of a TOML text. */
export function headerLines(text: string, list: string): number[] {
  const header = new RegExp(`^[ \\t]*\\[\\[[ \\t]*${list}[ \\t]*\\]\\]`);
  const lines: number[] = [];
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start);
    if (header.test(text.slice(start, Math.min(end === -1 ? text.length : end, start + 200))))
      lines.push(line);
    if (end === -1) break;
    start = end + 1;
  }
  return lines;
}

function lineOfKey(text: string, key: string): number {
  const position = text.search(new RegExp(`^[ \\t]*${key}[ \\t]*=`, 'm'));
  return position === -1 ? 1 : text.slice(0, position).split('\n').length;
}

function convert(value: unknown, line: number, depth: number): JsonValue {
  if (depth > limits.jsonDepth) throw tooLarge('levels of nesting', limits.jsonDepth);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof TomlDate) return value.toString();
  if (Array.isArray(value)) return value.map((item) => convert(item, line, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  return new JsonObject(
    line,
    new Map(Object.entries(value).map(([key, inner]) => [key, convert(inner, line, depth + 1)])),
  );
}
