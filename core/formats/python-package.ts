// What the lockfiles of Python have in common: names that fold, files that an installer chooses from, hashes of those files
// (PyPA specifications: "Names and normalization", "Hashes" in the simple repository API).
//
// Every file that the lock lists is an artefact, source distributions and wheels alike: any of them may be installed.
// Algorithms are hashlib's; those that no digest set has a key for leave a file without a digest, with a reason.

import { excerpt } from '../bytes.ts';
import type { Artefact } from '../closure/input.ts';
import { checkDigest, hasStrongDigest, type DigestSet } from '../digest/digest-set.ts';
import { isTrustError } from '../errors.ts';
import type { ClosureBuilder } from './closure-builder.ts';
import type { Standing } from './commit-standing.ts';
import { entryPurl } from './entry-purl.ts';
import { invalid, limits, tooLarge } from './limits.ts';
import { withoutCredentials } from './without-credentials.ts';

/** The name by which two spellings of one project are equal (PEP 503). */
export function foldPythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** `pkg:pypi/…`. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function pythonPurl(
  name: string,
  version: string | undefined,
  line: number | undefined,
  qualifiers: Readonly<Record<string, string>> = {},
): string {
  return entryPurl(
    { type: 'pypi', name, ...(version !== undefined && version !== '' && { version }), qualifiers },
    line,
  );
}

/** Qualifier for a package of another index than the one that `pkg:pypi` stands for. */
export function indexQualifier(index: string | undefined): Readonly<Record<string, string>> {
  if (index === undefined || /^https:\/\/(?:[a-z]+\.)?pypi\.org(?:\/|$)/.test(index)) return {};
  return { repository_url: withoutCredentials(index) };
}

/** Qualifier for a package that comes from a git (or other) repository. */
export function vcsQualifier(
  url: string,
  commit: string | undefined,
  kind = 'git',
): Readonly<Record<string, string>> {
  const address = url.startsWith(`${kind}+`) ? url : `${kind}+${url}`;
  return { vcs_url: `${withoutCredentials(address)}${commit === undefined ? '' : `@${commit}`}` };
}

/** Algorithms of hashlib that a digest set has a key for. */
const hashAlgorithms = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'] as const;

/** A file of a package, with what its hashes say. */
export interface PythonFile {
  readonly artefact: Artefact;
  /** An algorithm that digest sets have no key for. */
  readonly unknown?: string;
}

/**
 * One file from `algorithm` and hex pairs.
 * @throws {TrustError} lockfile-invalid for a hash that has not its algorithm's form.
 */
export function pythonFile(
  name: string | undefined,
  hashes: Iterable<readonly [string, string]>,
  line: number | undefined,
): PythonFile {
  let digests: DigestSet = {};
  let unknown: string | undefined;
  for (const [algorithm, hex] of hashes) {
    const known = hashAlgorithms.find((one) => one === algorithm);
    if (known === undefined) unknown = algorithm;
    else digests = { ...digests, [known]: readHash(known, hex, line) };
  }
  if (name !== undefined && name.length > limits.nameLength)
    throw tooLarge('characters in a file name', limits.nameLength);
  return {
    artefact: { ...(name !== undefined && name !== '' && { name }), digests },
    ...(unknown !== undefined && { unknown }),
  };
}

/** `sha256:hex`, as most locks write it. @throws {TrustError} lockfile-invalid. */
export function splitHash(text: string, line: number | undefined): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon === -1) throw invalid(line, `a hash without algorithm: ${excerpt(text)}`);
  return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1)];
}

/**
 * Files as artefacts, or why they have no usable digest.
 * @param advice How to make the tool write hashes, for the note.
 * @throws {TrustError} lockfile-too-large.
 */
export function filesStanding(files: readonly PythonFile[], advice: string): Standing {
  if (files.length > limits.artefactsOfOne) throw tooLarge('files of one package', limits.artefactsOfOne);
  const artefacts = files.map((file) => file.artefact);
  if (artefacts.some(({ digests }) => hasStrongDigest(digests))) return { artefacts };
  const unknown = files.find((file) => file.unknown !== undefined)?.unknown;
  if (artefacts.some(({ digests }) => Object.keys(digests).length > 0)) {
    return {
      artefacts,
      unverifiable: { reason: 'weak', note: `Its hashes are md5 or sha1 only. ${advice}` },
    };
  }
  if (unknown !== undefined) {
    return {
      artefacts,
      unverifiable: {
        reason: 'other-kind',
        note: `Its hashes are ${excerpt(unknown, 40)}, which no review names. ${advice}`,
      },
    };
  }
  return { artefacts, unverifiable: { reason: 'unpinned', note: `It has no hash. ${advice}` } };
}

/** The last part of an address or path, without query and fragment: the file's name. */
export function fileNameOf(address: string): string {
  const path = address.replace(/[?#].*$/s, '');
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Finds inputs by the folded name that dependencies use, and adds edges to all that have it. */
export class PythonNames {
  readonly #byName = new Map<string, Set<number>>();

  add(name: string, position: number): void {
    const key = foldPythonName(name);
    const known = this.#byName.get(key);
    if (known === undefined) this.#byName.set(key, new Set([position]));
    else known.add(position);
  }

  /** Every input of this name: several when markers choose between versions. */
  find(name: string): ReadonlySet<number> {
    return this.#byName.get(foldPythonName(name)) ?? new Set();
  }

  /** @throws {TrustError} lockfile-too-large. */
  connect(builder: ClosureBuilder, from: number, names: Iterable<string>): void {
    for (const name of names) for (const to of this.find(name)) builder.addDependency(from, to);
  }
}

function readHash(algorithm: (typeof hashAlgorithms)[number], hex: string, line: number | undefined): string {
  try {
    return checkDigest(algorithm, hex)[1];
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    throw invalid(line, `a hash that cannot be read: ${cause.message}`, { cause });
  }
}
