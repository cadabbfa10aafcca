// Every checkpoint that was ever published: its checksum, its signature, and its root against the tree at its size.
//
// They are read in the order of their sizes, a page at a time, while the tree is built anew: so every root of the past is
// computed once, on the way.

import { compareBytes, fromHex } from '../../core/bytes.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { Queryable } from '../database.ts';
import type { Findings } from './findings.ts';

interface Row {
  /** As text, because a damaged one may be no safe integer. */
  readonly size: string;
  /** Hex. */
  readonly root: string;
  readonly note: string;
  /** As PostgreSQL writes it, to continue from. */
  readonly signedAt: string;
  readonly isSumRight: boolean;
}

export interface CheckpointsOptions {
  /** Keys of the log, retired ones too. */
  readonly keys: readonly VerifierKey[];
  readonly origin: string | undefined;
  readonly findings: Findings;
}

const pageSize = 500;

export class CheckpointsCheck {
  readonly #transaction: Queryable;
  readonly #options: CheckpointsOptions;
  #page: Row[] = [];
  #at = 0;
  #isLast = false;
  /** Of the root that was compared last, so that refreshed checkpoints don't cost it again. */
  #last: { readonly size: number; readonly root: Uint8Array } | undefined;

  constructor(transaction: Queryable, options: CheckpointsOptions) {
    this.#transaction = transaction;
    this.#options = options;
  }

  /** Checks the checkpoints of the tree of this size. Call it with every size, ascending from 0. */
  async check(size: number, root: () => Uint8Array): Promise<void> {
    for (let row = await this.#peek(); row !== undefined; row = await this.#peek()) {
      const difference = BigInt(row.size) - BigInt(size);
      if (difference > 0n) return;
      this.#at++;
      if (difference < 0n) await this.#checkRow(row, undefined);
      else {
        if (this.#last?.size !== size) this.#last = { size, root: root() };
        await this.#checkRow(row, this.#last.root);
      }
    }
  }

  /** Checks what is left: checkpoints of trees that are larger than the ledger. */
  async finish(): Promise<void> {
    for (let row = await this.#peek(); row !== undefined; row = await this.#peek()) {
      this.#at++;
      await this.#checkRow(row, undefined);
    }
  }

  async #checkRow(row: Row, root: Uint8Array | undefined): Promise<void> {
    const problems: string[] = [];
    const signed = await this.#open(row, problems);
    if (!row.isSumRight) problems.push('its row is not the one that was written');
    if (signed !== undefined) {
      if (String(signed.size) !== row.size) problems.push(`it is signed for the size ${signed.size}`);
      if (compareBytes(signed.root, fromHex(row.root)) !== 0) problems.push('it is signed for another root');
      if (signed.origin !== this.#options.origin) problems.push(`it is signed for the log ${signed.origin}`);
    }
    if (root === undefined) problems.push('the ledger has no tree of this size');
    else if (compareBytes(fromHex(row.root), root) !== 0)
      problems.push('the tree of this size has another root');
    if (problems.length === 0) return;
    // What is signed says which tree it is about; the row may be what is damaged.
    const size = signed?.size ?? Number(row.size);
    this.#options.findings.add(
      'checkpoints',
      Math.max(0, size - 1),
      `the checkpoint of size ${row.size}, signed at ${row.signedAt}: ${problems.join('; ')}`,
    );
  }

  async #open(row: Row, problems: string[]): Promise<SignedCheckpoint | undefined> {
    try {
      return await openCheckpoint(row.note, this.#options.keys);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  async #peek(): Promise<Row | undefined> {
    if (this.#at === this.#page.length && !this.#isLast) {
      const last = this.#page.at(-1);
      this.#page = await readPage(this.#transaction, last);
      this.#at = 0;
      this.#isLast = this.#page.length < pageSize;
    }
    return this.#page[this.#at];
  }
}

async function readPage(transaction: Queryable, after: Row | undefined): Promise<Row[]> {
  const { rows } = await transaction.query<Row>(
    `select
      size::text as size,
      encode(root, 'hex') as root,
      note,
      signed_at::text as "signedAt",
      checksum = sha256(convert_to(
        concat_ws(' ', size, encode(root, 'hex'), extract(epoch from signed_at), note), 'UTF8'
      )) as "isSumRight"
    from checkpoints
    where $1::text is null or (checkpoints.size, checkpoints.root, checkpoints.signed_at) > ($1::text::bigint, decode($2, 'hex'), $3::timestamptz)
    order by checkpoints.size, checkpoints.root, checkpoints.signed_at
    limit ${pageSize}`,
    [after?.size ?? null, after?.root ?? null, after?.signedAt ?? null],
  );
  return rows;
}
