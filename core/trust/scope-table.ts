// The scopes that edges carry, each distinct list of purl patterns numbered once. Number 0 is "no scope": always counts.
//
// A pattern that cannot be read matches nothing: the ledger may hold one that an older version accepted, and following
// the ledger must not stop there. Statements with such a pattern are refused when they are submitted.

import {
  checkPurlPattern,
  isPurlPattern,
  matchesPattern,
  type PurlParts,
  type PurlPattern,
} from './scope.ts';

export class ScopeTable {
  readonly #patterns: (readonly string[])[] = [[]];
  readonly #compiled: (readonly PurlPattern[] | undefined)[] = [[]];
  readonly #numbers = new Map<string, number>();

  get length(): number {
    return this.#patterns.length;
  }

  /** The number of a scope. Order and repetition of its patterns do not matter. */
  intern(patterns: readonly string[] | undefined): number {
    if (patterns === undefined) return 0;
    const distinct = [...new Set(patterns)].sort();
    const key = JSON.stringify(distinct);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#patterns.push(distinct) - 1;
    this.#compiled.push(undefined);
    this.#numbers.set(key, number);
    return number;
  }

  /** The patterns of a scope; none for number 0. */
  patterns(scope: number): readonly string[] {
    return this.#patterns[scope] ?? [];
  }

  /** Whether edges of this scope count for a purl; with no purl only those without a scope do. */
  matches(scope: number, parts: PurlParts | undefined): boolean {
    if (scope === 0) return true;
    if (parts === undefined) return false;
    const compiled = (this.#compiled[scope] ??= compile(this.patterns(scope)));
    return compiled.some((pattern) => matchesPattern(pattern, parts));
  }
}

function compile(patterns: readonly string[]): PurlPattern[] {
  return patterns.filter(isPurlPattern).map((pattern) => checkPurlPattern(pattern));
}
