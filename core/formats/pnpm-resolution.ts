// `resolution` of a pnpm lockfile: a tarball, a commit, a folder, or a binary with a variant for each platform.

import { excerpt } from '../bytes.ts';
import type { Artefact } from '../closure/input.ts';
import { commitStanding, type Standing } from './commit-standing.ts';
import { hostedCommit } from './hosted-archive.ts';
import type { JsonObject } from './json-value.ts';
import { invalid, limits, tooLarge } from './limits.ts';
import { integrityArtefacts, integrityStanding } from './npm-integrity.ts';
import { withoutCredentials } from './without-credentials.ts';

const advice = 'Delete the entry and run pnpm install against a registry that publishes integrity.';
const gitAdvice = 'Run pnpm update with its name, which writes the commit.';

/** Where a package comes from, and what pins it. */
export interface PnpmSource {
  readonly standing: Standing;
  readonly qualifiers: Readonly<Record<string, string>>;
  /** A runtime or another program, not a package of the registry. */
  readonly binary?: boolean;
}

/** Reads a resolution. @throws {TrustError} lockfile-invalid, lockfile-too-large. */
export function pnpmSource(resolution: JsonObject): PnpmSource {
  const type = resolution.text('type');
  switch (type) {
    case 'directory':
      return { standing: { artefacts: [], local: true }, qualifiers: {} };
    case 'git': {
      const commit = resolution.text('commit');
      return {
        standing: commitStanding(commit, gitAdvice),
        qualifiers: { vcs_url: vcsUrl(resolution.text('repo') ?? '', commit) },
      };
    }
    case 'binary':
    case 'variations':
      return { standing: binaryStanding(resolution), qualifiers: {}, binary: true };
    case undefined:
      return tarballSource(resolution);
    default:
      return {
        standing: {
          artefacts: [],
          unverifiable: {
            reason: 'unpinned',
            note: `A resolution of the kind "${excerpt(type, 60)}", which a plugin of the project fetches.`,
          },
        },
        qualifiers: {},
      };
  }
}

function tarballSource(resolution: JsonObject): PnpmSource {
  const tarball = resolution.text('tarball');
  const integrity = resolution.text('integrity');
  const hosted = tarball === undefined ? undefined : hostedCommit(tarball);
  if (hosted !== undefined && integrity === undefined) {
    return {
      standing: commitStanding(hosted.commit, gitAdvice),
      qualifiers: { vcs_url: vcsUrl(hosted.url, hosted.commit) },
    };
  }
  return { standing: integrityStanding(integrity, resolution.line, advice), qualifiers: {} };
}

/** Qualifier for a tarball that is no version of a registry. */
export function tarballQualifier(resolution: JsonObject): Readonly<Record<string, string>> {
  const tarball = resolution.text('tarball');
  return tarball === undefined ? {} : { download_url: withoutCredentials(tarball) };
}

function vcsUrl(repository: string, commit: string | undefined): string {
  const address = withoutCredentials(repository);
  const url = /^git(?:\+|:|@)/.test(address) ? address : `git+${address}`;
  return commit === undefined ? url : `${url}@${commit}`;
}

/** A binary has a digest for each platform, and no source under it that a review of this entry could be of. */
function binaryStanding(resolution: JsonObject): Standing {
  const variants = resolution.objects('variants');
  if (variants.length > limits.artefactsOfOne)
    throw tooLarge('variants of one package', limits.artefactsOfOne);
  const artefacts =
    variants.length === 0
      ? integrityArtefacts(resolution.text('integrity'), resolution.line)
      : variants.flatMap(variantArtefacts);
  return {
    artefacts,
    unverifiable: {
      reason: artefacts.length > 0 ? 'binary' : 'unpinned',
      note: 'A program as its makers built it: a review of source cannot cover it, trusted rebuilds can.',
    },
  };
}

function variantArtefacts(variant: JsonObject): Artefact[] {
  const resolution = variant.object('resolution');
  if (resolution === undefined) throw invalid(variant.line, 'a variant without resolution');
  const name = variant
    .objects('targets')
    .map((target) => ['os', 'cpu', 'libc'].flatMap((key) => target.text(key) ?? []).join('-'))
    .join(', ');
  const integrity = resolution.text('integrity');
  return integrityArtefacts(integrity, resolution.line).map((artefact) => ({
    ...artefact,
    ...(name !== '' && { name: name.slice(0, limits.nameLength) }),
  }));
}
