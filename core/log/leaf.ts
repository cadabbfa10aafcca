// The leaf record: the text that stands in the Merkle tree for one entry. docs/LEDGER-FORMAT.md is its specification.
//
//   trust-ledger/leaf/v1
//   kind package review
//   time 2026-11-22T20:19:41Z
//   author openpgp:5EA3…
//   statement <sha256>           id of the statement; of a certificate, SHA-256 of its binary form
//   document <sha256>            the stored document
//   subjects <count> <sha256>    only when there are more subjects than a leaf lists
//   subject <sha256>             SHA-256 of one subject key; none to 800 lines, ascending, distinct
//
// Hashes stand for documents and subjects, so that a document can be withheld and the tree stays whole. The parser takes
// exactly what the formatter writes and answers everything else with one error.

import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { parseIdentity, type Identity } from '../identity.ts';
import { statementKinds } from '../statement/kinds.ts';
import type { StatementKind } from '../statement/statement.ts';
import { formatSeconds } from '../time.ts';

export type LeafKind = StatementKind | 'certificate';
export const leafKinds = [...statementKinds, 'certificate'] as const satisfies readonly LeafKind[];

/** Largest leaf record, in bytes: what the entry bundles of tlog-tiles can carry. */
export const maxLeafBytes = 65_535;
/** Most subjects that a leaf lists one by one. */
export const maxLeafSubjects = 800;

export interface LeafRecord {
  readonly kind: LeafKind;
  /** When the ledger took the entry: UTC, whole seconds. */
  readonly recordedAt: Date;
  readonly author: Identity;
  /** Statement id, or SHA-256 of the binary certificate: 64 lower-case hex digits. */
  readonly id: string;
  /** SHA-256 of the stored document, hex. */
  readonly documentHash: string;
  readonly subjects: LeafSubjects;
}

export interface LeafSubjects {
  /** SHA-256 of subject keys, hex, ascending and distinct. */
  readonly listed: readonly string[];
  /** Present when not all are listed: how many there are, and the SHA-256 of all their hashes, in order, as bytes. */
  readonly all: { readonly count: number; readonly hash: string } | undefined;
}

const firstLine = 'trust-ledger/leaf/v1';
/** Keys that a leaf lists even when it can't list all: names of packages, sets and statements, never their many members. */
const primaryKey = /^(?:purl|set|statement):/;
const hash = /^[0-9a-f]{64}$/;

/**
 * The subjects of a leaf for a statement's subject keys (core/statement/subject-keys.ts). Up to 800 are all listed. Of
 * more, only purl, set and statement keys are, and the whole list is committed to by count and hash. Throws
 * statement-invalid when even those are more than 800.
 * @param hashKey SHA-256 of a key's UTF-8; who derives many leaves passes a faster one than the portable default
 */
export function leafSubjects(
  keys: readonly string[],
  hashKey: (key: string) => Uint8Array = sha256OfText,
): LeafSubjects {
  const all = hashKeys(keys, hashKey);
  if (all.length <= maxLeafSubjects) return { listed: all.map(toHex), all: undefined };
  const primary = keys.filter((key) => primaryKey.test(key));
  const listed = hashKeys(primary, hashKey).map(toHex);
  if (listed.length > maxLeafSubjects) {
    throw new TrustError(
      'statement-invalid',
      `A statement on ${all.length} subjects does not fit into a leaf`,
      {
        help: 'Split it into several statements.',
      },
    );
  }
  const digest = sha256.create();
  for (const one of all) digest.update(one);
  return { listed, all: { count: all.length, hash: toHex(digest.digest()) } };
}

/** The text of a leaf record, line feeds after every line; its UTF-8 bytes are what leafHash takes. */
export function formatLeaf(leaf: LeafRecord): string {
  const { all, listed } = leaf.subjects;
  const lines = [
    firstLine,
    `kind ${leaf.kind}`,
    `time ${formatSeconds(leaf.recordedAt)}`,
    `author ${leaf.author}`,
    `statement ${leaf.id}`,
    `document ${leaf.documentHash}`,
    ...(all === undefined ? [] : [`subjects ${all.count} ${all.hash}`]),
    ...listed.map((subject) => `subject ${subject}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The leaf record that a text holds; throws ledger-corrupt for anything that formatLeaf would not write the same. */
export function parseLeaf(text: string): LeafRecord {
  const leaf = text.length <= maxLeafBytes ? readLeaf(text) : undefined;
  if (leaf === undefined || formatLeaf(leaf) !== text) {
    throw new TrustError('ledger-corrupt', 'Not a leaf record of version 1', {
      help: 'Either the ledger is damaged or it was written by a newer version of trust-ledger.',
    });
  }
  return leaf;
}

function readLeaf(text: string): LeafRecord | undefined {
  const lines = text.split('\n');
  const field = (position: number, name: string): string => {
    const line = lines[position] ?? '';
    return line.startsWith(`${name} `) ? line.slice(name.length + 1) : '';
  };
  const kind = leafKinds.find((known) => known === field(1, 'kind'));
  const recordedAt = new Date(field(2, 'time'));
  const author = readIdentity(field(3, 'author'));
  const id = field(4, 'statement');
  const documentHash = field(5, 'document');
  if (lines[0] !== firstLine || kind === undefined || author === undefined) return undefined;
  if (Number.isNaN(recordedAt.getTime()) || !hash.test(id) || !hash.test(documentHash)) return undefined;
  const subjects = readSubjects(lines.slice(6, -1));
  return subjects && { kind, recordedAt, author, id, documentHash, subjects };
}

function readSubjects(lines: readonly string[]): LeafSubjects | undefined {
  const match = /^subjects ([1-9]\d{0,6}) ([0-9a-f]{64})$/.exec(lines[0] ?? '');
  const [, count, whole] = match ?? [];
  const all = count === undefined || whole === undefined ? undefined : { count: Number(count), hash: whole };
  const listed = lines.slice(all === undefined ? 0 : 1).map((line) => line.slice('subject '.length));
  const isAscending = listed.every((one, i) => hash.test(one) && (i === 0 || (listed[i - 1] ?? '') < one));
  const isWithinBounds =
    listed.length <= maxLeafSubjects && (all === undefined || all.count > maxLeafSubjects);
  return isAscending && isWithinBounds ? { listed, all } : undefined;
}

function readIdentity(text: string): Identity | undefined {
  try {
    return parseIdentity(text);
  } catch {
    return undefined;
  }
}

/** Hashes of keys, ascending by bytes and distinct. */
function hashKeys(keys: readonly string[], hashKey: (key: string) => Uint8Array): Uint8Array[] {
  const byHex = new Map(keys.map(hashKey).map((bytes) => [toHex(bytes), bytes]));
  return [...byHex].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes);
}

function sha256OfText(text: string): Uint8Array {
  return sha256(utf8(text));
}
