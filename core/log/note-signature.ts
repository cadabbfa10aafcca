// What a signature on a note is over, by the type of its key: C2SP signed-note for a log's own Ed25519 signature,
// tlog-cosignature for witnesses (Ed25519 and ML-DSA-44) and for a log's second, ML-DSA signature.
//
// A cosignature's payload begins with its time, 8 bytes of POSIX seconds, big-endian.

import { utf8 } from '../bytes.ts';
import { ed25519SignatureBytes, verifyEd25519 } from '../ed25519.ts';
import { TrustError } from '../errors.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { mlDsaSignatureBytes, verifyMlDsa44 } from './ml-dsa.ts';
import type { NoteSignature } from './note.ts';
import type { PrivateKey, VerifierKey } from './note-key.ts';

const timeBytes = 8;

/**
 * Signs a note's text. `time`, in whole POSIX seconds, is what a cosignature states; a log's second signature states 0.
 * It is left out of plain Ed25519 signatures. Throws note-invalid when a cosignature's text is no checkpoint.
 */
export async function signNote(
  { key, sign }: PrivateKey,
  text: string,
  time: number,
): Promise<NoteSignature> {
  const signature = await sign(signedMessage(key, text, time));
  const payload = key.type === 'ed25519' ? signature : Uint8Array.of(...formatTime(time), ...signature);
  return { name: key.name, keyId: key.id, payload };
}

/** Checks a signature by this key; returns its time, undefined for a plain one. Throws signature-invalid. */
export async function verifyNoteSignature(
  key: VerifierKey,
  text: string,
  { payload }: NoteSignature,
): Promise<number | undefined> {
  const time = key.type === 'ed25519' ? undefined : readTime(payload);
  const signature = time === undefined ? payload : payload.subarray(timeBytes);
  const message = signedMessage(key, text, time ?? 0);
  const length = key.type === 'mlDsa' ? mlDsaSignatureBytes : ed25519SignatureBytes;
  const verify = key.type === 'mlDsa' ? verifyMlDsa44 : verifyEd25519;
  if (signature.length !== length || !(await verify(key.publicKey, signature, message))) {
    throw new TrustError('signature-invalid', `The signature of ${key.name} on the note does not hold`);
  }
  return time;
}

function signedMessage(key: VerifierKey, text: string, time: number): Uint8Array {
  if (key.type === 'ed25519') return utf8(text);
  // What is signed is written anew from what was read, so that a text that two parsers read differently is never signed.
  const { origin, size, root } = parseCheckpoint(text);
  if (key.type === 'cosignature') return utf8(`cosignature/v1\ntime ${time}\n${text}`);
  const [name, log] = [utf8(key.name), utf8(origin)];
  return Uint8Array.of(
    ...utf8('subtree/v1\n\0'),
    ...[name.length, ...name],
    ...formatTime(time),
    ...[log.length, ...log],
    ...formatTime(0),
    ...formatTime(size),
    ...root,
  );
}

/** An unsigned 64-bit integer, big-endian. */
function formatTime(value: number): Uint8Array {
  const bytes = new Uint8Array(timeBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function readTime(payload: Uint8Array): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const time = payload.length < timeBytes ? -1n : view.getBigUint64(0);
  if (time < 0n || time > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new TrustError('signature-invalid', 'The cosignature states no time that can be read');
  }
  return Number(time);
}
