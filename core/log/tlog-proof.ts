// Receipts (C2SP tlog-proof): an entry's place in the log, provable without the log.
//
//   c2sp.org/tlog-proof@v1
//   [extra <base64>]           not authenticated; trust-check puts the leaf record here, which tells the entry's time
//   index <n>
//   <base64 hash>...           the inclusion proof, the leaf's sibling first
//   <empty line>
//   <the signed checkpoint>

import { excerpt, fromBase64, toBase64 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashBytes } from './merkle-hash.ts';
import { maxProofHashes, verifyInclusion } from './merkle-proof.ts';
import { maxNoteLength } from './note.ts';
import { openCheckpoint, type SignedCheckpoint } from './open-checkpoint.ts';
import { checkQuorum, policyKeys, type WitnessPolicy } from './witness-policy.ts';

export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Context that nothing vouches for. */
  readonly extra?: Uint8Array | undefined;
}

const firstLine = 'c2sp.org/tlog-proof@v1';
const separator = '\n\n';

/** The text of a receipt. */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    firstLine,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join('\n')}${separator}${checkpoint}`;
}

/** Reads a receipt without checking anything in it; throws note-invalid for what would not be written the same. */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > 2 * maxNoteLength) throw wrong('it is too long');
  const end = text.indexOf(separator);
  const lines = text.slice(0, Math.max(end, 0)).split('\n');
  if (end === -1 || lines.shift() !== firstLine) throw wrong(`it does not begin with ${firstLine}`);
  let extra: Uint8Array | undefined;
  if (lines[0]?.startsWith('extra ') === true) extra = decode(lines.shift()?.slice('extra '.length) ?? '');
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw wrong('it names no index');
  if (lines.length > maxProofHashes) throw wrong('its proof is too long');
  const hashes = lines.map(decode);
  if (hashes.some(({ length }) => length !== hashBytes)) throw wrong('not all hashes have 32 bytes');
  const proof = { index: Number(index), hashes, checkpoint: text.slice(end + separator.length), extra };
  if (formatTlogProof(proof) !== text) throw wrong('it is not written in the one way');
  return proof;
}

/**
 * Checks a receipt: the checkpoint is by a log of the policy and has its quorum, and the leaf is included. Returns the
 * checkpoint. Throws note-invalid, signature-missing, signature-invalid, cosignatures-missing, proof-invalid.
 * @param leafHash computed by the caller from the leaf record of what the receipt is for, never taken from the log
 */
export async function verifyTlogProof(
  proof: TlogProof,
  leafHash: Uint8Array,
  policy: WitnessPolicy,
): Promise<SignedCheckpoint> {
  const { logs, witnesses } = policyKeys(policy);
  const checkpoint = await openCheckpoint(proof.checkpoint, logs, witnesses);
  checkQuorum(policy, checkpoint);
  const { index, hashes } = proof;
  verifyInclusion({ index, size: checkpoint.size, leafHash, proof: hashes, root: checkpoint.root });
  return checkpoint;
}

function decode(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch (cause) {
    throw wrong(`not base64: ${excerpt(text)}`, cause);
  }
}

function wrong(why: string, cause?: unknown): TrustError {
  return new TrustError('note-invalid', `Not a tlog-proof: ${why}`, cause === undefined ? {} : { cause });
}
