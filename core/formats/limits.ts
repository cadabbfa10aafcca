// What a lockfile may be at most, checked before anything parses it.
//
// A lockfile in a pull request is the attacker's text (reference: closure formats, section 9). Refused: text that is too
// large, empty, holds NUL, or still holds the marks of an unresolved merge. A byte order mark and CRLF are accepted.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

export const limits = {
  /** UTF-16 units of text; the largest real lockfile reported is 14 MB. */
  textLength: 32 * 1024 * 1024,
  /** Packages that a file may list. */
  entries: 200_000,
  /** Inputs after equal entries are merged: what a check over the API takes. */
  inputs: 100_000,
  /** Dependency edges in one file. */
  edges: 1_000_000,
  /** Edges from one input, and places of one input. */
  dependenciesOfOne: 20_000,
  placesOfOne: 4096,
  /** Files that an installer may choose from for one package. */
  artefactsOfOne: 4096,
  /** Groups that one package is in, and UTF-16 units of the name of one. */
  groupsOfOne: 64,
  groupLength: 128,
  /** UTF-16 units of a package name or version. */
  nameLength: 512,
  /** UTF-16 units of a path inside the lockfile. */
  pathLength: 1024,
  /** Directories in the path of a workspace. */
  directories: 64,
  /** Objects and arrays inside one another. */
  jsonDepth: 200,
  /** Members and elements in one JSON text. */
  jsonValues: 4_000_000,
  /** Alternatives in one subresource integrity text. */
  alternatives: 64,
} as const;

/**
 * The text of a lockfile without its byte order mark.
 * @throws {TrustError} lockfile-too-large, or lockfile-invalid for empty text, NUL and merge-conflict marks.
 */
export function checkText(text: string): string {
  if (text.length > limits.textLength) {
    throw new TrustError(
      'lockfile-too-large',
      `holds ${text.length} characters, more than ${limits.textLength}`,
      { help: 'Check the lockfiles of its parts one by one.' },
    );
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (!/\S/.test(body)) {
    throw new TrustError('lockfile-invalid', 'is empty', {
      help: 'Let the package manager write it anew, and make sure that it was written to the end.',
    });
  }
  const nul = body.indexOf('\0');
  if (nul !== -1) throw invalid(lineAt(body, nul), 'a NUL character; this is not a text file');
  refuseConflictMarks(body);
  return body;
}

/** Whoever merges must end with one of the two sides, so a file with `<<<<<<<` lines locks nothing. */
function refuseConflictMarks(text: string): void {
  const mark = /^<{7} /m.exec(text) ?? /^>{7} /m.exec(text);
  if (mark === null) return;
  throw invalid(lineAt(text, mark.index), 'marks of an unresolved merge conflict', {
    help: 'Resolve the merge, then let the package manager write the lockfile anew.',
  });
}

/** An error about one line of the file; without a line, about the whole file. */
export function invalid(
  line: number | undefined,
  what: string,
  options: { readonly help?: string; readonly cause?: unknown } = {},
): TrustError {
  return new TrustError('lockfile-invalid', line === undefined ? what : `line ${line}: ${what}`, options);
}

/** The error for a file that exceeds one of `limits`. */
export function tooLarge(what: string, limit: number): TrustError {
  return new TrustError('lockfile-too-large', `more than ${limit} ${what}`);
}

/**
 * A name, version or path of the file, if it is no longer than allowed.
 * @throws {TrustError} lockfile-too-large.
 */
export function checkLength(text: string, what: 'name' | 'path', line: number | undefined): string {
  const limit = what === 'name' ? limits.nameLength : limits.pathLength;
  if (text.length <= limit) return text;
  const where = line === undefined ? '' : `line ${line}: `;
  throw new TrustError(
    'lockfile-too-large',
    `${where}a ${what} of ${text.length} characters, more than ${limit}: ${excerpt(text, 40)}`,
  );
}

/** The line, from 1, on which a position of a text lies. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
