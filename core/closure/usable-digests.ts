// Which digests of a set may take part in a decision under a policy.
//
// Weak digests (sha1, md5) stay in the set: compareDigests never lets them decide. SHA-1 object ids of git are taken out
// when the policy calls them weak (`rules: {git-sha1: weak}`): then they neither join nor contradict anything.

import { digestEntries, digestKeys, type DigestKey, type DigestSet } from '../digest/digest-set.ts';
import type { Policy } from './policy.ts';

const sha1HexDigits = 40;

/** Whether a digest is the SHA-1 name of a git object, or of a Software Heritage directory, which is a git tree. */
export function isGitSha1(key: DigestKey, hex: string): boolean {
  return hex.length === sha1HexDigits && (digestKeys[key].kind === 'git' || key === 'swhDir');
}

/** The set without what the policy calls weak; the same object when nothing is taken out. */
export function usableDigests(set: DigestSet, rules: Policy['rules']): DigestSet {
  if (rules['git-sha1'] === 'accept') return set;
  const entries = digestEntries(set);
  const kept = entries.filter(([key, hex]) => !isGitSha1(key, hex));
  return kept.length === entries.length ? set : Object.fromEntries(kept);
}

/** The digests of a set that may decide that bytes are the same. */
export function strongEntries(set: DigestSet): (readonly [DigestKey, string])[] {
  return digestEntries(set).filter(([key]) => !digestKeys[key].weak);
}
