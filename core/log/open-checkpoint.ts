// Opening a signed checkpoint: the one way from a note that somebody handed us to a size and a root that a log has signed.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { VerifierKey } from './note-key.ts';
import { parseNote, type Note } from './note.ts';
import { openNote, type VerifiedSignature } from './open-note.ts';

/** A checkpoint whose log's signature was checked. */
export interface SignedCheckpoint extends Checkpoint {
  /** The whole signed note, as it came. */
  readonly note: string;
  readonly parsed: Note;
  /** By the keys that were asked for, logs and witnesses. */
  readonly signatures: readonly VerifiedSignature[];
}

/**
 * Reads a signed checkpoint and checks it: one of `logKeys` has signed, each named like the origin; signatures of other
 * given keys (witnesses) hold where they are there. Throws note-invalid, signature-missing, signature-invalid.
 */
export async function openCheckpoint(
  note: string,
  logKeys: readonly VerifierKey[],
  witnessKeys: readonly VerifierKey[] = [],
): Promise<SignedCheckpoint> {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const own = logKeys.filter(({ name }) => name === checkpoint.origin);
  if (own.length === 0) {
    throw new TrustError('signature-missing', `No key is known for the log ${excerpt(checkpoint.origin)}`, {
      help: `Known here: ${[...new Set(logKeys.map(({ name }) => name))].join(', ')}.`,
    });
  }
  await openNote(parsed, own);
  return { ...checkpoint, note, parsed, signatures: await openNote(parsed, [...own, ...witnessKeys]) };
}
