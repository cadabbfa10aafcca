// One package of an npm lockfile, of any version: its purl, the digests that npm checks, and what to say when there are none.
//
// `integrity` is of the .tgz as downloaded. Git dependencies are pinned by their commit alone: npm packs them itself, so
// an integrity beside one is of bytes that depend on the machine and is left out.

import { excerpt } from '../bytes.ts';
import type { Entry } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import { entryPurl, splitName } from './entry-purl.ts';
import { checkLength } from './limits.ts';
import { integrityArtefacts, integrityStanding } from './npm-integrity.ts';

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

const advice =
  'Delete node_modules and this entry (or the whole lockfile) and run npm install, which writes a sha512; npm keeps an entry as it is otherwise.';
const gitAdvice = 'Pin the dependency to the full commit id.';

/** The closure entry of a package. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function npmEntry(item: NpmPackage): Entry {
  const git = item.resolved !== undefined && isGit(item.resolved) ? item.resolved : undefined;
  return {
    purl: npmPurl(item, git === undefined ? {} : { vcs_url: git.replace('#', '@') }),
    place: { line: item.line, path: checkLength(item.path, 'path', item.line) },
    groups: item.groups,
    ...(git === undefined ? standing(item) : commitStanding(npmCommit(git), gitAdvice)),
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

function standing(item: NpmPackage): Standing & Pick<Entry, 'within'> {
  const { resolved, integrity, bundledIn, line } = item;
  if (bundledIn !== undefined) {
    return {
      artefacts: integrityArtefacts(integrity, line),
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
  return integrityStanding(integrity, line, advice);
}

/** The reference behind `#`; npm writes a folder of the repository behind the commit: `#<commit>::path:packages/a`. */
function npmCommit(address: string): string | undefined {
  const hash = address.indexOf('#');
  return hash === -1 ? undefined : address.slice(hash + 1).split('::', 1)[0];
}
