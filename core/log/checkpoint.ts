// Checkpoints (C2SP tlog-checkpoint): the text of a note that says what the log holds.
//
//   <origin>
//   <size>
//   <base64 of the root>
//
// Extension lines are refused: nobody audits them, and ML-DSA cosignatures do not cover them.

import { compareBytes, excerpt, fromBase64, toBase64 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { emptyRoot, hashBytes } from './merkle-hash.ts';
import { isKeyName } from './note-key.ts';

export interface Checkpoint {
  readonly origin: string;
  /** A safe integer. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** The text of a checkpoint, which a note signs. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads a checkpoint's text; throws note-invalid for anything that would not be written the same, or can be no tree. */
export function parseCheckpoint(text: string): Checkpoint {
  const checkpoint = parseCheckpointLines(text);
  if (checkpoint.size === 0 && compareBytes(checkpoint.root, emptyRoot) !== 0) {
    throw wrong('a log without entries has the empty root');
  }
  return checkpoint;
}

/** The same, without the rule that size 0 has the empty root: witnesses have an answer of their own to that. */
export function parseCheckpointLines(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', size = '', encoded = ''] = lines;
  if (!isKeyName(origin)) throw wrong(`not an origin: ${excerpt(origin)}`);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw wrong(`not a size: ${excerpt(size)}`);
  }
  if (lines.length !== 4) throw wrong('it has extension lines, or lacks lines');
  const checkpoint = { origin, size: Number(size), root: readRoot(encoded) };
  if (formatCheckpoint(checkpoint) !== text) throw wrong('it is not written in the one way');
  return checkpoint;
}

function readRoot(text: string): Uint8Array {
  try {
    const root = fromBase64(text);
    if (root.length === hashBytes) return root;
  } catch (cause) {
    throw wrong('its root is not base64', cause);
  }
  throw wrong('its root has not 32 bytes');
}

function wrong(why: string, cause?: unknown): TrustError {
  return new TrustError('note-invalid', `Not a checkpoint: ${why}`, cause === undefined ? {} : { cause });
}
