// The order of versions, for issues and advisories over version ranges.
//
// Semantic Versioning 2.0.0 where the ecosystem uses it; for crates as Rust's `semver` crate orders them, where build
// metadata is part of identity and order (npm's and Go's order drop it). Elsewhere only plain dotted numbers have an order:
// what `1.2.3-4` or `1.0rc1` means is the ecosystem's own affair, and a wrong guess would close an issue. Such a version
// is answered with undefined, never with a guess.

import type { Range } from '../statement/levels.ts';

export interface Version {
  /** Major, minor, patch and so on, without leading zeros. */
  readonly release: readonly string[];
  /** Pre-release without its hyphen; empty when there is none. */
  readonly pre: string;
  /** Build metadata without its plus sign, where it takes part in the order; empty otherwise. */
  readonly build: string;
}

/** purl types whose versions are semantic versions, and whether build metadata takes part in their order. */
const semanticTypes: Readonly<Record<string, { readonly build: boolean }>> = {
  cargo: { build: true },
  pub: { build: true },
  npm: { build: false },
  golang: { build: false },
  hex: { build: false },
  julia: { build: false },
  swift: { build: false },
};

// https://semver.org, the suggested regular expression; Go writes a `v` in front.
const semantic =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;
const dotted = /^v?\d+(?:\.\d+){0,7}$/;

/** The version that a text names in an ecosystem (purl type), or undefined when it has no order that we know. */
export function parseVersion(type: string, text: string): Version | undefined {
  const rules = Object.hasOwn(semanticTypes, type) ? semanticTypes[type] : undefined;
  if (rules === undefined) {
    if (!dotted.test(text)) return undefined;
    return { release: text.replace(/^v/, '').split('.').map(plain), pre: '', build: '' };
  }
  const match = semantic.exec(text);
  if (match === null || (type === 'cargo' && text.startsWith('v'))) return undefined;
  return {
    release: [match[1] ?? '', match[2] ?? '', match[3] ?? ''],
    pre: match[4] ?? '',
    build: rules.build ? (match[5] ?? '') : '',
  };
}

/** Negative when `a` comes before `b`, zero when they are one version: pre-releases first, then builds in order. */
export function compareVersions(a: Version, b: Version): number {
  const parts = Math.max(a.release.length, b.release.length);
  for (let i = 0; i < parts; i++) {
    const order = compareNumbers(a.release[i] ?? '0', b.release[i] ?? '0');
    if (order !== 0) return order;
  }
  if (a.pre !== b.pre) {
    if (a.pre === '') return 1;
    if (b.pre === '') return -1;
    return compareIdentifiers(a.pre, b.pre);
  }
  return compareIdentifiers(a.build, b.build);
}

/** Whether `queried` lies in the range of a report made at `reported` (crev, `package.rs`): same major, or major and minor. */
export function isInRange(range: Range, reported: Version, queried: Version): boolean {
  const parts = { all: 0, major: 1, minor: 2 }[range];
  for (let i = 0; i < parts; i++) {
    if (compareNumbers(reported.release[i] ?? '0', queried.release[i] ?? '0') !== 0) return false;
  }
  return true;
}

/** Rust's order of dot-separated identifiers: numbers before words, numbers by value, then by leading zeros. */
function compareIdentifiers(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareIdentifier(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareIdentifier(a: string, b: string): number {
  const numberA = /^\d*$/.test(a);
  const numberB = /^\d*$/.test(b);
  if (numberA !== numberB) return numberA ? -1 : 1;
  if (!numberA) return a === b ? 0 : a < b ? -1 : 1;
  const order = compareNumbers(a.replace(/^0+/, ''), b.replace(/^0+/, ''));
  return order === 0 ? a.length - b.length : order;
}

/** Decimal digits without leading zeros, of any length. */
function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

function plain(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}
