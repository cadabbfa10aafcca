// The cleartext signature framework (RFC 9580 section 7), scanned line by line before any other code sees the document.
//
// Exactly one signed message and one signature, nothing but empty lines around them, no header but `Hash`, proper dash
// escapes. CRLF and LF are read; trailing spaces and tabs of a line are not signed and are taken away. The text that
// comes out is what is hashed, parsed and stored: there is no second reading of it.

import { excerpt } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { checkHostileText, checkSize, maxDocumentBytes } from '../hostile-text.ts';
import { maxStatementBytes } from '../statement.ts';
import { readArmourLines, writeArmour } from './armour.ts';

export const cleartextBegin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signatureBegin = '-----BEGIN PGP SIGNATURE-----';
const signatureEnd = '-----END PGP SIGNATURE-----';

const knownHashes = new Set([
  ...['MD5', 'SHA1', 'RIPEMD160', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3-256', 'SHA3-512'],
]);
const hashHeader = /^Hash: ([A-Z0-9-]+(?:, ?[A-Z0-9-]+)*)$/;

export interface CleartextDocument {
  /** Hash names that the headers declare, upper case; empty when there is no header. */
  readonly declaredHashes: readonly string[];
  /** The signed text: LF, no trailing spaces, without its last line break. */
  readonly text: string;
  /** Binary OpenPGP signature data. */
  readonly signature: Uint8Array;
}

/**
 * Cuts a document into declared hashes, signed text and signature. Throws text-too-large, text-forbidden-character,
 * text-outside-signature, hash-header-forged, signature-missing, signature-multiple or signature-invalid.
 */
export function cutCleartext(document: string): CleartextDocument {
  checkSize(document, maxDocumentBytes);
  const normalised = document.replaceAll('\r\n', '\n');
  checkHostileText(normalised, maxDocumentBytes);
  const lines = normalised.split('\n').map(withoutTrailingSpace);
  const first = lines.findIndex((line) => line !== '');
  if (lines[first] !== cleartextBegin) throw outside(lines[first] ?? '');

  const textStart = lines.indexOf('', first) + 1;
  if (textStart === 0) throw new TrustError('signature-missing', 'The signed message has no text.');
  const declaredHashes = lines.slice(first + 1, textStart - 1).flatMap(readHashHeader);
  const textEnd = lines.indexOf(signatureBegin, textStart);
  const last = lines.indexOf(signatureEnd, textEnd);
  if (textEnd === -1 || last === -1) {
    const again = lines.indexOf(cleartextBegin, textStart) !== -1;
    throw again
      ? severalSignatures()
      : new TrustError('signature-missing', 'The signed message has no whole signature.', {
          help: 'Paste everything that gpg --clearsign wrote, to the END PGP SIGNATURE line.',
        });
  }
  const text = lines
    .slice(textStart, textEnd)
    .map((line, i) => withoutDashEscape(line, textStart + i + 1))
    .join('\n');
  // Escapes are gone now, and with them what stood in front of a line.
  checkHostileText(text, maxStatementBytes);
  for (const line of lines.slice(last + 1)) if (line !== '') throw outside(line);
  const armour = lines.slice(textEnd + 1, last);
  if (armour.some((line) => line.startsWith('-----'))) throw severalSignatures();
  return { declaredHashes, text, signature: readArmourLines(armour, 'signature-invalid') };
}

/**
 * The canonical document: the text with dash escapes, a `Hash` header (which GnuPG needs, and which version 6 forbids), the
 * signature in plain armour. `hash` is the upper-case name, undefined for version 6.
 */
export function writeCleartext(text: string, hash: string | undefined, signature: Uint8Array): string {
  const header = hash === undefined ? '' : `Hash: ${hash}\n`;
  const escaped = text.replaceAll(/^-/gm, '- -');
  return `${cleartextBegin}\n${header}\n${escaped}\n${writeArmour('SIGNATURE', signature, hash !== undefined)}`;
}

/** The error for a second message or signature in one document. */
export function severalSignatures(): TrustError {
  return new TrustError(
    'signature-multiple',
    'The document holds more than one signed message or signature.',
    {
      help: 'Submit one signed statement at a time, signed by one key.',
    },
  );
}

function readHashHeader(line: string): readonly string[] {
  const names = hashHeader.exec(line)?.[1]?.split(/, ?/);
  if (names?.every((name) => knownHashes.has(name)) === true) return names;
  throw new TrustError('hash-header-forged', `Not a Hash header: ${excerpt(line, 60)}`, {
    help: 'Between the BEGIN line and the empty line only `Hash: <algorithm>` may stand; anything else is not signed.',
  });
}

function withoutDashEscape(line: string, number: number): string {
  if (line.startsWith('- ')) return line.slice(2);
  if (!line.startsWith('-')) return line;
  if (line === cleartextBegin) throw severalSignatures();
  throw new TrustError('signature-invalid', `Line ${number} begins with a dash that is not escaped.`, {
    help: 'Paste what the signing program wrote, unchanged.',
  });
}

function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}

function outside(line: string): TrustError {
  if (line === cleartextBegin || line === signatureBegin) return severalSignatures();
  return new TrustError('text-outside-signature', `Text outside of the signed part: ${excerpt(line, 60)}`, {
    help: 'Submit the signed message alone, from its BEGIN line to its END line.',
  });
}
