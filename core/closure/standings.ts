// How each author stands in the asker's web of trust.
//
// The package is always the input's, also where a review matched by digest under another name: somebody trusted for
// pkg:npm/%40babel/* is asked about what will be installed, not about what they chose to call it. Answers are remembered
// while the questions are about one package, which is while one input is resolved, or for good when no trust is scoped.

import type { Identity } from '../identity.ts';
import type { TrustLevel } from '../statement/levels.ts';
import type { TrustEntry, TrustStep, TrustView } from '../trust/types.ts';
import type { Origin } from './verdict.ts';

export interface Standings {
  /** Level and distance; undefined for somebody outside the trust set. */
  of(author: Identity, packagePurl: string): TrustEntry | undefined;
  /** crev's effective level: `distrust` for the banned and `none` for strangers. */
  level(author: Identity, packagePurl: string): TrustLevel;
  /** The trust path as reports carry it, root first. */
  path(author: Identity, packagePurl: string): Origin['path'];
}

/** A view of the web of trust that remembers its answers about one package. */
export function standingsOf(view: TrustView): Standings {
  const entry = remembered(view, (author, packagePurl) => view.lookup(author, packagePurl));
  const banned = remembered(view, (author, packagePurl) => view.isBanned(author, packagePurl));
  return {
    of: entry,
    level: (author, packagePurl) =>
      entry(author, packagePurl)?.level ?? (banned(author, packagePurl) ? 'distrust' : 'none'),
    path: remembered(view, (author, packagePurl) => view.path(author, packagePurl).map(stepOf)),
  };
}

function stepOf({ from, to, level, index }: TrustStep): Origin['path'][number] {
  return { from, to, level, ...(index !== undefined && { index }) };
}

function remembered<T>(
  { scoped }: TrustView,
  ask: (author: Identity, packagePurl: string) => T,
): (author: Identity, packagePurl: string) => T {
  const known = new Map<Identity, { readonly answer: T }>();
  let about: string | undefined;
  return (author, packagePurl) => {
    if (scoped !== false && about !== packagePurl) {
      known.clear();
      about = packagePurl;
    }
    let entry = known.get(author);
    if (entry === undefined) known.set(author, (entry = { answer: ask(author, packagePurl) }));
    return entry.answer;
  };
}
