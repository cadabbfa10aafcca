// From a lockfile on disk to a closure: the text within its limits, and the files beside it that its format needs.

import { lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { Closure } from '../../core/closure/input.ts';
import { limits } from '../../core/formats/limits.ts';
import { readLockfile } from '../../core/formats/registry.ts';
import type { Io } from '../io.ts';
import { decodeText, readBounded } from '../read-bounded.ts';
import type { LockfilePlace } from './find-lockfiles.ts';

// UTF-16 units are counted in core; a unit is at most three bytes of UTF-8.
const maxBytes = limits.textLength * 3;

/**
 * The closure of a lockfile. Standard input is recognised by its content, and `stdinName` helps where that does not tell.
 * Throws lockfile-… with file and line, and usage when the file cannot be read.
 */
export async function readClosure(
  io: Io,
  place: LockfilePlace,
  stdinName: string | undefined,
): Promise<Closure> {
  if (place.path === undefined) {
    const text = decodeText(await io.stdin.read(maxBytes), 'standard input', 'lockfile-invalid');
    return readLockfile({ name: stdinName ?? '-', text, sibling: () => undefined });
  }
  const folder = dirname(place.path);
  const text = decodeText(await readBounded(place.path, maxBytes), place.shown, 'lockfile-invalid');
  return readLockfile({ name: place.shown, text, sibling: (name) => readSibling(folder, name) });
}

/** A file beside the lockfile. Formats ask by fixed names; a link, which may lead out of the project, is not followed. */
function readSibling(folder: string, name: string): string | undefined {
  if (name !== basename(name)) return undefined;
  const path = join(folder, name);
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts?.isFile() !== true) return undefined;
  if (facts.size > maxBytes)
    throw new TrustError('lockfile-too-large', `${name} is larger than ${maxBytes} bytes.`);
  return decodeText(readFileSync(path), name, 'lockfile-invalid');
}
