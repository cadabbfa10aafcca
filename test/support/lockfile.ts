// Reading lockfiles in tests, and the few questions that tests ask of a closure.

import type { Closure, Input } from '../../core/closure/input.ts';
import { readLockfile } from '../../core/formats/registry.ts';

/** The closure of a lockfile given as text, or as a value to write as JSON, with the files beside it. */
export function readLock(
  name: string,
  content: string | object,
  siblings: Readonly<Record<string, string>> = {},
): Closure {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  return readLockfile({ name, text, sibling: (other) => siblings[other] });
}

/** The only input with this purl. */
export function inputOf(closure: Closure, purl: string): Input {
  const found = closure.inputs.filter((input) => input.purl === purl);
  if (found[0] === undefined || found.length > 1) {
    throw new Error(
      `${found.length} inputs are ${purl}, of ${closure.inputs.map((input) => input.purl).join(' ')}`,
    );
  }
  return found[0];
}

/** Purls of what an input depends on, sorted. */
export function dependenciesOf(closure: Closure, purl: string): string[] {
  return inputOf(closure, purl)
    .dependencies.map((position) => closure.inputs[position]?.purl ?? 'nothing')
    .sort();
}

/** Entries of the file behind some inputs: every entry is a place of exactly one input. */
export function entriesOf(inputs: readonly Input[]): number {
  return inputs.reduce((sum, input) => sum + input.places.length, 0);
}

/** How many inputs stand how: `pinned`, `local`, or the reason why they are unverifiable. */
export function standings(closure: Closure): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const input of closure.inputs) {
    const standing = input.local === true ? 'local' : (input.unverifiable?.reason ?? 'pinned');
    counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return counts;
}
