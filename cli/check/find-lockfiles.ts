// Which lockfiles are meant: those named, those of a folder that is named, or those of the nearest folder upwards.

import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { formats, lockfileNames, unreadLockfile } from '../../core/formats/registry.ts';
import { foldersUpwards, isRepositoryRoot } from '../config/find-upwards.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

export interface LockfilePlace {
  /** Absolute path; undefined for standard input. */
  readonly path: string | undefined;
  /** For people: relative to the working directory. */
  readonly shown: string;
  /** For machines: relative to the repository's root, or to its own folder outside of any. No `..`, forward slashes. */
  readonly stable: string;
}

/**
 * The lockfiles to check, in a stable order. Throws usage for a path that is not there, nothing-to-check when a folder,
 * or every folder upwards, holds none.
 */
export async function findLockfiles(io: Io, paths: readonly string[]): Promise<LockfilePlace[]> {
  if (paths.length === 0) return nearest(io);
  const places: LockfilePlace[] = [];
  for (const path of paths) {
    if (path === '-') {
      places.push({ path: undefined, shown: 'standard input', stable: '-' });
      continue;
    }
    const absolute = resolve(io.cwd, path);
    const facts = statSync(absolute, { throwIfNoEntry: false });
    if (facts === undefined) {
      throw new TrustError('usage', `No such file or folder: ${escapeTerminal(path)}`, {
        help: 'trust-check --help lists the commands; a command comes before its options.',
      });
    }
    if (!facts.isDirectory()) places.push(placeOf(io, absolute));
    else {
      const found = lockfilesIn(absolute);
      if (found.length === 0) throw await nothingIn([absolute], path);
      places.push(...found.map((file) => placeOf(io, file)));
    }
  }
  return places.filter((place, at) => places.findIndex((other) => other.path === place.path) === at);
}

async function nearest(io: Io): Promise<LockfilePlace[]> {
  const folders = foldersUpwards(io.cwd, io.homedir);
  for (const folder of folders) {
    const found = lockfilesIn(folder);
    if (found.length > 0) return found.map((file) => placeOf(io, file));
  }
  throw await nothingIn(folders, 'here or in a folder above');
}

/** Of each format the preferred file: npm-shrinkwrap.json speaks for package-lock.json, go.sum for go.mod. */
function lockfilesIn(folder: string): string[] {
  return formats.flatMap((format) => {
    const name = format.names.find((one) => existsSync(join(folder, one)));
    return name === undefined ? [] : [join(folder, name)];
  });
}

/** A lockfile of a kind that is not read must not look like none at all. */
async function nothingIn(folders: readonly string[], where: string): Promise<TrustError> {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.sort()) {
      const label = unreadLockfile(name);
      if (label !== undefined) {
        return new TrustError(
          'lockfile-unrecognised',
          `${escapeTerminal(name)} is ${label}, which is not read yet.`,
          { help: 'Name a lockfile that is read, or a CycloneDX list of the same closure.' },
        );
      }
    }
  }
  return new TrustError('nothing-to-check', `No lockfile: ${escapeTerminal(where)}.`, {
    help: `Looked for ${lockfileNames.join(', ')}. Name the file, or pass --allow-nothing if none is fine.`,
  });
}

function placeOf(io: Io, path: string): LockfilePlace {
  const folder = dirname(path);
  const root = foldersUpwards(folder, io.homedir).at(-1) ?? folder;
  const base = isRepositoryRoot(root) ? root : folder;
  const shown = relative(io.cwd, path);
  return {
    path,
    shown: (shown.startsWith('..') && shown.split('/').length > 4 ? path : shown).replaceAll('\\', '/'),
    stable: (relative(base, path) || basename(path)).replaceAll('\\', '/'),
  };
}
