// One package of an npm lockfile, of any version: its purl, the digests that npm checks, and what to say when there are none.
//
// `integrity` is of the .tgz as downloaded. Git dependencies are pinned by their commit alone: npm packs them itself, so
// an integrity beside one is of bytes that depend on the machine and is left out.

import { excerpt } from '../bytes.ts';
import type { Artefact, Input } from '../closure/input.ts';
import { hasStrongDigest, type DigestSet } from '../digest/digest-set.ts';
import { parseSri, type Sri } from '../digest/sri.ts';
import { isTrustError } from '../errors.ts';
import type { Entry } from './closure-builder.ts';
import { entryPurl, splitName } from './entry-purl.ts';
import { checkLength, invalid } from './limits.ts';

/** What the versions of the format have in common. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string | undefined;
  /** Where it came from: an address, `git+…#commit`, `file:…`. */
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly line: number;
  /** `node_modules/a/node_modules/b` */
  readonly path: string;
  readonly groups: readonly string[];
  /** Purl of the package in whose archive it comes. */
  readonly bundledIn?: string | undefined;
}

type Standing = Pick<Entry, 'artefacts' | 'unverifiable' | 'local' | 'within'>;

/** The closure entry of a package. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function npmEntry(item: NpmPackage): Entry {
  const git = item.resolved !== undefined && isGit(item.resolved) ? item.resolved : undefined;
  return {
    purl: npmPurl(item, git === undefined ? {} : { vcs_url: git.replace('#', '@') }),
    place: { line: item.line, path: checkLength(item.path, 'path', item.line) },
    groups: item.groups,
    ...(git === undefined ? standing(item) : gitStanding(git)),
  };
}

/** The closure entry of the project itself, a workspace or a linked folder. @throws {TrustError} as npmEntry. */
export function npmLocal(item: Pick<NpmPackage, 'name' | 'version' | 'line' | 'path' | 'groups'>): Entry {
  return {
    purl: npmPurl(item),
    artefacts: [],
    place: { line: item.line, ...(item.path !== '' && { path: checkLength(item.path, 'path', item.line) }) },
    groups: item.groups,
    local: true,
  };
}

/** `pkg:npm/…` of a package name with or without scope. @throws {TrustError} lockfile-invalid. */
export function npmPurl(
  item: Pick<NpmPackage, 'name' | 'version' | 'line'>,
  qualifiers: Readonly<Record<string, string>> = {},
): string {
  return entryPurl(
    {
      type: 'npm',
      ...splitName(item.name),
      ...(item.version !== undefined && item.version !== '' && { version: item.version }),
      qualifiers,
    },
    item.line,
  );
}

/** Whether npm takes an address for a git repository. */
export function isGit(resolved: string): boolean {
  return /^(?:git\+[a-z]+:|git:|github:|gitlab:|bitbucket:|gist:)/.test(resolved);
}

function standing(item: NpmPackage): Standing {
  const { resolved, integrity, bundledIn, line } = item;
  if (bundledIn !== undefined) {
    return {
      artefacts: artefactsOf(integrity, line),
      within: bundledIn,
      unverifiable: {
        reason: 'inherited',
        note: `It comes inside the archive of ${excerpt(bundledIn, 300)}, whose digest covers its bytes: read it there.`,
      },
    };
  }
  if (resolved?.startsWith('file:') === true && !/\.(?:tgz|tar\.gz|tar)$/i.test(resolved)) {
    return { artefacts: [], local: true };
  }
  const artefacts = artefactsOf(integrity, line);
  const unverifiable = artefacts.some(({ digests }) => hasStrongDigest(digests))
    ? undefined
    : lack(integrity, artefacts.length > 0);
  return { artefacts, unverifiable };
}

function lack(integrity: string | undefined, weak: boolean): Input['unverifiable'] {
  const advice =
    'Delete node_modules and this entry (or the whole lockfile) and run npm install, which writes a sha512; npm keeps an entry as it is otherwise.';
  if (weak) return { reason: 'weak', note: `Its only integrity is a sha1. ${advice}` };
  if (integrity === undefined) return { reason: 'unpinned', note: `It has no integrity. ${advice}` };
  return { reason: 'placeholder', note: `Its integrity is empty. ${advice}` };
}

/**
 * Artefacts that an `integrity` admits: several hashes of its strongest algorithm, the one that npm checks, are
 * alternatives; weaker ones beside a single hash are further digests of it.
 */
function artefactsOf(integrity: string | undefined, line: number): Artefact[] {
  if (integrity === undefined || integrity.trim() === '') return [];
  const { algorithm, alternatives, weaker } = readSri(integrity, line);
  if (alternatives.length > 1) return alternatives.map((hex) => ({ digests: { [algorithm]: hex } }));
  const further = weaker.filter(
    ({ algorithm: other }) => weaker.filter((hash) => hash.algorithm === other).length === 1,
  );
  return [
    {
      digests: {
        [algorithm]: alternatives[0],
        ...Object.fromEntries(further.map((hash) => [hash.algorithm, hash.hex])),
      },
    },
  ];
}

function readSri(integrity: string, line: number): Sri {
  try {
    return parseSri(integrity);
  } catch (cause) {
    if (!isTrustError(cause, 'digest-invalid')) throw cause;
    throw invalid(line, `an integrity that cannot be read: ${cause.message}`, { cause });
  }
}

function gitStanding(address: string): Standing {
  const hash = address.indexOf('#');
  // npm writes a folder of the repository behind the commit: `#<commit>::path:packages/a`.
  const [reference = ''] = hash === -1 ? [] : address.slice(hash + 1).split('::', 1);
  if (/^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(reference)) {
    const digests: DigestSet = { gitCommit: reference.toLowerCase() };
    return { artefacts: [{ digests }] };
  }
  const shown = reference === '' ? 'no reference' : `"${excerpt(reference)}"`;
  const advice = 'Pin the dependency to the full commit id.';
  return /^[0-9a-fA-F]{4,39}$/.test(reference)
    ? {
        artefacts: [],
        unverifiable: { reason: 'truncated', note: `A git commit cut to ${shown}. ${advice}` },
      }
    : {
        artefacts: [],
        unverifiable: { reason: 'mutable', note: `A git address with ${shown}, which can move. ${advice}` },
      };
}
