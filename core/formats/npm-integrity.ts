// `integrity` as all of npm's package managers write it: Subresource Integrity of the .tgz as downloaded.
//
// Several hashes of the strongest algorithm are alternatives; weaker ones beside a single hash are further digests of it.

import type { Artefact } from '../closure/input.ts';
import { hasStrongDigest } from '../digest/digest-set.ts';
import { parseSri, type Sri } from '../digest/sri.ts';
import { isTrustError } from '../errors.ts';
import type { Standing } from './commit-standing.ts';
import { invalid } from './limits.ts';

/**
 * Digests of a tarball, or why there are none.
 * @param advice How to make the tool write a sha512, for the note.
 * @param sha1 A further sha1 of the same file, in hex: what yarn writes behind an address.
 * @throws {TrustError} lockfile-invalid for an integrity that cannot be read.
 */
export function integrityStanding(
  integrity: string | undefined,
  line: number | undefined,
  advice: string,
  sha1?: string,
): Standing {
  const artefacts = withSha1(integrityArtefacts(integrity, line), sha1);
  if (artefacts.some(({ digests }) => hasStrongDigest(digests))) return { artefacts };
  if (artefacts.length > 0) {
    return { artefacts, unverifiable: { reason: 'weak', note: `Its only hash is a sha1. ${advice}` } };
  }
  return {
    artefacts,
    unverifiable:
      integrity === undefined
        ? { reason: 'unpinned', note: `It has no integrity. ${advice}` }
        : { reason: 'placeholder', note: `Its integrity is empty. ${advice}` },
  };
}

/** Artefacts that an `integrity` admits. @throws {TrustError} lockfile-invalid. */
export function integrityArtefacts(integrity: string | undefined, line: number | undefined): Artefact[] {
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

/** A sha1 joins the only artefact, or is one by itself; beside alternatives it could be of any of them. */
function withSha1(artefacts: readonly Artefact[], sha1: string | undefined): readonly Artefact[] {
  const [only] = artefacts;
  if (sha1 === undefined || artefacts.length > 1) return artefacts;
  return [{ ...only, digests: { sha1, ...only?.digests } }];
}

function readSri(integrity: string, line: number | undefined): Sri {
  try {
    return parseSri(integrity);
  } catch (cause) {
    if (!isTrustError(cause, 'digest-invalid')) throw cause;
    throw invalid(line, `an integrity that cannot be read: ${cause.message}`, { cause });
  }
}
