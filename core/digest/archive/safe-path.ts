// Paths inside archives, as bytes, and what makes one unsafe to unpack anywhere.
//
// Refused: absolute paths, `..`, backslashes (a separator on one system, a letter on another), drive letters, NUL, an empty
// path, and link targets that could lead out of the tree. Names need not be UTF-8.

import { showName } from '../tree.ts';
import { tooLarge, unsafe, type ArchiveLimits } from './limits.ts';

const slash = 0x2f;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * The segments of an entry's path; none for the root itself (`.` or `./`). Empty and `.` segments are left out, so that
 * `./a//b` is `a/b`. Throws archive-unsafe or archive-too-large.
 */
export function safeSegments(path: Uint8Array, limits: ArchiveLimits): readonly Uint8Array[] {
  if (path.length === 0) throw unsafe('an entry without a name');
  if (path.length > limits.pathBytes) throw tooLarge('bytes in a path', limits.pathBytes);
  if (path.includes(0)) throw unsafe(`NUL in the path ${showName(path)}`);
  if (path[0] === slash) throw unsafe(`an absolute path, ${showName(path)}`);
  if (path.includes(backslash)) throw unsafe(`a backslash in the path ${showName(path)}`);
  if (path[1] === colon && isLetter(path[0])) throw unsafe(`a drive letter in the path ${showName(path)}`);
  const segments = splitPath(path).filter((segment) => segment.length > 0 && !isDots(segment, 1));
  if (segments.some((segment) => isDots(segment, 2))) throw unsafe(`.. in the path ${showName(path)}`);
  if (segments.length > limits.depth) throw tooLarge('levels of folders', limits.depth);
  return segments;
}

/**
 * Checks the target of a symbolic link that lies `depth` folders below the root; throws archive-unsafe when it could leave
 * the root. `..` may stand only at the beginning: behind a name, which might be a link itself, where it leads can't be told
 * from the text.
 */
export function checkLinkTarget(target: Uint8Array, depth: number, path: Uint8Array): void {
  const refuse = (why: string) => unsafe(`the link ${showName(path)} ${why}, ${showName(target)}`);
  if (target.length === 0 || target.includes(0)) throw refuse('has no usable target');
  if (target[0] === slash) throw refuse('points to an absolute path');
  if (target.includes(backslash)) throw refuse('has a backslash in its target');
  if (target[1] === colon && isLetter(target[0])) throw refuse('has a drive letter in its target');
  const segments = splitPath(target).filter((segment) => segment.length > 0 && !isDots(segment, 1));
  const firstName = segments.findIndex((segment) => !isDots(segment, 2));
  const climbs = firstName === -1 ? segments.length : firstName;
  if (climbs > depth) throw refuse('points outside');
  if (segments.slice(climbs).some((segment) => isDots(segment, 2))) {
    throw refuse('climbs up behind a name');
  }
}

/** The pieces of a path between slashes, empty ones included. */
export function splitPath(path: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path[i] !== slash) continue;
    pieces.push(path.subarray(start, i));
    start = i + 1;
  }
  return pieces;
}

function isDots(segment: Uint8Array, count: number): boolean {
  return segment.length === count && segment.every((byte) => byte === 0x2e);
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte));
}
