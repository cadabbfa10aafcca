// The web of trust in memory, following the ledger's tail.
//
// `apply` takes ledger entries of any kind, in any order, each any number of times, and ends in the same state: trust
// statements and reviewer sets add edges, retractions and key revocations withdraw them, everything else only moves
// `lastIndex`. `addEdge` is the same for rows of a database, without statement objects. Views are snapshots.

import type { Identity, Root } from '../identity.ts';
import { identityOf, type ReviewerSet, type Statement, type StatementId } from '../statement/statement.ts';
import type { StatementPlace } from './statements.ts';
import { parseInstant } from '../time.ts';
import { TrustStore } from './store.ts';
import { defaultTrustParameters, type EdgeInput, type TrustParameters } from './types.ts';
import type { TrustLimits } from './limits.ts';
import { View } from './view.ts';

export type { EdgeInput } from './types.ts';

/** A ledger entry that holds a verified statement. */
export interface TrustLedgerEntry {
  readonly id: StatementId;
  readonly index: number;
  readonly author: Identity;
  readonly statement: Statement;
}

export class TrustGraph {
  readonly #store = new TrustStore();
  #version = 0;

  /** Edges in force. */
  get size(): number {
    return this.#store.inForce;
  }

  /** Highest ledger index applied, -1 before the first: what a cached view was made at. */
  get lastIndex(): number {
    return this.#store.lastIndex;
  }

  /** Counts changes, revocations included: two equal versions give equal views. */
  get version(): number {
    return this.#version;
  }

  /** Applies a ledger entry; throws ledger-corrupt when an id comes with two authors or indices. */
  apply(entry: TrustLedgerEntry): void {
    const { id, index, author, statement } = entry;
    this.#version++;
    this.#store.seen(index);
    switch (statement.kind) {
      case 'trust': {
        const overrides = statement.override?.map(identityOf);
        const { trust: level } = statement;
        const date = parseInstant(statement.date);
        for (const ref of statement.ids) {
          this.#store.addTrust({ from: author, to: identityOf(ref), level, date, index, id, overrides });
        }
        return;
      }
      case 'reviewer set':
        this.#store.addSet(author, statement, { id, index }, parseInstant(statement.date));
        return;
      case 'retraction':
        this.#store.retract(author, statement.statement, { id, index });
        return;
      case 'package review':
      case 'source':
        return;
    }
  }

  /** Adds what one trust statement says about one subject, for loading many from a database. Idempotent. */
  addEdge(edge: EdgeInput): void {
    this.#version++;
    this.#store.addTrust(edge);
  }

  /** Adds a reviewer set as its owner stated it at `date` (nanoseconds since the epoch). Idempotent. */
  addSet(owner: Identity, set: ReviewerSet, place: StatementPlace, date: bigint): void {
    this.#version++;
    this.#store.addSet(owner, set, place, date);
  }

  /** Withdraws a statement of the same author, of any kind, known already or not yet. Idempotent. */
  retract(author: Identity, target: StatementId, place: StatementPlace): void {
    this.#version++;
    this.#store.retract(author, target, place);
  }

  /**
   * Voids statements of an author whose key was revoked: `all` for a hard revocation (compromised, or no reason given),
   * a ledger index for a soft one, from which on nothing by this key counts. The strictest of several calls holds.
   */
  revoke(author: Identity, from: number | 'all'): void {
    this.#version++;
    this.#store.revoke(author, from);
  }

  /**
   * The web as these roots see it now.
   * @throws TrustError policy-invalid for impossible parameters, trust-limit-exceeded.
   */
  view(
    roots: readonly Root[],
    parameters: TrustParameters = defaultTrustParameters,
    limits: TrustLimits = {},
  ): View {
    return new View(this.#store, roots, parameters, limits);
  }
}
