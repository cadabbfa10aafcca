// One entry: its columns against its leaf record, its leaf hash, its document's hash, its time, and its place in the tree.
//
// Three places hold its leaf hash: what its leaf record hashes to, the column, and the tile. Any one may be what is damaged:
// what two say counts, and so one damaged byte is not told of everything above it too.

import { compareBytes, fromUtf8 } from '../../core/bytes.ts';
import { leafKinds, parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import { hashText } from '../../core/statement/canonical.ts';
import type { ReplayedEntry } from '../replay.ts';
import type { EntryRow } from './read-entries.ts';

export interface ExaminedEntry {
  /** What is wrong with its row or its document. */
  readonly problems: string[];
  /** What stands for it in the tree. */
  readonly hash: Uint8Array;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** What to replay; undefined when its document is missing or is not its own. */
  readonly replay: ReplayedEntry | undefined;
}

/**
 * Examines a row.
 * @param inTile the hash that its tile has for it, undefined when it has none
 * @param before seconds of the entry before it
 */
export function checkEntry(row: EntryRow, inTile: Uint8Array | undefined, before: number): ExaminedEntry {
  const problems: string[] = [];
  const leaf = readLeaf(row.leaf);
  if (leaf === undefined) problems.push('its leaf record is none');
  else problems.push(...columnProblems(row, leaf));

  const ofLeaf = leafHash(row.leaf);
  const hash = chooseHash(ofLeaf, row.leafHash, inTile);
  if (compareBytes(hash, ofLeaf) !== 0)
    problems.push('its leaf record is not the one that its leaf hash is of');
  if (compareBytes(hash, row.leafHash) !== 0) problems.push('its leaf hash is not that of its leaf record');

  const seconds = Number(row.seconds);
  if (!Number.isInteger(seconds)) problems.push(`its time is no whole second: ${row.seconds}`);
  if (seconds < before) problems.push('its time is before that of the entry before it');

  const hashOfDocument = row.document === null ? undefined : hashText(row.document);
  if (hashOfDocument === undefined) problems.push('its document is missing');
  else if (hashOfDocument !== row.documentHash)
    problems.push('its document is not the one that its hash is of');

  const recordedAt = leaf?.recordedAt ?? new Date(seconds * 1000);
  const kind = leaf?.kind ?? readKind(row.kind);
  const isOwn = row.document !== null && hashOfDocument === (leaf?.documentHash ?? row.documentHash);
  const canReplay = isOwn && kind !== undefined && !Number.isNaN(recordedAt.getTime());
  return {
    problems,
    hash,
    seconds: recordedAt.getTime() / 1000,
    replay: canReplay
      ? { index: row.index, kind, recordedAt, leaf: row.leaf, document: row.document }
      : undefined,
  };
}

function columnProblems(row: EntryRow, leaf: LeafRecord): string[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['kind', row.kind, leaf.kind],
    ['author', row.author, leaf.author],
    ['statement_id', row.id, leaf.id],
    ['document_hash', row.documentHash, leaf.documentHash],
    ['recorded_at', String(Number(row.seconds)), String(leaf.recordedAt.getTime() / 1000)],
  ];
  return pairs.flatMap(([column, stored, expected]) =>
    stored === expected ? [] : [`its column ${column} is not what its leaf record says`],
  );
}

function chooseHash(ofLeaf: Uint8Array, column: Uint8Array, inTile: Uint8Array | undefined): Uint8Array {
  return inTile !== undefined && compareBytes(column, inTile) === 0 ? column : ofLeaf;
}

function readLeaf(bytes: Uint8Array): LeafRecord | undefined {
  try {
    return parseLeaf(fromUtf8(bytes));
  } catch {
    return undefined;
  }
}

function readKind(text: string): LeafRecord['kind'] | undefined {
  return leafKinds.find((kind) => kind === text);
}
