// Many purl patterns asked at once: which of them does a purl match?
//
// Patterns that name one package are found by its name, so that ten thousand exemptions cost no more than one; those with
// a wildcard in the name are tried one by one among those of their type.

import {
  checkPurlPattern,
  matchesPattern,
  purlParts as cutForPattern,
  type PurlPattern,
} from '../trust/scope.ts';

export interface PatternList {
  /** The positions, ascending, of the patterns that a purl matches. */
  matching(purl: string): readonly number[];
}

/** Compiles purl patterns; `undefined` matches nothing and keeps its position. Throws policy-invalid. */
export function compilePatterns(patterns: readonly (string | undefined)[]): PatternList {
  const named = new Map<string, number[]>();
  const loose = new Map<string, number[]>();
  const compiled: (PurlPattern | undefined)[] = [];
  for (const [position, text] of patterns.entries()) {
    const pattern = text === undefined ? undefined : checkPurlPattern(text);
    compiled.push(pattern);
    if (pattern === undefined) continue;
    const [table, key] = pattern.path.exact
      ? [named, `${pattern.type}/${pattern.path.text}`]
      : [loose, pattern.type];
    const positions = table.get(key);
    if (positions === undefined) table.set(key, [position]);
    else positions.push(position);
  }
  if (named.size === 0 && loose.size === 0) return { matching: () => [] };
  return {
    matching: (purl) => {
      const parts = cutForPattern(purl);
      const candidates = [
        ...(named.get(`${parts.type}/${parts.path}`) ?? []),
        ...(loose.get(parts.type) ?? []),
      ];
      return candidates
        .filter((position) => {
          const pattern = compiled[position];
          return pattern !== undefined && matchesPattern(pattern, parts);
        })
        .sort((a, b) => a - b);
    },
  };
}
