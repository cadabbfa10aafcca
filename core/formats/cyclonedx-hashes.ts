// The digests of a CycloneDX component (CycloneDX specification, `hashes`, `swhid`).
//
// A component hash is of whatever the producer of the list hashed: for packages nearly always the archive, and kept as
// such, marked as declared. Algorithms that a digest set has no key for (SHA3, BLAKE2b, BLAKE3, Streebog) are left out.

import { excerpt } from '../bytes.ts';
import type { Input } from '../closure/input.ts';
import { checkDigest, hasStrongDigest, type DigestKey, type DigestSet } from '../digest/digest-set.ts';
import type { JsonObject } from './json-value.ts';
import { invalid } from './limits.ts';

const keys: ReadonlyMap<string, DigestKey> = new Map([
  ['SHA-512', 'sha512'],
  ['SHA-384', 'sha384'],
  ['SHA-256', 'sha256'],
  ['SHA-1', 'sha1'],
  ['MD5', 'md5'],
]);

const swhKeys: ReadonlyMap<string, DigestKey> = new Map([
  ['dir', 'swhDir'],
  ['rev', 'gitCommit'],
  ['rel', 'gitTag'],
  ['cnt', 'gitBlob'],
]);

/** The digest set of a component, or why it has none. */
export interface ComponentDigests {
  readonly digests: DigestSet | undefined;
  readonly unverifiable: Input['unverifiable'] | undefined;
}

/** Reads `hashes` and `swhid` of a component. @throws {TrustError} lockfile-invalid for a hash that is none. */
export function componentDigests(component: JsonObject): ComponentDigests {
  const set: Partial<Record<DigestKey, string>> = {};
  const others: string[] = [];
  let empty = 0;
  for (const hash of component.objects('hashes')) {
    const algorithm = hash.text('alg') ?? '';
    const content = hash.text('content') ?? '';
    const key = keys.get(algorithm);
    if (content === '') empty++;
    else if (key === undefined) others.push(algorithm);
    else addDigest(set, key, content, hash.line);
  }
  for (const swhid of component.texts('swhid')) {
    const [, kind = '', id = ''] = /^swh:1:([a-z]{3}):([0-9a-f]{40})(?:;|$)/.exec(swhid) ?? [];
    const key = swhKeys.get(kind);
    if (key === undefined) others.push(swhid);
    else addDigest(set, key, id, component.line);
  }
  const digests: DigestSet | undefined = Object.keys(set).length === 0 ? undefined : set;
  return { digests, unverifiable: lack(digests, others, empty) };
}

function addDigest(
  set: Partial<Record<DigestKey, string>>,
  key: DigestKey,
  value: string,
  line: number,
): void {
  let digest: string;
  try {
    [, digest] = checkDigest(key, value);
  } catch (cause) {
    throw invalid(line, `no ${key}: ${excerpt(value)}`, { cause });
  }
  if (set[key] !== undefined && set[key] !== digest)
    throw invalid(line, `two values of ${key} for one component`);
  set[key] = digest;
}

function lack(
  digests: DigestSet | undefined,
  others: readonly string[],
  empty: number,
): Input['unverifiable'] {
  if (digests !== undefined && hasStrongDigest(digests)) return undefined;
  const advice =
    'Let the tool that writes the list add SHA-256 or SHA-512 hashes, or check the lockfile itself.';
  if (digests !== undefined)
    return { reason: 'weak', note: `The list has weak hashes of it only. ${advice}` };
  if (others.length > 0) {
    const shown = excerpt(others.slice(0, 8).join(', '), 200);
    return {
      reason: 'other-kind',
      note: `The list has hashes of it that no review names (${shown}). ${advice}`,
    };
  }
  return {
    reason: empty > 0 ? 'placeholder' : 'unpinned',
    note: `The list has ${empty > 0 ? 'an empty hash' : 'no hash'} of it. ${advice}`,
  };
}
