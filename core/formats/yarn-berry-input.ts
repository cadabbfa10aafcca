// An entry of yarn berry as an input: what its checksum is of, and what to say where there is none.

import { excerpt } from '../bytes.ts';
import { checkDigest } from '../digest/digest-set.ts';
import { isTrustError } from '../errors.ts';
import type { Entry } from './closure-builder.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import { invalid } from './limits.ts';
import { npmPurl } from './npm-entry.ts';
import type { YarnResolution } from './yarn-resolution.ts';

export interface YarnFacts {
  readonly version: string | undefined;
  /** Hex, or a cache key, a slash and hex. */
  readonly checksum: string | undefined;
  /** Of the whole file, for checksums without one. */
  readonly cacheKey: string | undefined;
  readonly conditions: string | undefined;
  readonly line: number;
}

/** Purl and standing of an entry. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function yarnInput(source: YarnResolution, facts: YarnFacts): Omit<Entry, 'place'> {
  const { name } = source;
  const { line } = facts;
  const version = facts.version === '0.0.0-use.local' ? undefined : facts.version;
  switch (source.kind) {
    case 'npm':
      return { purl: npmPurl({ name, version: source.version, line }), ...zipStanding(facts) };
    case 'local':
      return { purl: npmPurl({ name, version, line }), artefacts: [], local: true };
    case 'patch':
      return {
        purl: npmPurl({ name, version, line }, { patch: source.patch }),
        ...zipStanding(facts, 'It is the package with a patch applied: read the package and the patch. '),
      };
    case 'git': {
      const { url, commit } = source;
      return {
        purl: npmPurl({ name, version, line }, { vcs_url: commit === undefined ? url : `${url}@${commit}` }),
        // yarn packs the repository itself, so its checksum depends on the machine.
        ...commitStanding(commit, 'Run yarn up with its name, which writes the commit.'),
      };
    }
    case 'archive':
      return {
        purl: npmPurl({ name, version, line }, { download_url: source.address }),
        ...zipStanding(facts),
      };
    case 'generated':
      return {
        purl: npmPurl({ name, version, line }),
        artefacts: [],
        unverifiable: {
          reason: 'unpinned',
          note: 'A script of the project makes it at install time: read the script.',
        },
      };
  }
}

function zipStanding({ checksum, cacheKey, conditions, line }: YarnFacts, what = ''): Standing {
  if (checksum === undefined || checksum === '') {
    const note =
      conditions === undefined
        ? 'It has no checksum. Run yarn install with checksumBehavior: update.'
        : `It is for ${excerpt(conditions, 100)} and has no checksum. Run yarn install with supportedArchitectures naming that platform.`;
    return { artefacts: [], unverifiable: { reason: 'unpinned', note: `${what}${note}` } };
  }
  const slash = checksum.lastIndexOf('/');
  const key = slash === -1 ? cacheKey : checksum.slice(0, slash);
  const hex = checksum.slice(slash + 1);
  return {
    artefacts: [{ digests: { yarnZip: readChecksum(hex, line) } }],
    unverifiable: {
      reason: 'other-kind',
      note: `${what}Its checksum is of the zip that yarn repacks it into (cache key ${excerpt(key ?? 'unknown', 40)}), not of the published tarball.`,
    },
  };
}

function readChecksum(hex: string, line: number): string {
  try {
    return checkDigest('yarnZip', hex)[1];
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    throw invalid(line, `a checksum that cannot be read: ${excerpt(hex)}`, { cause });
  }
}
