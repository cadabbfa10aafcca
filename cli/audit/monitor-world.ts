// Everything that a monitor works with, in one object.

import type { Identity } from '../../core/identity.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { Outlets } from './journal.ts';
import type { OpenServed } from './ledger-keys.ts';

/** What the monitor is given: the ledger, whose signatures count, what is watched, and where things go. */
export interface MonitorWorld {
  /** Folder of this monitor's state. */
  readonly folder: string;
  readonly source: LedgerSource;
  readonly open: OpenServed;
  /** The newest certificate of an identity, armoured, as the ledger has it; undefined when it has none. */
  readonly certificate: (identity: Identity) => Promise<string | undefined>;
  readonly watches: readonly string[];
  /** Where the first pass begins; undefined for the end. */
  readonly fromIndex: number | undefined;
  /** Undefined: a day where the policy has a quorum of witnesses, no limit where it has none. */
  readonly maxAgeMs: number | undefined;
  readonly outlets: Outlets;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  readonly warn: (line: string) => void;
}
