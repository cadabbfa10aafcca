// The table entries: taking the next indices, and reading the log itself.
//
// Owns entries and documents, and sees to it that tiles and head grow with them. Indices are max + 1 under an advisory lock, never a sequence, because a sequence leaves gaps
// when a transaction rolls back. The lock is held until commit, so entries become visible in the order of their indices.

import { fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import { formatLeaf, leafSubjects, type LeafKind, type LeafRecord } from '../core/log/leaf.ts';
import type { Queryable } from './database.ts';
import { checkNotFrozen } from './log-freeze.ts';
import { extendLog } from './extend-log.ts';
import { nativeLeafHash, nativeTextHash } from './native-hash.ts';
import { bytea } from './parameters.ts';

/** An entry that is not in the ledger yet. */
export interface EntryDraft {
  readonly kind: LeafKind;
  readonly author: Identity;
  /** Statement id or certificate id, hex. */
  readonly id: string;
  readonly document: string;
  readonly documentHash: string;
  readonly subjectKeys: readonly string[];
}

/** Where the ledger holds something. */
export interface Receipt {
  readonly id: string;
  readonly kind: LeafKind;
  readonly author: Identity;
  readonly index: number;
  readonly recordedAt: Date;
  /** RFC 6962 leaf hash, hex. */
  readonly leafHash: string;
  /** False when the ledger held it before. */
  readonly isNew: boolean;
}

/** Names the lock of whoever appends; `trust-l` in ASCII, so that it is recognised in pg_locks. */
const appendLock = 0x74_72_75_73_74_2d_6cn;

/** Makes this transaction the only one that appends, until it ends. Everything read after it is up to date. */
export async function lockLedger(transaction: Queryable): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [String(appendLock)]);
}

/** Names the lock of whoever publishes; `trust-p` in ASCII. */
const publishLock = 0x74_72_75_73_74_2d_70n;

/** Makes this transaction the only one that publishes, until it ends. Appending goes on meanwhile. */
export async function lockPublishing(transaction: Queryable): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [String(publishLock)]);
}

/** The receipts of those of the ids (hex) that the ledger holds. */
export async function findReceipts(db: Queryable, ids: readonly string[]): Promise<Map<string, Receipt>> {
  const { rows } = await db.query<Omit<Receipt, 'isNew'>>(
    `select
      encode(statement_id, 'hex') as id,
      kind,
      author,
      idx as index,
      recorded_at as "recordedAt",
      encode(leaf_hash, 'hex') as "leafHash"
    from entries
    where statement_id = any ($1::bytea[])`,
    [ids.map(bytea)],
  );
  return new Map(rows.map((row) => [row.id, { ...row, isNew: false }]));
}

/** A draft at the place that it takes in the ledger. */
export interface PlacedEntry extends EntryDraft {
  readonly index: number;
  readonly recordedAt: Date;
  /** The text of its leaf record. */
  readonly leaf: string;
  /** RFC 6962 leaf hash, hex. */
  readonly leafHash: string;
}

/**
 * Stores the documents of drafts and gives each draft its place, in their order; call it under lockLedger, with drafts that
 * are not in the ledger and differ from each other, and insertEntries with the result in the same transaction. The time of
 * all is `now` in whole seconds, or the time of the last entry where the clock went back. Throws ledger-frozen when the
 * log takes no more entries.
 */
export async function placeEntries(
  transaction: Queryable,
  drafts: readonly EntryDraft[],
  now: Date,
): Promise<PlacedEntry[]> {
  await checkNotFrozen(transaction);
  const last = await readLast(transaction);
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  const recordedAt = new Date(Math.max(seconds, last?.recordedAt.getTime() ?? 0));
  const first = (last?.index ?? -1) + 1;
  // Leaves are made and hashed while the database is busy with the documents.
  const [, entries] = await Promise.all([
    insertDocuments(transaction, drafts),
    Promise.resolve().then(() => drafts.map((draft, offset) => placeAt(draft, first + offset, recordedAt))),
  ]);
  return entries;
}

function placeAt(draft: EntryDraft, index: number, recordedAt: Date): PlacedEntry {
  const leaf = formatLeaf(leafOf(draft, recordedAt));
  return { ...draft, index, recordedAt, leaf, leafHash: toHex(nativeLeafHash(utf8(leaf))) };
}

