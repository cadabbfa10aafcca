// The body of a witness's add-checkpoint request (C2SP tlog-witness): what the log sends, and what the witness reads.
//
//   old <size>
//   <base64 hash>...           consistency proof, at most 63 hashes
//   <empty line>
//   <the signed checkpoint>

import { fromBase64, toBase64 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashBytes } from './merkle-hash.ts';
import { maxNoteLength } from './note.ts';

export interface AddCheckpoint {
  /** Size of the last checkpoint that the witness is thought to have seen; 0 when unknown. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
}

const maxHashes = 63;
const separator = '\n\n';

/** The text of a request. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return `${[`old ${oldSize}`, ...proof.map(toBase64)].join('\n')}${separator}${checkpoint}`;
}

/** Reads a request; throws note-invalid. */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const end = text.indexOf(separator);
  if (end === -1 || text.length > 2 * maxNoteLength) throw wrong();
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  const oldSize = Number(/^old (0|[1-9]\d{0,15})$/.exec(first)?.[1]);
  if (!Number.isSafeInteger(oldSize) || lines.length > maxHashes) throw wrong();
  let proof: Uint8Array[];
  try {
    proof = lines.map(fromBase64);
  } catch (cause) {
    throw wrong(cause);
  }
  if (proof.some(({ length }) => length !== hashBytes)) throw wrong();
  return { oldSize, proof, checkpoint: text.slice(end + separator.length) };
}

function wrong(cause?: unknown): TrustError {
  return new TrustError('note-invalid', 'Not an add-checkpoint request', {
    help: 'A line `old <size>`, up to 63 lines of base64, an empty line, and the signed checkpoint.',
    ...(cause !== undefined && { cause }),
  });
}
