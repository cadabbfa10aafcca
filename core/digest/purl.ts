// Package URLs. First cut: the general rules only; the table of rules per type comes with the conformance suite.

import { z } from 'zod';
import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

export interface Purl {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath?: string;
}

/** The parts of a purl, normalised for its type; throws purl-invalid. */
export function parsePurl(text: string): Purl {
  const match = /^pkg:\/*([A-Za-z][A-Za-z0-9.+-]*)\/([^?#@]+?)(?:@([^?#]*))?(?:\?([^#]*))?(?:#(.*))?$/.exec(
    text,
  );
  if (match?.[1] === undefined || match[2] === undefined)
    throw new TrustError('purl-invalid', `Not a purl: ${excerpt(text)}`);
  const segments = match[2]
    .split('/')
    .filter((s) => s !== '')
    .map(decodeURIComponent);
  const name = segments.pop();
  if (name === undefined) throw new TrustError('purl-invalid', `Not a purl: ${excerpt(text)}`);
  return {
    type: match[1].toLowerCase(),
    ...(segments.length > 0 && { namespace: segments.join('/') }),
    name,
    ...(match[3] !== undefined && match[3] !== '' && { version: decodeURIComponent(match[3]) }),
    qualifiers: Object.fromEntries(new URLSearchParams(match[4] ?? '')),
    ...(match[5] !== undefined && match[5] !== '' && { subpath: match[5] }),
  };
}

/** Canonical text of a purl; throws purl-invalid when a part is not allowed for its type. */
export function formatPurl(purl: Purl): string {
  const encode = (part: string): string => encodeURIComponent(part).replaceAll('%3A', ':');
  const path = [...(purl.namespace?.split('/') ?? []), purl.name].map(encode).join('/');
  const query = Object.entries(purl.qualifiers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${encode(v)}`)
    .join('&');
  return `pkg:${purl.type}/${path}${purl.version === undefined ? '' : `@${encode(purl.version)}`}${query === '' ? '' : `?${query}`}${purl.subpath === undefined ? '' : `#${purl.subpath}`}`;
}

/** Canonical text of the purl that a text holds; throws purl-invalid. */
export function canonicalPurl(text: string): string {
  return formatPurl(parsePurl(text));
}

/** The purl of the package itself: without version, qualifiers and subpath. What advisories and searches go by. */
export function packagePurl(purl: Purl | string): string {
  const { type, namespace, name } = typeof purl === 'string' ? parsePurl(purl) : purl;
  return formatPurl({ type, ...(namespace !== undefined && { namespace }), name, qualifiers: {} });
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
