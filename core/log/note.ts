// Signed notes (C2SP signed-note): a text, an empty line, and signature lines.
//
// Read strictly: a note that would be written otherwise is refused, so that two readers can't see two notes. Signatures are
// checked elsewhere (open-note.ts).

import { excerpt, fromBase64, fromHex, toBase64, toHex } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { isKeyName } from './note-key.ts';

export interface NoteSignature {
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  /** What stands behind the key id. */
  readonly payload: Uint8Array;
}

export interface Note {
  /** Ends in a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Largest note, in UTF-16 units, and most signatures that are read. */
export const maxNoteLength = 256 * 1024;
export const maxNoteSignatures = 100;

const separator = '\n\n';
// The dash is U+2014.
const linePattern = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u;

/** Reads a note without checking any signature. Throws note-invalid. */
export function parseNote(note: string): Note {
  if (note.length > maxNoteLength) throw wrong('it is too long');
  // eslint-disable-next-line no-control-regex -- exactly these are what the format forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw wrong('it holds control characters');
  if (/\p{Cs}/u.test(note)) throw wrong('it is not well-formed Unicode');
  const end = note.lastIndexOf(separator);
  if (end === -1 || !note.endsWith('\n')) throw wrong('there are no signature lines behind an empty line');
  const lines = note.slice(end + separator.length, -1).split('\n');
  if (lines.length > maxNoteSignatures) throw wrong(`it has over ${maxNoteSignatures} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

/** Writes a note; its text has to end in a line feed. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

/** One signature line with its line feed. */
export function formatSignatureLine({ name, keyId, payload }: NoteSignature): string {
  // Copied, not spread: a payload may be longer than a call can have arguments.
  const id = fromHex(keyId);
  const bytes = new Uint8Array(id.length + payload.length);
  bytes.set(id);
  bytes.set(payload, id.length);
  return `\u2014 ${name} ${toBase64(bytes)}\n`;
}

/** Reads one signature line without its line feed. Throws note-invalid. */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', encoded = ''] = linePattern.exec(line) ?? [];
  if (!isKeyName(name)) throw wrong(`not a signature line: ${excerpt(line)}`);
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(encoded);
  } catch (cause) {
    throw wrong(`not base64: ${excerpt(line)}`, cause);
  }
  if (bytes.length < 5) throw wrong(`a signature line is too short: ${excerpt(line)}`);
  return { name, keyId: toHex(bytes.subarray(0, 4)), payload: bytes.subarray(4) };
}

function wrong(why: string, cause?: unknown): TrustError {
  return new TrustError('note-invalid', `Not a signed note: ${why}`, cause === undefined ? {} : { cause });
}
