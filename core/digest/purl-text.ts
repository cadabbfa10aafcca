// The characters of a purl: percent-encoding as the specification (ECMA-427, clause 5.4) has it, not as URLs have it,
// and cutting a text into its components from right to left.
//
// Never encoded: letters, digits, `.-_~` and the colon. Everything else is, as UTF-8, also `+` and a slash inside a
// qualifier. Decoding is strict: a stray percent sign, an overlong or broken sequence is refused.

import { excerpt, fromUtf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';

/** The error for every text that is no purl. `text` is excerpted, so it may be hostile. */
export function purlError(problem: string, text: string, cause?: unknown): TrustError {
  return new TrustError('purl-invalid', `Not a purl (${problem}): ${excerpt(text)}`, {
    help: 'A purl is written pkg:type/namespace/name@version?qualifiers#subpath, for example pkg:npm/%40angular/core@12.3.1.',
    ...(cause !== undefined && { cause }),
  });
}

/** A component as a purl writes it: UTF-8, percent-encoded but for letters, digits, `.-_~:`. */
export function encodeComponent(text: string): string {
  try {
    return encodeURIComponent(text)
      .replaceAll('%3A', ':')
      .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch (cause) {
    throw purlError('a character is half a surrogate pair', text, cause);
  }
}

/** The text of a percent-encoded component; characters that should have been encoded stand for themselves. */
export function decodeComponent(text: string): string {
  let decoded: string;
  try {
    decoded = text.replaceAll(/(?:%[0-9A-Fa-f]{2})+|%/g, (run) => {
      if (run === '%') throw new RangeError('a percent sign that encodes nothing');
      return fromUtf8(Uint8Array.from(run.slice(1).split('%'), (pair) => Number.parseInt(pair, 16)));
    });
  } catch (cause) {
    throw purlError('bad percent-encoding', text, cause);
  }
  return decoded;
}

/** The raw pieces of a purl, still encoded; `path` is what stands between the type and the version. */
export interface PurlPieces {
  readonly type: string;
  readonly path: string;
  readonly version: string | undefined;
  readonly query: string;
  readonly subpath: string;
}

/**
 * Cuts a purl into its pieces (the specification's "How to parse"). Two things are stricter than the prose: a second
 * bare `?` or `#` is refused, because the cut would then depend on the reader, and so is a slash before the `@`, which
 * leaves the name out. An `@` that opens a path segment with more behind it is npm's scope, written without encoding.
 */
export function cutPurl(text: string): PurlPieces {
  const scheme = /^pkg:\/*/i.exec(text);
  if (scheme === null) throw purlError('it does not begin with pkg:', text);
  const [beforeHash = '', subpath = '', extraHash] = text.slice(scheme[0].length).split('#');
  const [beforeQuery = '', query = '', extraQuery] = beforeHash.split('?');
  if (extraHash !== undefined || extraQuery !== undefined) {
    throw purlError('a second ? or # must be percent-encoded', text);
  }
  const slash = beforeQuery.indexOf('/');
  if (slash === -1) throw purlError('it has no name', text);
  const rest = beforeQuery.slice(slash + 1);
  const at = rest.lastIndexOf('@');
  const opensSegment = at === 0 || rest[at - 1] === '/';
  const isScope = opensSegment && rest.includes('/', at);
  const separates = at !== -1 && !isScope;
  if (separates && opensSegment) throw purlError('it has no name', text);
  return {
    type: beforeQuery.slice(0, slash),
    path: separates ? rest.slice(0, at) : rest,
    version: separates ? rest.slice(at + 1) : undefined,
    query,
    subpath,
  };
}
