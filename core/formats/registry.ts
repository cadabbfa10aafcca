// The table of formats, and how a file finds its reader: by content first, by name where the content does not tell.
//
// Adding a format is one file beside this one and one line here. A file that no format claims is an error that lists what
// is read, and a known format without a reader is named: an empty answer would look like a pass.

import type { Closure } from '../closure/input.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { bunLock } from './bun-lock.ts';
import { cargoLock } from './cargo-lock.ts';
import { cyclonedxJson } from './cyclonedx-json.ts';
import { denoLock } from './deno-lock.ts';
import { inFile, openDocument, type Format, type LockfileDocument, type LockfileSource } from './format.ts';
import { goLock } from './go-lock.ts';
import { npmLock } from './npm-lock.ts';
import { pdmLock } from './pdm-lock.ts';
import { pipfileLock } from './pipfile-lock.ts';
import { pnpmLock } from './pnpm-lock.ts';
import { poetryLock } from './poetry-lock.ts';
import { pylockToml } from './pylock-toml.ts';
import { requirementsTxt } from './requirements-txt.ts';
import { unreadFormats, type UnreadFormat } from './unread-formats.ts';
import { uvLock } from './uv-lock.ts';
import { yarnLock } from './yarn-lock.ts';

/** Every format that is read, in the order in which a folder is searched. */
export const formats: readonly Format[] = [
  npmLock,
  pnpmLock,
  yarnLock,
  bunLock,
  denoLock,
  cargoLock,
  goLock,
  uvLock,
  poetryLock,
  pdmLock,
  pipfileLock,
  pylockToml,
  requirementsTxt,
  cyclonedxJson,
];

/**
 * File names to look for in a folder, the preferred first: of npm-shrinkwrap.json and package-lock.json, and of go.sum and
 * go.mod, the first one found speaks for both.
 */
export const lockfileNames: readonly string[] = formats.flatMap((format) => format.names);

/** Whether a file name is usual for a closure that is known and not read yet; its label, for a message. */
export function unreadLockfile(name: string): string | undefined {
  return unreadFormats.find((format) => format.names.test(name))?.label;
}

/**
 * The closure of a lockfile.
 * @throws {TrustError} lockfile-unrecognised, lockfile-version-unknown, lockfile-invalid (with the line where there is
 *   one) or lockfile-too-large; every message begins with the name of the file.
 */
export function readLockfile(source: LockfileSource): Closure {
  return inFile(source.name, () => {
    const document = openDocument(source);
    const format = formatOf(document);
    const closure = format.parse(document);
    const otherwise = usualFor(document.name);
    if (otherwise === undefined || otherwise === format) return closure;
    const remark = `The file is named like ${otherwise.label} and holds ${format.label}: it was read as what it holds.`;
    return { ...closure, remarks: [remark, ...closure.remarks] };
  });
}

function formatOf(document: LockfileDocument): Format {
  const byContent = formats.find((format) => format.recognise(document));
  if (byContent !== undefined) return byContent;
  const unread = unreadFormats.find((format) => format.recognise?.(document));
  const named = usualFor(document.name);
  if (unread !== undefined) throw notRead(unread);
  if (named === undefined) throw unrecognised(document);
  if (!('parse' in named)) throw notRead(named);
  return named;
}

/** The format that a name is usual for. */
function usualFor(name: string): Format | UnreadFormat | undefined {
  return (
    formats.find((format) => format.names.includes(name) || format.otherNames?.test(name) === true) ??
    unreadFormats.find((format) => format.names.test(name))
  );
}

const readList = `These are read: ${formats.map((format) => format.label).join(', ')}.`;

function notRead({ label }: UnreadFormat): TrustError {
  return new TrustError('lockfile-unrecognised', `recognised as ${label}, which is not read yet`, {
    help: `${readList} A CycloneDX list with hashes can stand in for it.`,
  });
}

function unrecognised(document: LockfileDocument): TrustError {
  return new TrustError(
    'lockfile-unrecognised',
    'neither its name nor its content is that of a known lockfile',
    {
      help: readList,
      ...(isTrustError(document.json) && { cause: document.json }),
    },
  );
}
