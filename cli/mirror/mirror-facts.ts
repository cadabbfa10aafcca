// How old a mirror is, for whoever gets answers from it.

/** What a person should know of a mirror that answers instead of a server. */
export interface MirrorFacts {
  /** Address or folder that it follows. */
  readonly place: string;
  /** When that was last asked for a checkpoint. */
  readonly checkedAt: Date;
  /** Entries, and the time of the last one. */
  readonly size: number;
  readonly lastRecordedAt: Date | undefined;
}
