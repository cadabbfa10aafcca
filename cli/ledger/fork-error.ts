// A log that has signed two histories: the error that carries the proof, and the file that keeps it.

import { toHex } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';

/** Thrown for a fork: both signed notes, which together prove it to anybody who knows the log's key. */
export class ForkError extends TrustError {
  /** The note that was seen before, verbatim. */
  readonly known: string;
  /** The note that contradicts it, verbatim. */
  readonly contradicting: string;

  constructor(known: SignedCheckpoint, contradicting: SignedCheckpoint, evidenceFile: string | undefined) {
    super('ledger-fork', messageOf(known, contradicting), {
      help:
        'Two signed notes that can’t both be true are proof against the log, for everybody. ' +
        (evidenceFile === undefined
          ? 'They could not be written to a file: keep this output. '
          : `They are kept in ${evidenceFile}. `) +
        'Send them to whoever runs the ledger, and to others who use it; do not rely on it until this is explained.',
    });
    this.name = 'ForkError';
    this.known = known.note;
    this.contradicting = contradicting.note;
  }
}

function messageOf(known: SignedCheckpoint, other: SignedCheckpoint): string {
  const first = `The log ${known.origin} has forked: `;
  return known.size === other.size
    ? `${first}it signed two different roots for ${known.size} entries, ${toHex(known.root)} and ${toHex(other.root)}.`
    : `${first}the history of ${Math.min(known.size, other.size)} entries that it signed is not the beginning of the one of ${Math.max(known.size, other.size)} entries.`;
}

/** The text of an evidence file: both notes verbatim, behind what they are. */
export function forkEvidence(
  known: Pick<SignedCheckpoint, 'origin' | 'note'>,
  contradicting: Pick<SignedCheckpoint, 'note'>,
  at: Date,
): string {
  return [
    `Evidence that the log ${known.origin} shows different histories, found ${at.toISOString()}.`,
    'Both notes are as they came, between the lines of dashes. Each is signed by the log.',
    '----- seen before -----',
    `${known.note}----- seen then -----`,
    `${contradicting.note}----- end -----\n`,
  ].join('\n');
}
