// Digest sets: what bytes a statement or a lockfile names, as in-toto's DigestSet with our own keys beside.
//
// One key names algorithm and kind together, because digests of different kinds (the archive, the tar inside it, the
// unpacked tree) never compare with each other. Values are lower-case hex. https://github.com/in-toto/attestation,
// spec/v1/digest_set.md.

import { z } from 'zod';
import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

/** What a digest is of. */
export type DigestKind = 'archive' | 'tar' | 'nar' | 'git' | 'tree' | 'other';

interface DigestKeyFacts {
  readonly kind: DigestKind;
  /** Lengths in bytes that a value may have. Two for git: SHA-1 and SHA-256 repositories. */
  readonly bytes: readonly number[];
  /** A weak digest (a broken hash, or one of a part only) is kept and shown, and never decides that bytes are the same. */
  readonly weak: boolean;
}

const facts = (kind: DigestKind, bytes: readonly number[], weak = false): DigestKeyFacts => ({
  kind,
  bytes,
  weak,
});

/** Every key of a digest set, strongest first within a kind. */
export const digestKeys = {
  sha512: facts('archive', [64]),
  sha384: facts('archive', [48]),
  sha256: facts('archive', [32]),
  sha1: facts('archive', [20], true),
  md5: facts('archive', [16], true),
  /** SHA-256 of the tar stream after one decompression. */
  tarSha256: facts('tar', [32]),
  /** SHA-256 of the NAR serialisation of the tree. */
  narSha256: facts('nar', [32]),
  gitCommit: facts('git', [20, 32]),
  gitTag: facts('git', [20, 32]),
  gitTree: facts('git', [20, 32]),
  gitBlob: facts('git', [20, 32]),
  /** Software Heritage directory: a git tree with its empty directories. */
  swhDir: facts('tree', [20]),
  /** Go's h1 hash of a module. */
  dirHash: facts('tree', [32]),
  /** crev's recursive BLAKE2b-256. */
  crevDigest: facts('tree', [32]),
  // Kinds that closures carry and that compare only with themselves.
  yarnZip: facts('other', [64]),
  /** Of a module's go.mod alone: says nothing of its code, so it never decides. */
  goModHash: facts('other', [32], true),
  nugetContent: facts('other', [64]),
  jsrManifest: facts('other', [32]),
  ociManifest: facts('other', [32]),
} as const satisfies Record<string, DigestKeyFacts>;

export type DigestKey = keyof typeof digestKeys;
export type DigestSet = Readonly<Partial<Record<DigestKey, string>>>;

const keyNames = Object.keys(digestKeys) as readonly DigestKey[];
const order = new Map(keyNames.map((key, position) => [key, position]));

/** Whether a text is a key of a digest set. */
export function isDigestKey(text: string): text is DigestKey {
  return order.has(text as DigestKey);
}

/** The entries of a set in the fixed order of `digestKeys`. */
export function digestEntries(set: DigestSet): (readonly [DigestKey, string])[] {
  const entries: (readonly [DigestKey, string])[] = [];
  for (const key of Object.keys(set)) {
    const value = isDigestKey(key) ? set[key] : undefined;
    if (value !== undefined) entries.push([key as DigestKey, value]);
  }
  if (entries.length < 2) return entries;
  return entries.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** `key:hex`, checked and folded to lower case; throws digest-invalid. */
export function checkDigest(key: string, value: string): readonly [DigestKey, string] {
  if (!isDigestKey(key)) {
    throw new TrustError('digest-invalid', `Unknown kind of digest: ${excerpt(key)}`, {
      help: `Known kinds are ${keyNames.join(', ')}.`,
    });
  }
  const lengths: readonly number[] = digestKeys[key].bytes;
  if (!/^[0-9a-fA-F]+$/.test(value) || !lengths.includes(value.length / 2)) {
    throw new TrustError(
      'digest-invalid',
      `${key} must be ${lengths.map((bytes) => bytes * 2).join(' or ')} hex digits: ${excerpt(value)}`,
    );
  }
  return [key, value.toLowerCase()];
}

/** How two sets relate: they share a strong digest, they contradict each other, or they have nothing to compare. */
export type DigestComparison =
  | { readonly relation: 'same'; readonly on: readonly DigestKey[] }
  | { readonly relation: 'different'; readonly on: readonly DigestKey[] }
  | { readonly relation: 'incomparable'; readonly weak: readonly DigestKey[] };

/**
 * Compares two digest sets key by key. A single differing strong key outweighs any number of equal ones: then the two
 * are not the same bytes, whatever else they claim. `weak` lists equal weak digests, a hint that never counts.
 */
export function compareDigests(a: DigestSet, b: DigestSet): DigestComparison {
  const same: DigestKey[] = [];
  const different: DigestKey[] = [];
  const weak: DigestKey[] = [];
  for (const [key, value] of digestEntries(a)) {
    const other = b[key];
    if (other === undefined) continue;
    if (digestKeys[key].weak) {
      if (other === value) weak.push(key);
    } else if (other === value) same.push(key);
    // A SHA-1 and a SHA-256 repository give the same tree different names.
    else if (other.length === value.length) different.push(key);
  }
  if (different.length > 0) return { relation: 'different', on: different };
  if (same.length > 0) return { relation: 'same', on: same };
  return { relation: 'incomparable', weak };
}

/** Whether the set holds a digest that may decide that bytes are the same. */
export function hasStrongDigest(set: DigestSet): boolean {
  return digestEntries(set).some(([key]) => !digestKeys[key].weak);
}

/** Canonical text of a set: `key:hex`, in the order of `digestKeys`, joined by commas. */
export function formatDigests(set: DigestSet): string {
  return digestEntries(set)
    .map(([key, value]) => `${key}:${value}`)
    .join(',');
}

/** A digest set as JSON or YAML gives it: at least one known key, values hex in either case. */
export const digestSetSchema = z
  .record(z.string().max(32), z.string().max(256))
  .transform((raw, context): DigestSet => {
    const set: Partial<Record<DigestKey, string>> = {};
    for (const [key, value] of Object.entries(raw)) {
      try {
        const [known, hex] = checkDigest(key, value);
        set[known] = hex;
      } catch (error) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: error instanceof Error ? error.message : String(error),
        });
      }
    }
    if (Object.keys(raw).length === 0)
      context.addIssue({ code: 'custom', message: 'A digest set needs at least one digest.' });
    return set;
  });
