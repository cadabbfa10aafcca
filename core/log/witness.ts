// What a witness decides (C2SP tlog-witness, with the rules of its main branch as of July 2026): whether to state that a
// checkpoint continues the one before it.
//
//   400  the request can't be read, has extension lines, or its old size is above its size
//   403  no signature by a trusted key of this log, or one that does not hold
//   404  a log that is not known here
//   409  the old size is not the one stored; the body is the stored size
//   422  the proof does not hold: also size 0 with a root, and the same size with another root
//   503  our own clock went back (not of the specification)
//
// In two steps, because the stored state is found by the origin: opening needs no state, answering has to be done for one
// log at a time, and the new state stored before the answer is given away. What is signed is written anew from what was read.

import { toHex } from '../bytes.ts';
import { isTrustError } from '../errors.ts';
import { parseAddCheckpoint, type AddCheckpoint } from './add-checkpoint.ts';
import { formatCheckpoint, parseCheckpointLines, type Checkpoint } from './checkpoint.ts';
import { emptyRoot } from './merkle-hash.ts';
import { verifyConsistency } from './merkle-proof.ts';
import type { PrivateKey, VerifierKey } from './note-key.ts';
import { signNote } from './note-signature.ts';
import { formatNote, formatSignatureLine, parseNote, type NoteSignature } from './note.ts';
import { openNote } from './open-note.ts';

/** The newest checkpoint of a log that this witness has signed. */
export interface WitnessState {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** What a witness sends back. */
export interface WitnessReply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503;
  readonly body: string;
  readonly contentType: string;
}

/** A request whose checkpoint is signed by the log that it is of. */
export interface OpenedRequest {
  readonly checkpoint: Checkpoint;
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** Those of the log's trusted keys, each of them checked. */
  readonly signatures: readonly NoteSignature[];
}

export type WitnessAnswer =
  | { readonly reply: WitnessReply; readonly newState: undefined }
  | {
      readonly reply: WitnessReply;
      /** To be stored for good before the reply is sent, with the checkpoint as signed by the log and by us. */
      readonly newState: WitnessState & { readonly note: string };
    };

const plainText = 'text/plain; charset=utf-8';
/** Content type of a 409 that names the stored size. */
const sizeType = 'text/x.tlog.size';

/**
 * Reads a request and checks who signed it; a reply instead when it is refused already.
 * @param logs trusted keys by origin
 */
export async function openRequest(
  logs: ReadonlyMap<string, readonly VerifierKey[]>,
  text: string,
): Promise<OpenedRequest | WitnessReply> {
  try {
    const { oldSize, proof, checkpoint: signed }: AddCheckpoint = parseAddCheckpoint(text);
    const note = parseNote(signed);
    const checkpoint = parseCheckpointLines(note.text);
    const keys = logs.get(checkpoint.origin);
    if (keys === undefined) return refuse(404, 'This witness does not know a log of this origin.');
    const signatures = (await openNote(note, keys)).map(({ signature }) => signature);
    return { checkpoint, oldSize, proof, signatures };
  } catch (error) {
    if (isTrustError(error, 'signature-missing') || isTrustError(error, 'signature-invalid'))
      return refuse(403, error.message);
    if (isTrustError(error)) return refuse(400, error.message);
    throw error;
  }
}

/** Whether `openRequest` has refused. */
export function isRefusal(opened: OpenedRequest | WitnessReply): opened is WitnessReply {
  return 'status' in opened;
}

/**
 * Answers a request that was opened.
 * @param state what is stored for this log; undefined when nothing was ever signed of it
 * @param signers this witness's keys, cosignature and ML-DSA
 * @param now POSIX seconds
 * @param notBefore the newest time that this witness has stated, POSIX seconds; 0 when it has stated none
 */
export async function answerRequest(
  { checkpoint, oldSize, proof, signatures }: OpenedRequest,
  state: WitnessState | undefined,
  signers: readonly PrivateKey[],
  { now, notBefore }: { readonly now: number; readonly notBefore: number },
): Promise<WitnessAnswer> {
  const { size, root } = checkpoint;
  const stored = state ?? { size: 0, root: emptyRoot };
  const no = (reply: WitnessReply): WitnessAnswer => ({ reply, newState: undefined });
  if (oldSize > size) return no(refuse(400, `The old size, ${oldSize}, is above the checkpoint's, ${size}.`));
  if (oldSize !== stored.size) return no({ status: 409, body: `${stored.size}\n`, contentType: sizeType });
  try {
    verifyConsistency({ oldSize, newSize: size, oldRoot: stored.root, newRoot: root, proof });
  } catch (error) {
    if (!isTrustError(error)) throw error;
    const seen =
      oldSize === size ? ` This witness has seen the root ${toHex(stored.root)} at this size.` : '';
    return no(refuse(422, `${error.message}.${seen}`));
  }
  if (now < notBefore || now <= 0)
    return no(
      refuse(503, 'The clock of this witness went back; it states no time before one that it has stated.'),
    );
  const text = formatCheckpoint(checkpoint);
  const cosignatures: NoteSignature[] = [];
  for (const signer of signers) cosignatures.push(await signNote(signer, text, now));
  return {
    reply: { status: 200, body: cosignatures.map(formatSignatureLine).join(''), contentType: plainText },
    newState: { size, root, note: formatNote({ text, signatures: [...signatures, ...cosignatures] }) },
  };
}

function refuse(status: Exclude<WitnessReply['status'], 200>, why: string): WitnessReply {
  return { status, body: `${why}\n`, contentType: plainText };
}
