// The versions of a package in their order, as far as its ecosystem gives them one.

import { purlParts } from '../../core/closure/purl-parts.ts';
import { compareVersions, parseVersion, type Version } from '../../core/closure/version-order.ts';

/** How versions are ordered; undefined when one of them has no order that we know. */
export function orderOf(
  name: string,
  versions: readonly string[],
): ((a: string, b: string) => number) | undefined {
  const { type } = purlParts(name);
  const parsed = new Map<string, Version>();
  for (const version of versions) {
    const one = parseVersion(type, version);
    if (one === undefined) return undefined;
    parsed.set(version, one);
  }
  return (a, b) => {
    const [left, right] = [parsed.get(a), parsed.get(b)];
    return left === undefined || right === undefined ? 0 : compareVersions(left, right);
  };
}

/** The highest of the versions, or the first of them where they have no order. */
export function newestVersion(name: string, versions: readonly string[]): string | undefined {
  const order = orderOf(name, versions);
  return order === undefined ? versions[0] : versions.toSorted(order).at(-1);
}

/** What a version is to the one that a page is about, or to the newest. */
export function ageOf(
  name: string,
  version: string,
  current: string | undefined,
): 'current' | 'older' | 'newer' | 'other' {
  if (current === undefined || version === current) return 'current';
  const order = orderOf(name, [version, current]);
  if (order === undefined) return 'other';
  return order(version, current) < 0 ? 'older' : 'newer';
}
