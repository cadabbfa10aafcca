// The id of a closure: SHA-256, in lower-case hex, of its sorted canonical lines.
//
// One line for each artefact of each input that is not the project's own code (those inputs are the asker's, change with
// every commit and are nobody else's business). An input without artefacts gives one line as if it had one without name
// and digests. A line is
//
//   <canonical purl> TAB <name> TAB <digests> LF
//
// where the name is the artefact's name with every byte of its UTF-8 outside A-Z a-z 0-9 . _ ~ - written as %XX (upper-case
// hex), empty when it has none, and the digests are formatDigests of what the closure states: `key:hex` in the order of
// digestKeys, joined by commas. Digests that were learned elsewhere, groups, places and edges take no part. Equal lines
// count once; lines are ASCII and sorted by their bytes. The id of a closure without lines is the SHA-256 of nothing.

import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../bytes.ts';
import { formatDigests } from '../digest/digest-set.ts';
import type { Closure } from './input.ts';

const known = new WeakMap<object, string>();

/**
 * The id of a closure: 64 lower-case hex digits. Computed once for each list of inputs, which must not change: so whoever
 * waits for evidence can have it computed meanwhile.
 */
export function closureId({ inputs }: Pick<Closure, 'inputs'>): string {
  let id = known.get(inputs);
  if (id === undefined) known.set(inputs, (id = computeId(inputs)));
  return id;
}

function computeId(inputs: Closure['inputs']): string {
  const lines: string[] = [];
  for (const input of inputs) {
    if (input.local === true) continue;
    for (const artefact of input.artefacts) {
      const name = artefact.name === undefined ? '' : escapeName(artefact.name);
      lines.push(`${input.purl}\t${name}\t${formatDigests(artefact.digests)}\n`);
    }
    if (input.artefacts.length === 0) lines.push(`${input.purl}\t\t\n`);
  }
  lines.sort();
  const distinct = lines.filter((line, position) => line !== lines[position - 1]);
  return toHex(sha256(utf8(distinct.join(''))));
}

function escapeName(name: string): string {
  if (/^[A-Za-z0-9._~-]*$/.test(name)) return name;
  let escaped = '';
  for (const byte of utf8(name)) {
    const character = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}
