// The parts of a canonical purl that resolution asks for, cut from its text without parsing it again.
//
// A closure of ten thousand inputs meets tens of thousands of purls, all canonical already (purlSchema made them so).
// In canonical text `@` stands only before the version, `?` only before the qualifiers and `#` only before the subpath;
// everywhere else they are percent-encoded. Text that is not canonical is not refused here: it was, at the edge.

import { packagePurl } from '../digest/purl.ts';
import { purlTypeRules } from '../digest/purl-types.ts';

export interface PurlParts {
  /** The whole canonical purl. */
  readonly text: string;
  /** `cargo`, `npm` … */
  readonly type: string;
  /** Without version, qualifiers and subpath: equal to `packagePurl`. */
  readonly package: string;
  /** Without qualifiers and subpath. */
  readonly versioned: string;
  /** Decoded; undefined when the purl has none. */
  readonly version: string | undefined;
  /** What stands between `?` and `#`, still encoded; empty when there is nothing. */
  readonly query: string;
}

/** Cuts a canonical purl into its parts. */
export function purlParts(text: string): PurlParts {
  const hash = text.indexOf('#');
  const bare = hash === -1 ? text : text.slice(0, hash);
  const mark = bare.indexOf('?');
  const versioned = mark === -1 ? bare : bare.slice(0, mark);
  const at = versioned.lastIndexOf('@');
  const slash = text.indexOf('/');
  const type = text.slice(4, slash === -1 ? text.length : slash);
  const query = mark === -1 ? '' : bare.slice(mark + 1);
  // A few types are named by a qualifier too (julia's uuid).
  const named = query !== '' && purlTypeRules(type).identifiedBy !== undefined;
  return {
    text,
    type,
    package: named ? packagePurl(text) : at === -1 ? versioned : versioned.slice(0, at),
    versioned,
    version: at === -1 ? undefined : decode(versioned.slice(at + 1)),
    query,
  };
}

/** `purlParts` that cuts each distinct text once. */
export function purlPartsCache(): (text: string) => PurlParts {
  const known = new Map<string, PurlParts>();
  return (text) => {
    let parts = known.get(text);
    if (parts === undefined) known.set(text, (parts = purlParts(text)));
    return parts;
  };
}

/** The qualifiers of a purl by name, values decoded. */
export function qualifiersOf(parts: PurlParts): ReadonlyMap<string, string> {
  const qualifiers = new Map<string, string>();
  for (const pair of parts.query === '' ? [] : parts.query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) qualifiers.set(pair.slice(0, equals), decode(pair.slice(equals + 1)));
  }
  return qualifiers;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
