// Package URLs, to the purl specification (ECMA-427, clause 5) and its registered types (purl-types.ts).
//
// Reading is as lenient as the specification asks (`pkg://`, upper-case types and keys, characters that should have been
// encoded) and writing is canonical, so that one package has one text. Refused: a missing name, a namespace where the
// type has none or none where it needs one, keys out of order with the grammar, control and bidirectional characters.

import { z } from 'zod';
import { cutPurl, decodeComponent, encodeComponent, purlError } from './purl-text.ts';
import { purlTypeRules } from './purl-types.ts';

export interface Purl {
  readonly type: string;
  /** Segments joined by slashes, decoded. */
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers: Readonly<Record<string, string>>;
  /** Segments joined by slashes, decoded. */
  readonly subpath?: string;
}

/** Far beyond any real purl, and small enough that hostile text costs nothing. */
const maxLength = 4096;
const forbidden = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** The parts of a purl, normalised for its type; throws purl-invalid. */
export function parsePurl(text: string): Purl {
  if (text.length > maxLength) throw purlError(`longer than ${maxLength} characters`, text);
  const pieces = cutPurl(text);
  const segments = pieces.path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeComponent);
  const name = segments.pop() ?? '';
  const qualifiers = parseQualifiers(pieces.query, text);
  if (segments.some((segment) => segment.includes('/'))) {
    throw purlError('a segment of the namespace holds a slash', text);
  }
  const subpath = pieces.subpath.split('/').map(decodeComponent);
  if (subpath.some((segment) => segment.includes('/'))) {
    throw purlError('a segment of the subpath holds a slash', text);
  }
  return normalise(
    {
      type: pieces.type,
      namespace: segments.join('/'),
      name,
      version: decodeComponent(pieces.version ?? ''),
      qualifiers,
      subpath: subpath.join('/'),
    },
    text,
  );
}

/** Canonical text of a purl; throws purl-invalid when a part is not allowed for its type. */
export function formatPurl(purl: Purl): string {
  const shown = `${purl.type}/${purl.namespace ?? ''}/${purl.name}`;
  const { type, namespace, name, version, qualifiers, subpath } = normalise(purl, shown);
  const path = namespace === undefined ? '' : `${encodeSegments(namespace)}/`;
  const query = Object.entries(qualifiers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encodeComponent(value)}`)
    .join('&');
  return [
    `pkg:${type}/${path}${encodeComponent(name)}`,
    version === undefined ? '' : `@${encodeComponent(version)}`,
    query === '' ? '' : `?${query}`,
    subpath === undefined ? '' : `#${encodeSegments(subpath)}`,
  ].join('');
}

/** Canonical text of the purl that a text holds; throws purl-invalid. */
export function canonicalPurl(text: string): string {
  return formatPurl(parsePurl(text));
}

/**
 * The purl of the package itself, without version, subpath and qualifiers: what advisories and searches go by. Qualifiers
 * that are part of a package's identity stay (julia's uuid, swid's tag_id). Throws purl-invalid.
 */
export function packagePurl(purl: Purl | string): string {
  const { type, namespace, name, qualifiers } = typeof purl === 'string' ? parsePurl(purl) : purl;
  const { identifiedBy = [] } = purlTypeRules(type);
  const kept = Object.entries(qualifiers).filter(([key]) => identifiedBy.includes(key));
  return formatPurl({
    type,
    ...(namespace !== undefined && { namespace }),
    name,
    qualifiers: Object.fromEntries(kept),
  });
}

/** A purl in its canonical text form. */
export const purlSchema = z
  .string()
  .max(1024)
  .transform((text, context) => {
    try {
      return canonicalPurl(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });

function parseQualifiers(query: string, text: string): Readonly<Record<string, string>> {
  const qualifiers = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals === -1) throw purlError('a qualifier without =', text);
    const key = pair.slice(0, equals).toLowerCase();
    if (qualifiers.has(key)) throw purlError('the same qualifier twice', text);
    qualifiers.set(key, decodeComponent(pair.slice(equals + 1)));
  }
  return Object.fromEntries(qualifiers);
}

/** One purl from parts in any spelling: folded and checked for its type, empty parts left out. */
function normalise(parts: Purl, text: string): Purl {
  const type = parts.type.toLowerCase();
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) throw purlError('its type is not letters, digits, . and -', text);
  const rules = purlTypeRules(type);
  const qualifiers = checkQualifiers(parts.qualifiers, text);
  const fold = (value: string, rule?: (text: string) => string): string => rule?.(value) ?? value;

  const namespace = fold(trimSegments(parts.namespace ?? ''), rules.foldNamespace);
  const bareName = parts.name.replaceAll(/^\/+|\/+$/g, '');
  const name = rules.foldName?.(bareName, qualifiers) ?? bareName;
  const version = fold(parts.version ?? '', rules.foldVersion);
  const subpath = trimSegments(parts.subpath ?? '', ['.', '..']);

  if (name === '') throw purlError('it has no name', text);
  if ([namespace, name, version, subpath].some((part) => forbidden.test(part))) {
    throw purlError('a control or bidirectional character', text);
  }
  if (rules.namespace === 'required' && namespace === '') throw purlError(`${type} needs a namespace`, text);
  if (rules.namespace === 'prohibited' && namespace !== '') {
    throw purlError(`${type} has no namespace`, text);
  }
  if (rules.name?.pattern.test(name) === false) throw purlError(`a ${type} name is ${rules.name.rule}`, text);
  if (version !== '' && rules.version?.pattern.test(version) === false) {
    throw purlError(`a ${type} version is ${rules.version.rule}`, text);
  }
  const missing = rules.identifiedBy?.find((key) => qualifiers[key] === undefined);
  if (missing !== undefined) throw purlError(`${type} needs the qualifier ${missing}`, text);
  return {
    type,
    ...(namespace !== '' && { namespace }),
    name,
    ...(version !== '' && { version }),
    qualifiers,
    ...(subpath !== '' && { subpath }),
  };
}

function checkQualifiers(given: Purl['qualifiers'], text: string): Readonly<Record<string, string>> {
  const kept = Object.entries(given).filter(([, value]) => value !== '');
  for (const [key, value] of kept) {
    if (!/^[a-z][a-z0-9._-]*$/.test(key)) throw purlError('the key of a qualifier', text);
    if (forbidden.test(value)) throw purlError('a control or bidirectional character', text);
  }
  return Object.fromEntries(kept);
}

function trimSegments(path: string, dropped: readonly string[] = []): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && !dropped.includes(segment))
    .join('/');
}

function encodeSegments(path: string): string {
  return path.split('/').map(encodeComponent).join('/');
}
