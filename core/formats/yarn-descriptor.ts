// `name@range`, as both yarns write what was asked for and what it came to.

import { excerpt } from '../bytes.ts';
import { invalid } from './limits.ts';

export interface Descriptor {
  /** Of the package that is installed: an alias, `name@npm:other@range`, is cut. */
  readonly name: string;
  /** Behind the at sign, without `npm:` of an alias. */
  readonly range: string;
}

/** Cuts a descriptor. @throws {TrustError} lockfile-invalid for what is none. */
export function splitDescriptor(text: string, line: number): Descriptor {
  const at = text.indexOf('@', 1);
  if (at === -1) {
    // yarn 1 lists what was asked for without a range by its name alone.
    if (text === '') throw invalid(line, 'an empty pattern');
    return { name: text, range: '' };
  }
  const range = text.slice(at + 1);
  if (at === 0 || text.startsWith('@/')) throw invalid(line, `not a package name: ${excerpt(text)}`);
  const alias = range.startsWith('npm:') ? range.slice(4) : '';
  const inner = alias.indexOf('@', 1);
  if (inner > 0) return { name: alias.slice(0, inner), range: alias.slice(inner + 1) };
  return { name: text.slice(0, at), range };
}
