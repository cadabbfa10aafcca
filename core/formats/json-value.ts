// Values of a JSON text as formats take them: objects are Maps that know their line, so that `__proto__` is a key like any
// other and every error can say where. Accessors refuse a value of another type than asked for.

import { excerpt } from '../bytes.ts';
import { invalid } from './limits.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of a JSON text. Accessors take null for absent, and refuse a value of another type than asked for. */
export class JsonObject {
  /** Where its opening brace stands, from 1. */
  readonly line: number;
  readonly members: ReadonlyMap<string, JsonValue>;

  constructor(line: number, members: ReadonlyMap<string, JsonValue>) {
    this.line = line;
    this.members = members;
  }

  /** The text under a key. @throws {TrustError} lockfile-invalid when it is something else. */
  text(key: string): string | undefined {
    const value = this.members.get(key) ?? undefined;
    return value === undefined || typeof value === 'string' ? value : this.#refuse(key, 'a text');
  }

  /** The object under a key. @throws {TrustError} lockfile-invalid when it is something else. */
  object(key: string): JsonObject | undefined {
    const value = this.members.get(key) ?? undefined;
    return value === undefined || value instanceof JsonObject ? value : this.#refuse(key, 'an object');
  }

  /** The objects in the list under a key; empty when absent. @throws {TrustError} lockfile-invalid. */
  objects(key: string): JsonObject[] {
    return this.#list(key).map((item) =>
      item instanceof JsonObject ? item : this.#refuse(key, 'a list of objects'),
    );
  }

  /** The texts in the list under a key; empty when absent. @throws {TrustError} lockfile-invalid. */
  texts(key: string): string[] {
    return this.#list(key).map((item) =>
      typeof item === 'string' ? item : this.#refuse(key, 'a list of texts'),
    );
  }

  /** Whether the value under a key is `true`. */
  flag(key: string): boolean {
    return this.members.get(key) === true;
  }

  #list(key: string): readonly JsonValue[] {
    const value = this.members.get(key) ?? [];
    return isList(value) ? value : this.#refuse(key, 'a list');
  }

  #refuse(key: string, expected: string): never {
    throw invalid(this.line, `"${excerpt(key)}" must be ${expected}`);
  }
}

/** Whether a JSON value is an array; says so to the compiler too, which takes readonly arrays for none. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
