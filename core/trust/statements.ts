// The statements behind the edges: who said it, when, where it stands in the ledger, and whether it still holds.
//
// Newest by the author's own date wins, in nanoseconds; a tie goes to the later ledger index (crev's rule, with the
// ledger's order instead of import order). A statement does not hold when its author withdrew it later in the ledger, or
// when the author's key was revoked at or before its index. Withdrawals and revocations may arrive before what they hit.
// A retraction cannot itself be withdrawn: who changed their mind says the thing again.

import { TrustError } from '../errors.ts';
import type { StatementId } from '../statement/statement.ts';
import { byteColumn, floatColumn, intColumn } from './columns.ts';
import { hexValue } from './nodes.ts';
import { hashPair, RowIndex } from './row-index.ts';

/** A statement's place in the ledger. */
export interface StatementPlace {
  readonly index: number;
  readonly id: StatementId;
}
interface Withdrawal extends StatementPlace {
  readonly author: number;
}

export class Statements {
  /** The node of the author; for a reviewer set, of its owner. */
  readonly author = intColumn();
  /** The node of the reviewer set that it defines, -1 for a trust statement. */
  readonly set = intColumn();
  readonly index = floatColumn();
  /** The date in nanoseconds: upper part and lower 32 bits. */
  readonly #dateHigh = floatColumn();
  readonly #dateLow = intColumn();
  /** 1 while it holds. */
  readonly holds = byteColumn();
  /** Next statement of the same author, or about the same set. */
  readonly next = intColumn();
  /** First record of a trust statement, or first edge of a reviewer set. */
  readonly first = intColumn();
  /** How many edges a reviewer set has, without the one from its owner. */
  readonly edgeCount = intColumn();
  /** Whose statements about these ids are to be ignored. */
  readonly overrides = new Map<number, readonly number[]>();
  readonly #ids = byteColumn();
  readonly #sought = new Uint8Array(32);
  readonly #isSought = (row: number): boolean => {
    const ids = this.#ids.data;
    for (let i = 0; i < 32; i++) if (ids[32 * row + i] !== this.#sought[i]) return false;
    return true;
  };
  readonly #byId = new RowIndex({ hash: (row) => this.#idHash(row) });
  readonly #withdrawals = new Map<StatementId, Withdrawal[]>();
  readonly #voidFrom = new Map<number, number>();

  get length(): number {
    return this.author.length;
  }

  /** The row of a statement, or -1. */
  find(id: StatementId): number {
    readId(id, this.#sought);
    return this.#byId.find(hashId(this.#sought, 0), this.#isSought);
  }

  /** The row of a trust statement, or -1; throws ledger-corrupt when it is known with another author or index. */
  findSame(place: StatementPlace, author: number): number {
    const row = this.find(place.id);
    const same = this.author.get(row) === author && this.set.get(row) === -1;
    if (row === -1 || (same && this.index.get(row) === place.index)) return row;
    throw new TrustError(
      'ledger-corrupt',
      `Statement ${place.id} has two authors or stands at two places of the ledger: ${place.index} and ${this.index.get(row)}`,
      { help: 'Run the ledger check; rebuild the projections from the entries.' },
    );
  }

  /** Adds a statement that is not there yet and returns its row. `date` is in nanoseconds since the epoch. */
  add(id: StatementId, author: number, index: number, date: bigint, set = -1): number {
    const row = this.author.push(author);
    this.#ids.reserve(32 * (row + 1));
    readId(id, this.#sought);
    this.#ids.data.set(this.#sought, 32 * row);
    this.#byId.add(row, this.#idHash(row));
    this.set.push(set);
    this.index.push(index);
    this.#dateHigh.push(Number(date >> 32n));
    this.#dateLow.push(Number(BigInt.asIntN(32, date)));
    this.next.push(-1);
    this.first.push(-1);
    this.edgeCount.push(0);
    this.holds.push(this.#judge(row, id) ? 1 : 0);
    return row;
  }

  /** The id of a row. */
  id(row: number): StatementId {
    let text = '';
    for (let i = 32 * row; i < 32 * row + 32; i++) text += this.#ids.get(i).toString(16).padStart(2, '0');
    return text as StatementId;
  }

  /** Whether statement `a` is newer than `b`. */
  isNewer(a: number, b: number): boolean {
    const high = this.#dateHigh.get(a) - this.#dateHigh.get(b);
    if (high !== 0) return high > 0;
    const low = (this.#dateLow.get(a) >>> 0) - (this.#dateLow.get(b) >>> 0);
    return low !== 0 ? low > 0 : this.index.get(a) > this.index.get(b);
  }

  /** Notes a retraction; returns the row that it is about, or -1 when that is not here (yet). */
  withdraw(author: number, target: StatementId, place: StatementPlace): number {
    const known = this.#withdrawals.get(target) ?? [];
    if (!known.some((other) => other.id === place.id)) known.push({ author, ...place });
    this.#withdrawals.set(target, known);
    return this.find(target);
  }

  /** Notes that statements of an author from this ledger index on have no effect. */
  voidFrom(author: number, index: number): void {
    this.#voidFrom.set(author, Math.min(index, this.#voidFrom.get(author) ?? Infinity));
  }

  /** Judges a statement anew; true when whether it holds has changed. */
  rejudge(row: number): boolean {
    const holds = this.#judge(row, this.id(row)) ? 1 : 0;
    if (holds === this.holds.get(row)) return false;
    this.holds.set(row, holds);
    return true;
  }

  /** The retraction that withdrew a statement: the earliest one that counts. */
  withdrawalOf(row: number): StatementPlace | undefined {
    return this.#withdrawals.size === 0 ? undefined : this.#withdrawal(row, this.id(row));
  }

  #judge(row: number, id: StatementId): boolean {
    if (this.index.get(row) >= (this.#voidFrom.get(this.author.get(row)) ?? Infinity)) return false;
    return this.#withdrawals.size === 0 || this.#withdrawal(row, id) === undefined;
  }

  #withdrawal(row: number, id: StatementId): StatementPlace | undefined {
    const author = this.author.get(row);
    const limit = this.#voidFrom.get(author) ?? Infinity;
    let earliest: Withdrawal | undefined;
    for (const withdrawal of this.#withdrawals.get(id) ?? []) {
      const counts = withdrawal.author === author && withdrawal.index > this.index.get(row);
      if (counts && withdrawal.index < limit && withdrawal.index < (earliest?.index ?? Infinity))
        earliest = withdrawal;
    }
    return earliest && { index: earliest.index, id: earliest.id };
  }

  #idHash(row: number): number {
    return hashId(this.#ids.data, 32 * row);
  }
}

/** Writes the 32 bytes of a statement id. Ids come from verified statements or from the database, and are well-formed. */
function readId(id: StatementId, into: Uint8Array): void {
  if (id.length !== 64) throw new TrustError('ledger-corrupt', `Not a statement id: ${id.slice(0, 80)}`);
  for (let i = 0; i < 32; i++) {
    into[i] = 16 * hexValue(id.charCodeAt(2 * i)) + hexValue(id.charCodeAt(2 * i + 1));
  }
}

/** A statement id is a hash already: its first and last four bytes, mixed, are hash enough. */
function hashId(bytes: Uint8Array, at: number): number {
  return hashPair(readWord(bytes, at), readWord(bytes, at + 28));
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
