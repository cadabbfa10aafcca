// Digests as people type them: one a line, `sha512: 5a…`, `sha512 5a…` or `sha512=5a…`.

import {
  checkDigest,
  digestEntries,
  digestKeys,
  hasStrongDigest,
  type DigestSet,
} from '../../core/digest/digest-set.ts';
import type { FormError } from '../site/form-errors.ts';
import { linesOf } from './fields.ts';

export type DigestLines =
  | { readonly digests: DigestSet; readonly problem: undefined }
  | { readonly digests: DigestSet; readonly problem: string };

/** The digests in a text, and the first thing that is wrong with it. */
export function readDigestLines(text: string | undefined): DigestLines {
  const digests: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const parts = /^([A-Za-z0-9]+)\s*[:=\s]\s*(\S+)$/.exec(line);
    if (parts === null) {
      return { digests, problem: 'Write one digest a line: its kind, a colon, and its hex digits.' };
    }
    try {
      const [key, hex] = checkDigest(kindNamed(parts[1] ?? ''), parts[2] ?? '');
      if (digests[key] !== undefined && digests[key] !== hex) {
        return { digests, problem: `There are two different values for ${key}.` };
      }
      digests[key] = hex;
    } catch (error) {
      return { digests, problem: error instanceof Error ? error.message : String(error) };
    }
  }
  return { digests, problem: undefined };
}

/** What is wrong with a field of digests: unreadable, empty, or weak ones only. */
export function digestErrors(field: string, text: string | undefined): FormError[] {
  const { digests, problem } = readDigestLines(text);
  if (problem !== undefined) return [{ field, message: problem }];
  if (Object.keys(digests).length === 0) {
    return [{ field, message: 'Name the bytes: choose the archive above, or enter at least one digest.' }];
  }
  if (!hasStrongDigest(digests)) {
    return [
      { field, message: 'These digests are broken or of a part only. Add a strong one, such as sha256.' },
    ];
  }
  return [];
}

/** Digests as the form shows them. */
export function digestText(digests: DigestSet): string {
  return digestEntries(digests)
    .map(([key, hex]) => `${key}: ${hex}`)
    .join('\n');
}

/** The key that a name in any case means. */
function kindNamed(name: string): string {
  return Object.keys(digestKeys).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}
