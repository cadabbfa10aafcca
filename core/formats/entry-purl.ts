// Purls of lockfile entries: names and versions of the file are hostile text, so what makes no purl is refused with its line.

import { excerpt } from '../bytes.ts';
import { formatPurl, type Purl } from '../digest/purl.ts';
import { isTrustError } from '../errors.ts';
import { checkLength, invalid, tooLarge } from './limits.ts';

/** The longest purl that an input may have. */
export const maxPurlLength = 1024;

/**
 * Canonical purl of an entry on a line of the file.
 * @throws {TrustError} lockfile-invalid for a name or version that the type does not allow, lockfile-too-large.
 */
export function entryPurl(parts: Purl, line: number | undefined): string {
  checkLength(parts.name, 'name', line);
  checkLength(parts.version ?? '', 'name', line);
  let text: string;
  try {
    text = formatPurl(parts);
  } catch (cause) {
    if (!isTrustError(cause)) throw cause;
    const shown = `"${excerpt(parts.name)}"${parts.version === undefined ? '' : ` ${excerpt(parts.version)}`}`;
    throw invalid(line, `${shown} is no ${parts.type} package: ${cause.message}`, { cause });
  }
  if (text.length > maxPurlLength) throw tooLarge('characters in a package URL', maxPurlLength);
  return text;
}

/** Name with namespace, cut at the last slash. */
export function splitName(name: string): { readonly namespace?: string; readonly name: string } {
  const slash = name.lastIndexOf('/');
  return slash === -1 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}
