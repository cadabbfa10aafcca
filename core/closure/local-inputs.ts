// Which inputs are the asker's own code: what the closure calls local, what the policy's `local` patterns name, and with
// `rules: {git: local}`, as in crev, what comes straight from a git repository.

import { digestEntries, digestKeys } from '../digest/digest-set.ts';
import type { Input } from './input.ts';
import { compilePatterns } from './pattern-list.ts';
import type { Policy } from './policy.ts';
import { qualifiersOf, type PurlParts } from './purl-parts.ts';

/** Tells whether an input is the project's own code under a policy; throws policy-invalid for a bad pattern. */
export function localInputs(policy: Policy): (input: Input, purl: PurlParts) => boolean {
  const patterns = compilePatterns(policy.local);
  return (input, purl) =>
    input.local === true ||
    patterns.matching(input.purl).length > 0 ||
    (policy.rules.git === 'local' && isFromGit(input, purl));
}

/**
 * Whether an input comes from a repository and not from an archive: it is named by a git object, or its purl by a
 * `vcs_url`, and the closure states no digest of a published file for it.
 */
export function isFromGit(input: Input, purl: PurlParts): boolean {
  const kinds = new Set(
    input.artefacts.flatMap((artefact) =>
      digestEntries(artefact.digests).map(([key]) => digestKeys[key].kind),
    ),
  );
  return !kinds.has('archive') && (kinds.has('git') || qualifiersOf(purl).has('vcs_url'));
}
