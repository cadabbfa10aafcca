// The notice by which a log names its keys to those who know only an older one: a signed note with this text.
//
//   trust-ledger/keys/v1
//   <origin>
//   <verifier key>             one to sixteen, the current one first
//
// A key that merely signs the same checkpoint proves nothing, because anybody can add a signature line to a note. Here the
// older key signs the newer one itself. Refused: keys that are not the log's, and whatever would be written otherwise.

import { TrustError } from '../errors.ts';
import { formatVerifierKey, parseVerifierKey, type PrivateKey, type VerifierKey } from './note-key.ts';
import { signNote } from './note-signature.ts';
import { formatNote, parseNote } from './note.ts';
import { openNote } from './open-note.ts';

const firstLine = 'trust-ledger/keys/v1';
const maxKeys = 16;

/** The text of a notice, which a note signs. */
export function formatKeyNotice(origin: string, keys: readonly VerifierKey[]): string {
  return `${[firstLine, origin, ...keys.map(formatVerifierKey)].join('\n')}\n`;
}

/** The notice, signed by every Ed25519 key that signs this log's checkpoints. `keys` are all that it names. */
export async function signKeyNotice(
  origin: string,
  keys: readonly VerifierKey[],
  signers: readonly PrivateKey[],
): Promise<string> {
  const text = formatKeyNotice(origin, keys);
  const able = signers.filter(({ key }) => key.type === 'ed25519');
  const signatures = await Promise.all(able.map((signer) => signNote(signer, text, 0)));
  return formatNote({ text, signatures });
}

/**
 * The keys that a notice names, once one of `known` has signed it. Throws note-invalid, signature-missing and
 * signature-invalid.
 */
export async function openKeyNotice(
  note: string,
  origin: string,
  known: readonly VerifierKey[],
): Promise<VerifierKey[]> {
  const parsed = parseNote(note);
  const [first, named, ...lines] = parsed.text.slice(0, -1).split('\n');
  if (first !== firstLine || named !== origin || lines.length < 1 || lines.length > maxKeys) throw wrong();
  const keys = lines.map(parseVerifierKey);
  if (formatKeyNotice(origin, keys) !== parsed.text) throw wrong();
  if (keys.some((key) => key.name !== origin || key.type === 'cosignature')) throw wrong();
  await openNote(
    parsed,
    known.filter(({ name, type }) => name === origin && type === 'ed25519'),
  );
  return keys;
}

function wrong(): TrustError {
  return new TrustError('note-invalid', 'Not a notice of the keys of this log');
}
