// Getting one witness's cosignature on a checkpoint of ours (the log's side of C2SP tlog-witness).
//
// A witness that has another size of us in mind than we thought says so, and is asked again from there. What can only mean
// that our log forked or was rolled back is told apart from everything else that may be wrong with a witness.

import { excerpt } from '../../core/bytes.ts';
import { TrustError, isTrustError } from '../../core/errors.ts';
import { formatAddCheckpoint } from '../../core/log/add-checkpoint.ts';
import { openNote, type VerifiedSignature } from '../../core/log/open-note.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { parseNote, parseSignatureLine } from '../../core/log/note.ts';
import { postAddCheckpoint, type WitnessResponse } from './witness-exchange.ts';

export interface Witness {
  /** As the policy calls it; several names, comma between, where one address signs with several keys. */
  readonly name: string;
  /** Submission prefix. */
  readonly url: URL;
  readonly keys: readonly VerifierKey[];
}

export interface CosignProblem {
  /** `ledger-fork` has to page somebody: this witness knows another history of our log than we have. */
  readonly code: 'ledger-fork' | 'witnesses-unavailable';
  readonly witness: string;
  /** What it said or did, safe to print. */
  readonly message: string;
}

export interface WitnessQuestion {
  readonly fetch: typeof globalThis.fetch;
  readonly checkpoint: { readonly size: number; readonly note: string };
  /** Size that the witness is thought to have seen last; 0 when unknown. */
  readonly from: number;
  readonly maxTries: number;
  readonly proveConsistency: (from: number, to: number) => Promise<readonly Uint8Array[]>;
  /** Entries that our log has by now, also through other processes. */
  readonly headSize: () => Promise<number>;
  readonly signal: AbortSignal;
}

export interface WitnessAnswer {
  /** Size that the witness has seen, as far as we know now. */
  readonly size: number;
  /** Each of them checked. */
  readonly signatures: readonly VerifiedSignature[];
  readonly problems: readonly CosignProblem[];
}

/** Asks one witness. Never throws: whatever goes wrong is a problem in the answer. */
export async function askWitness(witness: Witness, question: WitnessQuestion): Promise<WitnessAnswer> {
  let size = question.from;
  const failed = (code: CosignProblem['code'], message: string): WitnessAnswer => ({
    size,
    signatures: [],
    problems: [{ code, witness: witness.name, message }],
  });
  try {
    for (let attempt = 0; attempt < question.maxTries; attempt++) {
      // What it has seen beyond this checkpoint it will say itself.
      const old = Math.min(size, question.checkpoint.size);
      const response = await send(witness, question, old);
      if (response.status === 200) return await readCosignatures(witness, question.checkpoint, response);
      const alarm = await findAlarm(response, old, question);
      if (alarm !== undefined) return failed('ledger-fork', alarm);
      const seen = response.status === 409 ? seenSize(response) : undefined;
      if (seen === undefined) return failed('witnesses-unavailable', quote(response));
      size = seen;
      if (seen > question.checkpoint.size)
        return failed('witnesses-unavailable', `it has a larger checkpoint of ours already, of ${seen}`);
      if (seen === old)
        return failed('witnesses-unavailable', `it refuses size ${old} and then names the same size`);
    }
    return failed('witnesses-unavailable', `it changed its mind ${question.maxTries} times; last: ${size}`);
  } catch (error) {
    return failed('witnesses-unavailable', messageOf(error, question.signal));
  }
}

async function send(witness: Witness, question: WitnessQuestion, old: number): Promise<WitnessResponse> {
  const { checkpoint, fetch, signal } = question;
  const proof =
    old === 0 || old === checkpoint.size
      ? []
      : await orAborted(question.proveConsistency(old, checkpoint.size), signal);
  const body = formatAddCheckpoint({ oldSize: old, proof, checkpoint: checkpoint.note });
  return postAddCheckpoint(fetch, witness.url, body, signal);
}

/** What an answer says about our own log, if that is that it has two histories. */
async function findAlarm(
  response: WitnessResponse,
  old: number,
  { checkpoint, headSize, signal }: WitnessQuestion,
): Promise<string | undefined> {
  const { size } = checkpoint;
  if (response.status === 422 && old > 0) {
    return old === size
      ? `it has seen another checkpoint of size ${size}: ${quote(response)}`
      : `our tree of ${size} does not continue the one of ${old} that it has seen: ${quote(response)}`;
  }
  if (response.status !== 409) return undefined;
  if (response.contentType !== 'text/x.tlog.size')
    return `it has seen something that contradicts size ${size}: ${quote(response)}`;
  const seen = seenSize(response);
  if (seen === undefined) return undefined;
  if (seen === size && old === size) return `it has seen another checkpoint of size ${size}`;
  if (seen <= size) return undefined;
  const head = await orAborted(headSize(), signal);
  return seen > head ? `it has seen ${seen} entries of ours, and we have ${head}` : undefined;
}

async function readCosignatures(
  witness: Witness,
  checkpoint: WitnessQuestion['checkpoint'],
  response: WitnessResponse,
): Promise<WitnessAnswer> {
  const signatures: VerifiedSignature[] = [];
  const problems: CosignProblem[] = [];
  const complain = (message: string): void => {
    problems.push({ code: 'witnesses-unavailable', witness: witness.name, message });
  };
  for (const line of response.text.split('\n')) {
    if (line === '') continue;
    try {
      const { name, keyId } = parseSignatureLine(line);
      const key = witness.keys.find((known) => known.name === name && known.id === keyId);
      if (key === undefined || signatures.some((other) => other.key === key)) continue;
      signatures.push(...(await openNote(parseNote(`${checkpoint.note}${line}\n`), [key])));
    } catch (error) {
      complain(error instanceof Error ? error.message : 'its answer can not be read');
    }
  }
  for (const { key, time } of signatures) {
    if (time === 0) complain(`its cosignature by ${key.name}+${key.id} states no time`);
  }
  const timed = signatures.filter(({ time }) => time !== 0);
  if (problems.length === 0) {
    const missing = witness.keys.filter((key) => !timed.some((signature) => signature.key === key));
    for (const { name, id } of missing) complain(`it answers without a cosignature by ${name}+${id}`);
  }
  return { size: checkpoint.size, signatures: timed, problems };
}

function seenSize({ contentType, text }: WitnessResponse): number | undefined {
  const size = Number(/^(0|[1-9]\d{0,15})\n?$/.exec(text)?.[1]);
  return contentType === 'text/x.tlog.size' && Number.isSafeInteger(size) ? size : undefined;
}

function quote({ status, text }: WitnessResponse): string {
  const said = excerpt(text.trim(), 200);
  return `status ${status}${said === '' ? '' : `, ${said}`}`;
}

function messageOf(error: unknown, signal: AbortSignal): string {
  if (isTrustError(error, 'witnesses-unavailable')) return error.message;
  if (signal.aborted) return 'it did not answer in time';
  return `our own log could not be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** The promise, or a rejection once the time is over: our database may be slow too. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new TrustError('witnesses-unavailable', 'there was no time left to ask it'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
