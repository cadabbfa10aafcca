// Groups of packages in a lockfile that writes them at the project only: what is reached from its dependencies is
// production, anything else belongs to the groups that lead to it.

import { groupNames } from './group-names.ts';
import { limits } from './limits.ts';

/** What the project asks for, under the name of a group, or for production. */
export interface GroupRoot {
  readonly group: string | undefined;
  readonly targets: readonly number[];
}

/**
 * The groups of each package, none for what production needs and for what nothing leads to. With more groups than an
 * input may have, nobody is in any: leaving a package out is an error, checking one too many is none.
 * @param edges Packages that each package depends on, by position.
 * @throws {TrustError} lockfile-too-large for names of groups beyond the limit.
 */
export function reachableGroups(
  edges: readonly (readonly number[])[],
  roots: readonly GroupRoot[],
): readonly (readonly string[])[] {
  const names = new Set(roots.flatMap(({ group }) => (group === undefined ? [] : [group])));
  if (names.size > limits.groupsOfOne) return edges.map(() => []);
  const production = reach(edges, targetsOf(roots, undefined));
  const groups: string[][] = edges.map(() => []);
  for (const name of groupNames(names)) {
    for (const position of reach(edges, targetsOf(roots, name))) {
      if (!production.has(position)) groups[position]?.push(name);
    }
  }
  return groups;
}

function targetsOf(roots: readonly GroupRoot[], group: string | undefined): number[] {
  return roots.filter((root) => root.group === group).flatMap((root) => root.targets);
}

function reach(edges: readonly (readonly number[])[], from: readonly number[]): ReadonlySet<number> {
  const seen = new Set(from);
  // A Set yields what is added to it while it is walked.
  for (const position of seen) for (const next of edges[position] ?? []) seen.add(next);
  return seen;
}
