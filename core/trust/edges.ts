// The edges of the trust graph and the records behind them.
//
// An edge from an identity is unique for (from, to); its records are what the author ever said about that subject, and
// the newest that holds is in force. An edge from a reviewer set belongs to one set statement and has no records: a newer
// statement brings its own edges. The four numbers that a walk needs lie side by side, in one cache line.

import { levels, trustLevels, type TrustLevel } from '../statement/levels.ts';
import type { TrustedLevel } from './types.ts';
import { intColumn } from './columns.ts';
import { hashPair, RowIndex } from './row-index.ts';

/** Levels as numbers: distrust 0, none 1, low 2, medium 3, high 4; 7 means that no statement is in force. */
export const distrustCode = 0;
export const noneCode = 1;
export const lowCode = 2;
export const highCode = 4;
export const absentCode = 7;
/** Bits of an edge's `meta`: the level below, then the flag, then the scope's number. */
export const levelMask = 7;
export const overrideFlag = 8;
export const scopeShift = 4;

/** The number of a level. */
export function levelCode(level: TrustLevel): number {
  return trustLevels.indexOf(level);
}

/** The level of a number from 0 to 4. */
export function levelOf(code: number): TrustLevel {
  return trustLevels[code] ?? 'distrust';
}

/** The level of a number from 1 to 4: what somebody in a trust set can have. */
export function trustedLevelOf(code: number): TrustedLevel {
  return levels[code - 1] ?? 'none';
}

export class Edges {
  /** Per edge four numbers: from, to, meta, statement in force. */
  readonly #packed = intColumn();
  /** Next edge into the same node. */
  readonly nextIn = intColumn();
  /** Newest-added record of the edge, -1 for edges of reviewer sets. */
  readonly firstRecord = intColumn();
  readonly recordEdge = intColumn();
  readonly recordStatement = intColumn();
  readonly recordLevel = intColumn();
  /** Next record of the same edge, and of the same statement. */
  readonly nextOfEdge = intColumn();
  readonly nextOfStatement = intColumn();
  readonly #pairs = new RowIndex({ hash: (edge) => hashPair(this.from(edge), this.to(edge)) });

  get length(): number {
    return this.nextIn.length;
  }

  /** The four numbers of edge e at 4e: from, to, meta, statement in force. Replaced when edges are added. */
  get packed(): Int32Array {
    return this.#packed.data;
  }

  from(edge: number): number {
    return this.#packed.get(4 * edge);
  }
  to(edge: number): number {
    return this.#packed.get(4 * edge + 1);
  }
  /** Level, override flag and scope. */
  meta(edge: number): number {
    return this.#packed.get(4 * edge + 2);
  }
  statement(edge: number): number {
    return this.#packed.get(4 * edge + 3);
  }

  /** The edge from one identity to another, or -1. */
  findPair(from: number, to: number): number {
    return this.#pairs.find(hashPair(from, to), (edge) => this.from(edge) === from && this.to(edge) === to);
  }

  /** Adds an edge with no record; `unique` edges are found again by their ends. */
  add(from: number, to: number, nextIn: number, unique: boolean): number {
    const edge = this.nextIn.push(nextIn);
    this.#packed.push(from);
    this.#packed.push(to);
    this.#packed.push(absentCode);
    this.#packed.push(-1);
    this.firstRecord.push(-1);
    if (unique) this.#pairs.add(edge, hashPair(from, to));
    return edge;
  }

  /** Says what is in force on an edge: meta and statement. */
  put(edge: number, meta: number, statement: number): void {
    this.#packed.set(4 * edge + 2, meta);
    this.#packed.set(4 * edge + 3, statement);
  }

  /** Adds to an edge what a statement says; `next` is the statement's record before. */
  addRecord(edge: number, statement: number, level: number, next: number): number {
    const record = this.recordEdge.push(edge);
    this.recordStatement.push(statement);
    this.recordLevel.push(level);
    this.nextOfEdge.push(this.firstRecord.get(edge));
    this.nextOfStatement.push(next);
    this.firstRecord.set(edge, record);
    return record;
  }
}
