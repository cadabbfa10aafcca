// A JSON reader (RFC 8259) that keeps the line of every object, for lockfiles, which are hostile text.
//
// It differs from JSON.parse in four ways: objects become Maps, so that `__proto__` is a key like any other; a key that
// occurs twice in one object is refused, because other tools may take the first of the two; depth and number of values
// are bounded; errors name the line. One pass, linear in the length of the text.

import { excerpt } from '../bytes.ts';
import { JsonObject, type JsonValue } from './json-value.ts';
import { invalid, limits, tooLarge } from './limits.ts';

/**
 * The value of a JSON text.
 * @throws {TrustError} lockfile-invalid with the line of the first error or repeated key; lockfile-too-large.
 */
export function parseJson(text: string): JsonValue {
  return new Reader(text).document();
}

/**
 * The value of a JSON text that may have a comma behind the last member or element, as bun writes it.
 * @throws {TrustError} as parseJson.
 */
export function parseJsonWithTrailingCommas(text: string): JsonValue {
  return new Reader(text, true).document();
}

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const newline = code('\n');

class Reader {
  readonly #text: string;
  readonly #number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  #at = 0;
  #line = 1;
  #depth = 0;
  #values = 0;

  readonly #trailingCommas: boolean;

  constructor(text: string, trailingCommas = false) {
    this.#text = text;
    this.#trailingCommas = trailingCommas;
  }

  document(): JsonValue {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('nothing more');
    return value;
  }

  #value(): JsonValue {
    this.#skipSpace();
    if (++this.#values > limits.jsonValues) throw tooLarge('values', limits.jsonValues);
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#numeral();
    }
  }

  #nested<Value>(read: () => Value): Value {
    if (++this.#depth > limits.jsonDepth) throw tooLarge('levels of nesting', limits.jsonDepth);
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const line = this.#line;
    const members = new Map<string, JsonValue>();
    if (this.#take('}')) return new JsonObject(line, members);
    do {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== quote) throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (members.has(key)) {
        throw invalid(this.#line, `the key "${excerpt(key)}" occurs twice in one object`, {
          help: 'Other tools may take the first of the two, so what this file says depends on who reads it. Remove one.',
        });
      }
      if (!this.#take(':')) throw this.#unexpected('a colon');
      members.set(key, this.#value());
    } while (this.#next('}'));
    if (!this.#take('}')) throw this.#unexpected('a comma or a closing brace');
    return new JsonObject(line, members);
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = [];
    if (this.#take(']')) return items;
    do items.push(this.#value());
    while (this.#next(']'));
    if (!this.#take(']')) throw this.#unexpected('a comma or a closing bracket');
    return items;
  }

  /** Whether another member or element follows. */
  #next(end: ']' | '}'): boolean {
    if (!this.#take(',')) return false;
    if (!this.#trailingCommas) return true;
    this.#skipSpace();
    return this.#text[this.#at] !== end;
  }

  #string(): string {
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at);
      if (unit === quote) {
        this.#at = at + 1;
        return escaped ? this.#unescape(start) : this.#text.slice(start + 1, at);
      }
      if (unit < 0x20) {
        this.#at = at;
        throw this.#unexpected('the end of the text before a control character');
      }
      if (unit === backslash) {
        escaped = true;
        at++;
      }
    }
    throw invalid(this.#line, 'a text that does not end');
  }

  /** Escapes are rare in lockfiles, so the platform reads them. */
  #unescape(start: number): string {
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch (cause) {
      throw invalid(this.#line, 'a text with an escape that JSON does not have', { cause });
    }
  }

  #numeral(): number {
    this.#number.lastIndex = this.#at;
    const match = this.#number.exec(this.#text);
    if (match === null) throw this.#unexpected('a value');
    this.#at += match[0].length;
    return Number(match[0]);
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected('a value');
    this.#at += word.length;
    return value;
  }

  /** Skips white space, then the given character if it stands there. */
  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === newline) this.#line++;
      else if (unit !== 0x20 && unit !== 0x0d && unit !== 0x09) return;
    }
  }

  #unexpected(expected: string): Error {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return invalid(
      this.#line,
      `not JSON: expected ${expected}, found ${found === '' ? 'the end of the file' : `"${excerpt(found)}"`}`,
    );
  }
}
