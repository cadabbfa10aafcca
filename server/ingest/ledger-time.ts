// The time that the ledger will write on what is verified now.
//
// An entry's time and the time at which its keys were judged have to be the same second, or a replay of the ledger would
// judge otherwise than we did. So a statement is judged at this time, and appended at this time or not at all.

export interface LedgerTime {
  /** Whole seconds, never before the last entry that we know of. */
  now(): Date;
  /** Learns of an entry's time: another process's clock may be ahead of ours. */
  learn(recordedAt: Date): void;
}

/** Ledger time over a clock. */
export function createLedgerTime(clock: () => Date): LedgerTime {
  let latest = 0;
  return {
    now: () => new Date(Math.max(Math.floor(clock().getTime() / 1000) * 1000, latest)),
    learn: (recordedAt) => {
      latest = Math.max(latest, recordedAt.getTime());
    },
  };
}
