// What a git reference pins: a full commit id is a digest, an abbreviated one and a branch or tag are not.

import { excerpt } from '../bytes.ts';
import type { Entry } from './closure-builder.ts';

/** Digests, or why there are none. */
export type Standing = Pick<Entry, 'artefacts' | 'unverifiable' | 'local'>;

/**
 * The standing of an entry that comes from git.
 * @param reference What the lockfile writes as the commit; undefined or empty when it writes none.
 * @param advice How to make the tool write a full commit id, for the note.
 */
export function commitStanding(reference: string | undefined, advice: string): Standing {
  if (reference === undefined || reference === '') {
    return {
      artefacts: [],
      unverifiable: { reason: 'mutable', note: `A git repository without a commit. ${advice}` },
    };
  }
  if (/^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(reference)) {
    return { artefacts: [{ digests: { gitCommit: reference.toLowerCase() } }] };
  }
  const shown = `"${excerpt(reference)}"`;
  return {
    artefacts: [],
    unverifiable: /^[0-9a-fA-F]{4,39}$/.test(reference)
      ? { reason: 'truncated', note: `A git commit cut to ${shown}. ${advice}` }
      : { reason: 'mutable', note: `A git reference, ${shown}, which can move. ${advice}` },
  };
}
