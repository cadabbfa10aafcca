// Checking the signatures of a note (C2SP signed-note): those of unknown keys are ignored, and one of a known key that does
// not hold condemns the whole note.

import { toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import type { VerifierKey } from './note-key.ts';
import { verifyNoteSignature } from './note-signature.ts';
import type { Note, NoteSignature } from './note.ts';

/** A signature that was checked. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Of a cosignature: POSIX seconds; 0 where none is stated. Undefined for a plain signature. */
  readonly time: number | undefined;
  readonly signature: NoteSignature;
}

/**
 * The signatures of a note by the given keys, at least one, each key counted once. Throws signature-invalid when one of
 * them does not hold, signature-missing when there is none, note-invalid when two keys share name and id.
 */
export async function openNote(note: Note, keys: readonly VerifierKey[]): Promise<VerifiedSignature[]> {
  const known = new Map(keys.map((key) => [`${key.name}+${key.id}`, key]));
  if (new Set(keys.map((key) => `${key.name}+${key.id}+${toHex(key.publicKey)}`)).size !== known.size) {
    throw new TrustError('note-invalid', 'Two of the given keys share name and id');
  }
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const signature of note.signatures) {
    const key = known.get(`${signature.name}+${signature.keyId}`);
    if (key === undefined || verified.has(key)) continue;
    verified.set(key, { key, time: await verifyNoteSignature(key, note.text, signature), signature });
  }
  if (verified.size === 0) {
    throw new TrustError(
      'signature-missing',
      'The note carries no signature by a key that is expected here',
      {
        help: `Expected: ${keys.map(({ name, id }) => `${name}+${id}`).join(', ')}.`,
      },
    );
  }
  return [...verified.values()];
}
