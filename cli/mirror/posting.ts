// Postings: what a mirror's index is made of. "This key leads to that entry", 24 bytes each, in the order of their bytes.
//
//   1 byte    what the key is of
//   16 bytes  the beginning of a SHA-256: of a text, or a hash that the ledger has itself
//   7 bytes   index of the entry, big-endian
//
// Keys are cut, and what is found is always compared with what was asked for, so a collision costs one look-up.

import { hash } from 'node:crypto';

export const postingBytes = 24;
/** Bytes that a search is for: everything but the entry's index. */
export const prefixBytes = 17;

/** What a key is of, and what it leads to. */
export const postingTypes = {
  /** Statement id, or id of a certificate: its entry. */
  id: 1,
  /** A subject key as leaf records hash it: every entry that is about it, also where the leaf does not list it. */
  subject: 2,
  kind: 3,
  author: 4,
  /** An identity: the entries of its certificate. */
  certificate: 5,
  /** An identity: those of them that revoke it. */
  revocation: 6,
  /** An identity: its trust statements, reviewer sets and retractions. */
  web: 7,
  /** A package purl, `@` and a version: reviews and source statements on it, whatever their purl says besides. */
  version: 8,
  /** A package purl: reviews that report issues, advisories or its abandonment. */
  reports: 9,
  /** A package purl, a space and an identity: the reviews of that package by that author. */
  reviewsBy: 10,
  /** A digest key of a weak digest, for searching only. */
  weakDigest: 11,
} as const;
export type PostingType = keyof typeof postingTypes;

/** Prefixes that were made last: authors, kinds and packages come again and again. */
const maxPrefixes = 20_000;
const prefixes = new Map<string, Buffer>();

/** The first 17 bytes of the postings of a text: not to be changed. */
export function textPrefix(type: PostingType, text: string): Buffer {
  const name = `${type} ${text}`;
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    prefix = hexPrefix(type, hash('sha256', text, 'hex'));
    if (prefixes.size >= maxPrefixes) prefixes.clear();
    prefixes.set(name, prefix);
  }
  return prefix;
}

/** The same for a key that is a hash already: 64 hex digits. */
export function hexPrefix(type: PostingType, hex: string): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix[0] = postingTypes[type];
  prefix.write(hex.slice(0, 32), 1, 'hex');
  return prefix;
}

/** The entry that a posting leads to. */
export function postingIndex(bytes: Uint8Array, at: number): number {
  let index = 0;
  for (let i = at + prefixBytes; i < at + postingBytes; i++) index = index * 256 + (bytes[i] ?? 0);
  return index;
}

/** Collects postings. */
export class PostingList {
  #bytes = Buffer.alloc(64 * postingBytes);
  #length = 0;

  /** Postings so far. */
  get count(): number {
    return this.#length / postingBytes;
  }

  /** All of them, as a view. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Adds one. */
  add(prefix: Uint8Array, index: number): void {
    this.#reserve(postingBytes);
    this.#bytes.set(prefix, this.#length);
    this.#bytes.writeUIntBE(Math.floor(index / 2 ** 24), this.#length + prefixBytes, 4);
    this.#bytes.writeUIntBE(index % 2 ** 24, this.#length + prefixBytes + 4, 3);
    this.#length += postingBytes;
  }

  /** Adds all of another list. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}
