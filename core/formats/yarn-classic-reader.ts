// The line format of yarn 1's lockfile (yarn 1's `lockfile/parse.js` and `stringify.js`): entries at the margin, fields
// indented by two spaces, dependencies by four.
//
// Strict where yarn is lax: other indentation, fields that occur twice, texts that do not end and anything behind a value
// are refused with the line. Linear in the length of the text.

import { excerpt } from '../bytes.ts';
import { invalid, limits, tooLarge } from './limits.ts';

/** One entry: what was asked for, and what it came to. */
export interface YarnEntry {
  readonly line: number;
  /** `name@range` */
  readonly patterns: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
  /** Fields that hold names and ranges: dependencies, optionalDependencies. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A header of a package that is asked for in hundreds of ways still fits. */
const maxLine = 65_536;

interface OpenEntry extends YarnEntry {
  readonly fields: Map<string, string>;
  readonly tables: Map<string, Map<string, string>>;
}

/** All entries of a file, in its order. @throws {TrustError} lockfile-invalid with the line, lockfile-too-large. */
export function readYarnEntries(text: string): YarnEntry[] {
  const entries: YarnEntry[] = [];
  let entry: OpenEntry | undefined;
  let table: Map<string, string> | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = index + 1;
    if (raw.length > maxLine) throw tooLarge('characters in a line', maxLine);
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) return;
    const indent = raw.length - raw.trimStart().length;
    const words = readWords(content, line);
    if (indent === 0) {
      entry = { line, patterns: patternsOf(words, line), fields: new Map(), tables: new Map() };
      if (entries.push(entry) > limits.entries) throw tooLarge('entries', limits.entries);
      table = undefined;
    } else if (indent === 2 && entry !== undefined) {
      const [key, value] = pairOf(words, line);
      if (entry.fields.has(key) || entry.tables.has(key)) throw twice(key, line);
      table = value === undefined ? new Map() : undefined;
      if (value !== undefined) entry.fields.set(key, value);
      else if (table !== undefined) entry.tables.set(key, table);
    } else if (indent === 4 && table !== undefined) {
      const [key, value] = pairOf(words, line);
      if (value === undefined) throw invalid(line, 'a table inside a table');
      if (table.has(key)) throw twice(key, line);
      table.set(key, value);
    } else throw invalid(line, `indented by ${indent} where that means nothing`);
  });
  return entries;
}

/** Texts of a line, apart from the marks between them: a text in quotes is never a mark. */
type Word = { readonly text: string } | ':' | ',';

function readWords(content: string, line: number): Word[] {
  const words: Word[] = [];
  // A bare word may hold colons (addresses); one at its end opens a table.
  const token = /\s*(?:("(?:[^"\\]|\\.)*")|([:,])|([^\s",:](?:[^\s",:]|:(?=[^\s,]))*))/y;
  while (token.lastIndex < content.length) {
    const [, quoted, mark, bare] = token.exec(content) ?? [];
    if (quoted !== undefined) words.push({ text: unquote(quoted, line) });
    else if (mark === ':' || mark === ',') words.push(mark);
    else if (bare !== undefined) words.push({ text: bare });
    else throw invalid(line, `not of a yarn lockfile: ${excerpt(content)}`);
  }
  return words;
}

function unquote(text: string, line: number): string {
  try {
    return String(JSON.parse(text));
  } catch (cause) {
    throw invalid(line, `a text that cannot be read: ${excerpt(text)}`, { cause });
  }
}

/** `a@1, "b@2":` */
function patternsOf(words: readonly Word[], line: number): string[] {
  const patterns: string[] = [];
  words.forEach((word, position) => {
    const expected = position === words.length - 1 ? ':' : position % 2 === 0 ? 'text' : ',';
    if (typeof word === 'string' ? word !== expected : expected !== 'text') {
      throw invalid(line, 'expected patterns with commas between them, and a colon');
    }
    if (typeof word !== 'string') patterns.push(word.text);
  });
  if (words.length % 2 === 1) throw invalid(line, 'expected patterns with commas between them, and a colon');
  return patterns;
}

/** `key value`, or `key:` for a table. */
function pairOf([key, value, more]: readonly Word[], line: number): [string, string | undefined] {
  if (
    key === undefined ||
    typeof key === 'string' ||
    more !== undefined ||
    value === undefined ||
    value === ','
  ) {
    throw invalid(line, 'expected a key with a value, or a key with a colon');
  }
  return [key.text, value === ':' ? undefined : value.text];
}

function twice(key: string, line: number) {
  return invalid(line, `the key "${excerpt(key)}" occurs twice in one entry`);
}
