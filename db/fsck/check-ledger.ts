// Entries, documents, tiles and checkpoints, in one walk over the entries: 256 at a time, as wide as a tile.
//
// What is sound of each page is replayed into the projections that the transaction sees; what is not is left out, and noted
// in the table fsck_skipped, so that what follows from it is not told as damage of its own.

import { compareBytes, toHex } from '../../core/bytes.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import { hashAt, tileWidth } from '../../core/log/tile.ts';
import type { Queryable } from '../database.ts';
import type { LogHead } from '../log-head.ts';
import { replayEntries, type ReplayedEntry, type VerifyStatement } from '../replay.ts';
import { CheckpointsCheck, type CheckpointsOptions } from './check-checkpoints.ts';
import { checkEntry, type ExaminedEntry } from './check-entry.ts';
import { checkNoMoreTiles, checkTile } from './check-tiles.ts';
import type { Findings } from './findings.ts';
import { readEntryPage, readStoredTile, type EntryRow } from './read-entries.ts';
import { TreeWalk } from './tree-walk.ts';

export interface LedgerOptions extends CheckpointsOptions {
  readonly size: number;
  readonly head: LogHead;
  readonly verify: VerifyStatement | undefined;
  /** Told how many entries are done. */
  readonly progress: (done: number) => void;
}

/** Checks all of it. Returns the root of the tree. */
export async function checkLedger(transaction: Queryable, options: LedgerOptions): Promise<Uint8Array> {
  const { size, head, findings } = options;
  const checkpoints = new CheckpointsCheck(transaction, options);
  const walk = new TreeWalk();
  const replay = new PageReplay(transaction, options);
  let seconds = 0;
  await checkpoints.check(0, () => walk.root());
  for (let page = 0; walk.size < size; page++) {
    const stored = await readStoredTile(transaction, 0, page);
    const rows = await readEntryPage(transaction, page, size);
    const examined = new Map<number, ExaminedEntry>();
    for (const row of rows) {
      const inTile = stored && hashIn(stored, row.index % tileWidth);
      const entry = checkEntry(row, inTile, seconds);
      examined.set(row.index, entry);
      if (Number.isFinite(entry.seconds)) seconds = entry.seconds;
    }
    await replay.skip(reportMissing(page, size, examined, findings));
    await replay.add(rows, examined);
    const end = Math.min(size, (page + 1) * tileWidth);
    while (walk.size < end) {
      const index = walk.size;
      const hash = examined.get(index)?.hash ?? (stored && hashIn(stored, index % tileWidth));
      for (const tile of walk.append(hash ?? new Uint8Array(hashBytes))) {
        const bytes = tile.level === 0 ? stored : await readStoredTile(transaction, tile.level, tile.index);
        checkTile(tile, bytes, findings);
      }
      await checkpoints.check(walk.size, () => walk.root());
    }
    options.progress(walk.size);
  }
  for (const tile of walk.partialTiles()) {
    checkTile(tile, await readStoredTile(transaction, tile.level, tile.index), findings);
  }
  await checkNoMoreTiles(transaction, size, findings);
  await checkpoints.finish();
  const root = walk.root();
  if (head.size === size && compareBytes(head.root, root) !== 0) {
    findings.add(
      'log_head',
      Math.max(0, size - 1),
      `the root of the ${size} entries is ${toHex(root)}, and the head of the log says ${toHex(head.root)}`,
    );
  }
  await checkOrphans(transaction, findings);
  return root;
}

function hashIn(tile: Uint8Array, position: number): Uint8Array | undefined {
  return tile.length < (position + 1) * hashBytes ? undefined : hashAt(tile, position);
}

/** Entries that are missing from a page, one finding for each run of them; returns their indices. */
function reportMissing(
  page: number,
  size: number,
  found: ReadonlyMap<number, unknown>,
  findings: Findings,
): number[] {
  const missing: number[] = [];
  const end = Math.min(size, (page + 1) * tileWidth);
  for (let index = page * tileWidth; index < end; index++) {
    if (found.has(index)) continue;
    const first = index;
    missing.push(first);
    for (; index + 1 < end && !found.has(index + 1); index++) missing.push(index + 1);
    findings.add(
      'entries',
      first,
      first === index ? `entry ${first} is missing` : `the entries ${first} to ${index} are missing`,
    );
  }
  return missing;
}

/** Replays pages, and reports what is wrong with their entries, each entry once. */
class PageReplay {
  readonly #transaction: Queryable;
  readonly #options: LedgerOptions;
  /** Authors whose certificates could not all be replayed: what they signed after that may not verify for this reason. */
  readonly #withoutKeys = new Set<string>();

  constructor(transaction: Queryable, options: LedgerOptions) {
    this.#transaction = transaction;
    this.#options = options;
  }

  async add(rows: readonly EntryRow[], examined: ReadonlyMap<number, ExaminedEntry>): Promise<void> {
    const problems = new Map(rows.map(({ index }) => [index, [...(examined.get(index)?.problems ?? [])]]));
    const authors = new Map(rows.map(({ index, author }) => [index, author]));
    const skipped: number[] = [];
    const skip = (index: number, kind: string): void => {
      skipped.push(index);
      if (kind === 'certificate') this.#withoutKeys.add(authors.get(index) ?? '');
    };
    const whole: ReplayedEntry[] = [];
    for (const { index, kind } of rows) {
      const entry = examined.get(index)?.replay;
      if (entry === undefined) skip(index, kind);
      else whole.push(entry);
    }
    await replayEntries(this.#transaction, whole, {
      verify: this.#options.verify,
      onDamage: ({ index, kind }, error) => {
        const isExplained = kind !== 'certificate' && this.#withoutKeys.has(authors.get(index) ?? '');
        if (!isExplained && problems.get(index)?.length === 0) problems.get(index)?.push(error.message);
        skip(index, kind);
      },
    });
    for (const [index, found] of problems) {
      if (found.length > 0) this.#options.findings.add('entries', index, found.join('; '));
    }
    if (skipped.length === 0) return;
    await this.#transaction.query(
      `insert into fsck_skipped (idx, author)
      select idx, author
      from unnest($1::bigint[], $2::text[]) as added (idx, author)`,
      [skipped, skipped.map((index) => authors.get(index) ?? '')],
    );
  }

  /** Skips entries that are missing. Whose they were, the projections may still know. */
  async skip(missing: readonly number[]): Promise<void> {
    if (missing.length === 0) return;
    const { rows } = await this.#transaction.query<{ identity: string | null }>(
      `insert into fsck_skipped (idx, author)
      select missing.idx, coalesce(statements.author, certificates.identity)
      from unnest($1::bigint[]) as missing (idx)
      left join public.statements on statements.idx = missing.idx
      left join public.certificates on certificates.idx = missing.idx
      returning author as identity`,
      [missing],
    );
    for (const { identity } of rows) if (identity !== null) this.#withoutKeys.add(identity);
  }
}

/** Documents that no entry names: none should be there, since both are written at once. */
async function checkOrphans(transaction: Queryable, findings: Findings): Promise<void> {
  const { rows } = await transaction.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash
    from documents
    where not exists (select from entries where entries.document_hash = documents.hash)
    order by hash
    limit 1000`,
  );
  for (const { hash } of rows) findings.add('documents', undefined, `no entry has the document ${hash}`);
}
