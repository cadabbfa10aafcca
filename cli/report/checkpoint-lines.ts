// The checkpoint that a result rests on: which log, how many entries, which root, who has signed.

import { toHex } from '../../core/bytes.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import type { VerifiedSignature } from '../../core/log/open-note.ts';
import { formatSeconds } from '../../core/time.ts';
import type { SignedCheckpoint } from '../../core/log/open-checkpoint.ts';
import type { AdvancedCheckpoint } from '../ledger/known-ledger.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

/** A checkpoint in the report for programs (schema 1). */
export interface CheckpointJson {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Verifier keys of the log that signed it. */
  readonly signedBy: readonly string[];
  /** Names and keys of the witnesses of the policy that signed it, with the time that each states (RFC 3339). */
  readonly witnesses: readonly {
    readonly name: string;
    readonly key: string;
    readonly time: string | null;
  }[];
}

/** The JSON form; the same checkpoint gives the same bytes. */
export function checkpointJson(checkpoint: SignedCheckpoint): CheckpointJson {
  const { origin, size, root } = checkpoint;
  return {
    origin,
    size,
    root: toHex(root),
    signedBy: ofLog(checkpoint).map(({ key }) => formatVerifierKey(key)),
    witnesses: ofWitnesses(checkpoint).map(({ key, time }) => ({
      name: key.name,
      key: formatVerifierKey(key),
      time: time === undefined || time === 0 ? null : formatSeconds(new Date(time * 1000)),
    })),
  };
}

/** Lines for people; `now` tells how long ago witnesses signed. */
export function checkpointLines(checkpoint: AdvancedCheckpoint, now: Date): string[] {
  const { origin, size, root } = checkpoint;
  const witnesses = ofWitnesses(checkpoint);
  const lines = [`Log ${escapeTerminal(origin)}: ${size} entries, root ${toHex(root)}`];
  lines.push(
    witnesses.length === 0
      ? '  signed by the log; no witness is asked for, so nothing says when'
      : `  signed by the log and by ${witnesses.map((one) => witnessWords(one, now)).join(', ')}`,
  );
  lines.push(`  ${relationWords(checkpoint)}`);
  return lines;
}

function witnessWords({ key, time }: VerifiedSignature, now: Date): string {
  if (time === undefined || time === 0) return escapeTerminal(key.name);
  const seconds = Math.round(now.getTime() / 1000 - time);
  const ago =
    seconds < -60
      ? 'ahead of the clock here'
      : seconds < 120
        ? `${Math.max(0, seconds)} s ago`
        : seconds < 7200
          ? `${Math.round(seconds / 60)} min ago`
          : `${Math.round(seconds / 3600)} h ago`;
  return `${escapeTerminal(key.name)} at ${formatSeconds(new Date(time * 1000))} (${ago})`;
}

/** How it stands to what was seen before, as a sentence without its end. */
export function relationWords({ relation, knownSize, size }: AdvancedCheckpoint): string {
  switch (relation) {
    case 'first':
      return 'the first checkpoint of this log that was seen here';
    case 'same':
      return 'the same as when it was last seen here';
    case 'grown':
      return `proven to go on from the ${knownSize ?? 0} entries that were last seen here`;
    case 'older':
      return `older than what was last seen here: ${size} of ${knownSize ?? 0} entries, proven to be the first of those`;
  }
}

function ofLog({ origin, signatures }: SignedCheckpoint): VerifiedSignature[] {
  return signatures.filter(({ key }) => key.name === origin && key.type !== 'cosignature');
}

function ofWitnesses({ origin, signatures }: SignedCheckpoint): VerifiedSignature[] {
  return signatures.filter(({ key }) => key.name !== origin || key.type === 'cosignature');
}
