// Names of groups as an input carries them: few, short, each once.

import { limits, tooLarge } from './limits.ts';

/** The groups of one entry, each once. @throws {TrustError} lockfile-too-large. */
export function groupNames(names: Iterable<string>): string[] {
  const groups = [...new Set(names)];
  if (groups.length > limits.groupsOfOne) throw tooLarge('groups of one package', limits.groupsOfOne);
  if (groups.some((name) => name.length > limits.groupLength)) {
    throw tooLarge('characters in the name of a group', limits.groupLength);
  }
  return groups;
}
