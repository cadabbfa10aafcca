// What a format is: how it is recognised and read. One file per format implements it; registry.ts holds the table.
//
// A format reads text only. Paths and addresses in it are data: nothing here opens or fetches them.

import type { Closure } from '../closure/input.ts';
import { excerpt } from '../bytes.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { parseJson } from './json-lines.ts';
import { JsonObject, type JsonValue } from './json-value.ts';
import { checkText, invalid } from './limits.ts';

/** A lockfile as the asker has it: a file, an upload, a pasted text. */
export interface LockfileSource {
  /** File name, with or without folders in front. */
  readonly name: string;
  readonly text: string;
  /** Text of another file in the same folder, when the asker has it: go.mod for go.sum. */
  sibling(name: string): string | undefined;
}

/** A lockfile that passed the limits. */
export interface LockfileDocument {
  /** The last part of its path. */
  readonly name: string;
  /** Without byte order mark. */
  readonly text: string;
  /** What it holds if it is JSON; the error if it begins like JSON and is none. */
  readonly json: JsonValue | TrustError | undefined;
  sibling(name: string): LockfileDocument | undefined;
}

export interface Format {
  /** Short and stable, for options and JSON. */
  readonly id: string;
  /** As people call it. */
  readonly label: string;
  /** Its usual file names, the one that counts first where a folder has several. */
  readonly names: readonly string[];
  /** Further names that are usual for it. */
  readonly otherNames?: RegExp;
  /** Whether the content is of this format, in any version, known or not. */
  recognise(document: LockfileDocument): boolean;
  /**
   * Inputs, edges and remarks.
   * @throws {TrustError} lockfile-invalid, lockfile-version-unknown or lockfile-too-large, the message without file name.
   */
  parse(document: LockfileDocument): Closure;
}

/**
 * Runs a reader of a file and puts the file's name in front of its errors. Errors of other parts (a purl, a digest) become
 * lockfile-invalid, because it is the lockfile that is wrong.
 */
export function inFile<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!isTrustError(error)) throw error;
    const code = error.code.startsWith('lockfile-') ? error.code : 'lockfile-invalid';
    throw new TrustError(code, `${excerpt(name, 200)}: ${error.message}`, {
      ...(error.help !== undefined && { help: error.help }),
      cause: error.cause ?? error,
    });
  }
}

/**
 * Checks the limits and reads JSON, when the text begins like it.
 * @throws {TrustError} lockfile-too-large, lockfile-invalid.
 */
export function openDocument(source: LockfileSource): LockfileDocument {
  const text = checkText(source.text);
  return {
    name: source.name.slice(Math.max(source.name.lastIndexOf('/'), source.name.lastIndexOf('\\')) + 1),
    text,
    json: readJson(text),
    sibling(name) {
      const other = source.sibling(name);
      if (other === undefined) return undefined;
      return inFile(name, () => openDocument({ name, text: other, sibling: () => undefined }));
    },
  };
}

function readJson(text: string): JsonValue | TrustError | undefined {
  if (!/^\s*(?:[{["]|null\s*$|true\s*$|false\s*$)/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (isTrustError(error)) return error;
    throw error;
  }
}

/** The JSON object that a document is; undefined when it is something else, or broken. */
export function jsonObject(document: LockfileDocument): JsonObject | undefined {
  return document.json instanceof JsonObject ? document.json : undefined;
}

/**
 * The JSON object that a document has to be.
 * @throws {TrustError} lockfile-invalid, lockfile-too-large.
 */
export function requireJsonObject(document: LockfileDocument): JsonObject {
  const { json } = document;
  if (json instanceof JsonObject) return json;
  if (isTrustError(json)) throw json;
  if (json === undefined) throw invalid(1, 'not JSON: expected an object');
  throw invalid(
    1,
    `the whole document is ${json === null ? 'null' : 'no JSON object'}, so it says nothing about any package`,
    { help: 'Let the package manager write it anew.' },
  );
}
