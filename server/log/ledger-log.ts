// The log as everything that serves it sees it: what is published, who signs, and proofs under it.

import type { Discovery } from '../../core/api/ledger.ts';
import type { PublishedCheckpoint } from '../../db/checkpoints.ts';
import type { Prover } from './prover.ts';

export interface LedgerLog {
  /** The published checkpoint, from memory and at most a second old; undefined while nothing is published. */
  published(): PublishedCheckpoint | undefined;
  /** What /.well-known/trust-ledger says. */
  discovery(): Discovery;
  readonly prover: Prover;
}
