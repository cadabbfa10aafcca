// What is refused in a text before anything parses it: its size, and characters that show something else than they are.
//
// Refused are control characters except LF and inner tabs, whatever reorders text (bidirectional controls), invisible
// format characters, tag characters (a hidden second text), line separators that only some readers break at, fillers,
// noncharacters and lone surrogates. A joiner (U+200C, U+200D) is let through only behind a character outside ASCII,
// where scripts and emoji need it; a tab is refused in front of a line, where YAML gives white space meaning. Ordinary
// text of every script passes. CR is taken away with CRLF by the envelopes before the text comes here.

import { fromUtf8, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { maxStatementBytes } from './statement.ts';

/** Largest document (envelope, signed text and signature), in bytes of UTF-8. */
export const maxDocumentBytes = maxStatementBytes + 32 * 1024;

const harmless = /^[\n\x20-\x7e]*$/;
const forbiddenCharacters = [
  // Controls: C0 without tab and LF, DEL, C1 with NEL.
  String.raw`\x00-\x08\x0b-\x1f\x7f-\x9f`,
  // Soft hyphen, Arabic letter mark, Hangul fillers; combining grapheme joiner; Khmer inherent vowels.
  String.raw`\u00ad\u061c\u115f\u1160\u3164\uffa0`,
  String.raw`\u034f`,
  String.raw`\u17b4\u17b5`,
  // Mongolian format controls; zero-width space, direction marks.
  String.raw`\u180b-\u180f`,
  String.raw`\u200b\u200e\u200f`,
  // Line and paragraph separators, bidirectional embeddings and overrides, word joiner … deprecated format characters.
  String.raw`\u2028-\u202e\u2060-\u206f`,
  // Byte order mark, interlinear annotations.
  String.raw`\ufeff\ufff0-\ufffc`,
  // Shorthand and musical format controls, tags and the supplementary variation selectors.
  String.raw`\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`,
  String.raw`\p{Cs}\p{Noncharacter_Code_Point}`,
].map((characters) => `[${characters}]`);
const joinerAfterAscii = String.raw`(?<![^\x00-\x7f])[\u200c\u200d]`;
const forbiddenInValue = new RegExp([...forbiddenCharacters, joinerAfterAscii].join('|'), 'u');
const forbiddenInText = new RegExp(`${forbiddenInValue.source}|^ *\\t`, 'mu');

/**
 * Checks a signed text, or a document that holds one. Takes LF line ends. Throws text-too-large above `maxBytes` of
 * UTF-8 and text-forbidden-character with the line and the code point.
 */
export function checkHostileText(text: string, maxBytes: number): void {
  checkSize(text, maxBytes);
  if (harmless.test(text)) return;
  const match = forbiddenInText.exec(text);
  if (match !== null) throw forbidden(text, match);
}

/** Checks a text that came out of an escape sequence, such as "\u202e": the same characters are refused as in a text. */
export function checkHostileValue(value: string): void {
  if (harmless.test(value)) return;
  const match = forbiddenInValue.exec(value);
  if (match !== null) throw forbidden(value, match);
}

/** Whether a value could stand in a statement: the rule of `checkHostileValue` as a question. */
export function isHostileValue(value: string): boolean {
  return forbiddenInValue.test(value);
}

/** Throws text-too-large when a text has more than `maxBytes` bytes of UTF-8. */
export function checkSize(text: string, maxBytes: number): void {
  // A UTF-16 unit is one to three bytes of UTF-8, so most texts need no counting.
  if (text.length * 3 <= maxBytes) return;
  if (text.length <= maxBytes && utf8(text).length <= maxBytes) return;
  throw new TrustError('text-too-large', `The text is larger than ${maxBytes} bytes.`, {
    help: 'Shorten it: long notes can stand elsewhere, named by their address; files of proofs can be split.',
  });
}

/** The text of bytes that came from a file or the network; throws text-forbidden-character on invalid UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new TrustError('text-forbidden-character', 'The text is not valid UTF-8.', {
      help: 'Save it as UTF-8.',
      cause,
    });
  }
}

function forbidden(text: string, match: RegExpExecArray): TrustError {
  const character = match[0].slice(-1) === '\t' ? '\t' : match[0];
  const position = match.index + match[0].length - character.length;
  const line = text.slice(0, position).split('\n').length;
  const code = (text.codePointAt(position) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return character === '\t'
    ? new TrustError('text-forbidden-character', `Line ${line} begins with a tab.`, {
        help: 'Indent with spaces.',
      })
    : new TrustError('text-forbidden-character', `Line ${line} holds the forbidden character U+${code}.`, {
        help: 'Control, direction and invisible characters can make a text read otherwise than it is: remove it.',
      });
}