async function insertDocuments(transaction: Queryable, drafts: readonly EntryDraft[]): Promise<void> {
  await transaction.query(
    `insert into documents (hash, body)
    select hash, body
    from unnest($1::bytea[], $2::text[]) as added (hash, body)
    where not exists (select from documents where documents.hash = added.hash)`,
    [drafts.map((draft) => bytea(draft.documentHash)), drafts.map((draft) => draft.document)],
  );
}

/**
 * Appends what placeEntries has placed, and grows the tree. Throws ledger-corrupt when the tree and the entries do not fit
 * together.
 */
export async function insertEntries(
  transaction: Queryable,
  entries: readonly PlacedEntry[],
): Promise<Receipt[]> {
  await transaction.query(
    `insert into entries (idx, kind, author, statement_id, document_hash, recorded_at, leaf, leaf_hash)
    select idx, kind, author, statement_id, document_hash, $7::timestamptz, convert_to(leaf, 'UTF8'), leaf_hash
    from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::text[], $8::bytea[])
      as added (idx, kind, author, statement_id, document_hash, leaf, leaf_hash)`,
    [
      entries.map((entry) => entry.index),
      entries.map((entry) => entry.kind),
      entries.map((entry) => entry.author),
      entries.map((entry) => bytea(entry.id)),
      entries.map((entry) => bytea(entry.documentHash)),
      entries.map((entry) => entry.leaf),
      entries[0]?.recordedAt,
      entries.map((entry) => bytea(entry.leafHash)),
    ],
  );
  await extendLog(transaction, entries[0]?.index);
  return entries.map(({ id, kind, author, index, recordedAt, leafHash: hash }) => ({
    ...{ id, kind, author, index, recordedAt },
    leafHash: hash,
    isNew: true,
  }));
}

/**
 * The receipt of one item of a batch, whose every id has one by then. It is noted as given: another item with the same id
 * is a repetition, and not new.
 */
export function takeReceipt(receipts: Map<string, Receipt>, id: string): Receipt {
  const receipt = receipts.get(id);
  if (receipt === undefined) throw new TrustError('internal', `Entry ${id} was appended without a receipt`);
  receipts.set(id, { ...receipt, isNew: false });
  return receipt;
}

/** The leaf record of a draft taken at this time. */
export function leafOf(draft: EntryDraft, recordedAt: Date): LeafRecord {
  const { kind, author, id, documentHash } = draft;
  return {
    kind,
    recordedAt,
    author,
    id,
    documentHash,
    subjects: leafSubjects(draft.subjectKeys, nativeTextHash),
  };
}

/** How many entries there are, and when the last was taken. */
export async function readLedgerState(
  db: Queryable,
): Promise<{ readonly size: number; readonly lastRecordedAt: Date | undefined }> {
  const last = await readLast(db);
  return { size: (last?.index ?? -1) + 1, lastRecordedAt: last?.recordedAt };
}

export interface LeafRow {
  readonly index: number;
  readonly leaf: string;
  /** Hex. */
  readonly leafHash: string;
}

/** The leaf records from index `start` on, at most `limit`, without gaps. */
export async function readLeaves(db: Queryable, start: number, limit: number): Promise<LeafRow[]> {
  const leaves = await readLeafBytes(db, start, limit);
  return leaves.map((leaf, offset) => ({
    index: start + offset,
    leaf: fromUtf8(leaf),
    leafHash: toHex(nativeLeafHash(leaf)),
  }));
}

/** The bytes of the leaf records from index `start` on, at most `limit`. Throws ledger-corrupt when one is missing. */
export async function readLeafBytes(db: Queryable, start: number, limit: number): Promise<Uint8Array[]> {
  const { rows } = await db.query<{ index: number; leaf: Uint8Array }>(
    `select idx as index, leaf
    from entries
    where idx >= $1
    order by idx
    limit $2`,
    [start, limit],
  );
  return rows.map(({ index, leaf }, offset) => {
    if (index !== start + offset) {
      throw new TrustError('ledger-corrupt', `The ledger has no entry ${start + offset}`);
    }
    return leaf;
  });
}

async function readLast(db: Queryable): Promise<{ index: number; recordedAt: Date } | undefined> {
  const { rows } = await db.query<{ index: number; recordedAt: Date }>(
    `select idx as index, recorded_at as "recordedAt"
    from entries
    order by idx desc
    limit 1`,
  );
  return rows[0];
}
