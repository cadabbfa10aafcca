// The lines of a documents bundle: one document of the ledger each, in one way only.
//
//   {"index":<n>,"hash":"<sha256 hex>","document":"<text>"}      as JSON.stringify writes it, then a line feed
//
// Read strictly: a line that would be written otherwise is refused, so that no byte of a copy can change unnoticed. That the
// hash is the document's, and the one of the entry's leaf record, is for the reader to check.

import type { DocumentLine } from '../api/ledger.ts';
import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

/** Largest line, in UTF-16 units: a document of 1 MiB with every character escaped as \uXXXX, and what is around it. */
export const maxDocumentLine = 6 * 1024 * 1024 + 256;

const maxDocumentLength = 1024 * 1024;
const linePattern = /^\{"index":(0|[1-9]\d{0,15}),"hash":"([0-9a-f]{64})","document":(".*")\}$/s;
const lineFeed = 0x0a;

/** One line with its line feed. */
export function formatDocumentLine({ index, hash, document }: DocumentLine): string {
  return `${JSON.stringify({ index, hash, document })}\n`;
}

/** Reads one line without its line feed; throws proof-invalid for anything that would not be written the same. */
export function parseDocumentLine(text: string): DocumentLine {
  const [, index = '', hash = '', token = ''] =
    linePattern.exec(text.length > maxDocumentLine ? '' : text) ?? [];
  let document: unknown;
  try {
    document = JSON.parse(token);
  } catch (cause) {
    throw wrong(text, cause);
  }
  // The number is written in one way only by the pattern; of a text's many forms, JSON.stringify gives one.
  if (typeof document !== 'string' || JSON.stringify(document) !== token) throw wrong(text);
  if (document.length > maxDocumentLength || !Number.isSafeInteger(Number(index))) throw wrong(text);
  return { index: Number(index), hash, document };
}

/** The lines of a documents bundle as bytes, each without its line feed; what is behind the last line feed comes as a last line. */
export function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(lineFeed, at);
    lines.push(bytes.subarray(at, end === -1 ? bytes.length : end));
    at = end === -1 ? bytes.length : end + 1;
  }
  return lines;
}

/** The first `count` lines of a documents bundle that may hold more, with their line feeds. */
export function firstLines(bytes: Uint8Array, count: number): Uint8Array {
  let at = 0;
  for (let line = 0; line < count; line++) {
    const end = bytes.indexOf(lineFeed, at);
    if (end === -1) return bytes;
    at = end + 1;
  }
  return bytes.subarray(0, at);
}

function wrong(text: string, cause?: unknown): TrustError {
  return new TrustError('proof-invalid', `Not a line of a documents bundle: ${excerpt(text, 40)}`, {
    ...(cause !== undefined && { cause }),
  });
}
