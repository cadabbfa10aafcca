// purl patterns: which packages a scope, an exemption or a list of local packages means.
//
//   pkg:cargo/serde              every version of that package
//   pkg:cargo/serde@1.0.*        versions that begin so
//   pkg:npm/%40babel/*           every package of the scope; pkg:npm/* is every package without a scope
//   pkg:golang/github.com/acme/**   everything below
//
// `*` never crosses `/`, `**` does. A pattern is brought into purl's canonical form first, so case and spelling follow the
// rules of the type. Without a version it means all versions; with one, only purls that have it. Qualifiers and a subpath
// that a pattern names must be there; those that it does not name are ignored. The type has no wildcard. `%2A` is a
// literal asterisk. Refused: anything that is no purl once its wildcards are replaced by words.

import { excerpt } from '../bytes.ts';
import { canonicalPurl } from '../digest/purl.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { compileGlob, matchesGlob, type Glob } from './glob.ts';

/** Longest pattern, in characters. */
export const maxPatternLength = 1024;

/** A purl cut into the parts that patterns look at, each percent-encoded as in the canonical text. */
export interface PurlParts {
  readonly type: string;
  readonly path: string;
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath: string | undefined;
}

/** A compiled pattern. */
export interface PurlPattern {
  readonly type: string;
  readonly path: Glob;
  readonly version: Glob | undefined;
  readonly qualifiers: readonly (readonly [name: string, value: Glob])[];
  readonly subpath: Glob | undefined;
}

/**
 * Compiles a purl pattern.
 * @param code what a bad pattern is: `policy-invalid` in a policy, `statement-invalid` in a statement.
 * @throws TrustError with that code.
 */
export function checkPurlPattern(
  pattern: string,
  code: 'policy-invalid' | 'statement-invalid' = 'policy-invalid',
): PurlPattern {
  const help =
    'Write a purl with * for any characters but a slash and ** for any, for example pkg:npm/%40babel/* or pkg:cargo/serde@1.*.';
  if (pattern.length > maxPatternLength) {
    throw new TrustError(code, `A purl pattern has at most ${maxPatternLength} characters`, { help });
  }
  if (!/^pkg:\/*[A-Za-z][A-Za-z0-9.+-]*\//.test(pattern)) {
    throw new TrustError(code, `A purl pattern begins with pkg: and a type: ${excerpt(pattern)}`, { help });
  }
  const parts = cut(canonicalPattern(pattern, code, help));
  return {
    type: parts.type,
    path: compileGlob(parts.path),
    version: parts.version === undefined ? undefined : compileGlob(parts.version),
    qualifiers: Array.from(parts.qualifiers, ([name, value]) => [name, compileGlob(value)] as const),
    subpath: parts.subpath === undefined ? undefined : compileGlob(parts.subpath),
  };
}

/** Whether a text is a purl pattern. */
export function isPurlPattern(pattern: string): boolean {
  try {
    checkPurlPattern(pattern);
    return true;
  } catch (error) {
    if (isTrustError(error, 'policy-invalid')) return false;
    throw error;
  }
}

/** The parts of a purl for `matchesPattern`; throws purl-invalid. */
export function purlParts(purl: string): PurlParts {
  return cut(canonicalPurl(purl));
}

/** Whether a purl, cut by `purlParts`, matches a compiled pattern. */
export function matchesPattern(pattern: PurlPattern, parts: PurlParts): boolean {
  return (
    pattern.type === parts.type &&
    matchesGlob(pattern.path, parts.path) &&
    fits(pattern.version, parts.version) &&
    pattern.qualifiers.every(([name, value]) => fits(value, parts.qualifiers.get(name))) &&
    fits(pattern.subpath, parts.subpath)
  );
}

/**
 * Whether a purl matches a purl pattern. For many purls or patterns compile once with `checkPurlPattern`.
 * @throws TrustError policy-invalid for the pattern, purl-invalid for the purl.
 */
export function matchesPurlPattern(pattern: string, purl: string): boolean {
  return matchesPattern(checkPurlPattern(pattern), purlParts(purl));
}

function fits(glob: Glob | undefined, text: string | undefined): boolean {
  return glob === undefined || (text !== undefined && matchesGlob(glob, text));
}

/** Cuts a canonical purl. In it `#`, `?` and `@` are separators only, except that a version may hold another `@`. */
function cut(purl: string): PurlParts {
  const [beforeSubpath, subpath] = split(purl, purl.indexOf('#'));
  const [beforeQuery, query] = split(beforeSubpath, beforeSubpath.indexOf('?'));
  const [name, version] = split(beforeQuery, beforeQuery.indexOf('@'));
  const slash = name.indexOf('/');
  const qualifiers = new Map<string, string>();
  for (const pair of query?.split('&') ?? []) {
    const [key, value] = split(pair, pair.indexOf('='));
    qualifiers.set(key, value ?? '');
  }
  return {
    type: name.slice('pkg:'.length, slash),
    path: name.slice(slash + 1),
    version,
    qualifiers,
    subpath,
  };
}

function split(text: string, at: number): [string, string | undefined] {
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The canonical text of a pattern, its wildcards kept. They go through purl's rules as a word that no rule alters but for
 * its case. Where the type wants a namespace and the pattern has none (`pkg:github/**`), a stand-in takes its place; where
 * a type's names have a form that no word fits, the general rules do.
 */
function canonicalPattern(
  pattern: string,
  code: 'policy-invalid' | 'statement-invalid',
  help: string,
): string {
  let word = 'wildcard';
  while (pattern.toLowerCase().includes(word)) word += 'x';
  const stand = `${word}stand`;
  const plain = pattern.replace(/\*+/g, (stars) => word + (stars.length === 1 ? 'one' : 'two'));
  const [prefix = '', type = ''] = /^pkg:\/*([^/]*)\/+/.exec(plain) ?? [];
  const rest = plain.slice(prefix.length);
  const attempts = [plain];
  if (pattern.includes('*')) attempts.push(`pkg:${type}/${stand}/${rest}`);
  if (/^[^/?#]*\*/.test(pattern.slice(prefix.length)) && !/^[^?#@]*\//.test(rest)) {
    attempts.push(`pkg:generic/${rest}`);
  }
  let cause: unknown;
  for (const attempt of attempts) {
    try {
      return canonicalPurl(attempt)
        .replace(/^pkg:[^/]*/, `pkg:${type.toLowerCase()}`)
        .replace(new RegExp(`/${stand}/`, 'i'), '/')
        .replaceAll(new RegExp(`${word}two`, 'gi'), '**')
        .replaceAll(new RegExp(`${word}one`, 'gi'), '*');
    } catch (error) {
      cause ??= error;
    }
  }
  throw new TrustError(code, `Not a purl pattern: ${excerpt(pattern)}`, { help, cause });
}
