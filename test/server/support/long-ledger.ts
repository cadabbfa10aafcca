// A ledger with many entries behind a service that runs, and what its log has to be, by definition.

import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../../core/bytes.ts';
import { leafHash } from '../../../core/log/merkle-hash.ts';
import { appendStatements } from '../../../db/append.ts';
import type { Database } from '../../../db/database.ts';
import { bundleFiles, tileFiles } from '../../support/memory-log.ts';
import type { Service } from '../../../server/service.ts';
import { cheapStatement } from './cheap-statements.ts';

/** Appends entries that differ, from `first` on, without waiting for their publication. */
export async function appendMany(db: Database, first: number, count: number): Promise<void> {
  for (let at = first; at < first + count; at += 256) {
    const names = Array.from({ length: Math.min(256, first + count - at) }, (_, i) => `entry-${at + i}`);
    await appendStatements(db, names.map(cheapStatement), new Date('2026-11-22T12:00:00Z'));
  }
}

/** Waits until the service has published as many entries. */
export async function publishedAt(service: Service, size: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((service.log.published()?.size ?? -1) < size) {
    if (Date.now() > deadline) throw new Error(`Not published: ${size} entries`);
    await sleep(20);
  }
}

export interface LogFiles {
  readonly leaves: readonly Uint8Array[];
  readonly leafHashes: readonly Uint8Array[];
  readonly documents: readonly { readonly index: number; readonly hash: string; readonly document: string }[];
  /** Statement ids by index. */
  readonly ids: readonly string[];
  /** Tiles and bundles by path, as wide as they are at the end. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What the tables of entries and documents make of the log, by definition. */
export async function expectedLog(db: Database): Promise<LogFiles> {
  const { rows } = await db.query<{ leaf: Uint8Array; id: Uint8Array; hash: Uint8Array; body: string }>(
    `select leaf, statement_id as id, document_hash as hash, body
    from entries
    join documents on hash = document_hash
    order by idx`,
  );
  const leaves = rows.map(({ leaf }) => leaf);
  const leafHashes = leaves.map(leafHash);
  return {
    leaves,
    leafHashes,
    documents: rows.map(({ hash, body }, index) => ({ index, hash: toHex(hash), document: body })),
    ids: rows.map(({ id }) => toHex(id)),
    files: new Map([...tileFiles(leafHashes), ...bundleFiles(leaves)]),
  };
}
