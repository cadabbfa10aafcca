// Texts of strangers for showing: names, user ids, addresses, as one line that reads as it is.
//
// Statements and user ids are checked or escaped when they are taken in; this is for what comes from anywhere, and for every
// length. Nothing here makes HTML; whoever prints still escapes.

import { isHostileValue } from './statement/hostile-text.ts';

/** Longest name of somebody that is shown beside the fingerprint. */
const maxNameLength = 80;

/**
 * One line of a text: line breaks as spaces, every control, direction and invisible character as U+FFFD, cut to `most`
 * UTF-16 units with an ellipsis.
 */
export function shownLine(text: string, most = 1024): string {
  // A character beyond the cut can change nothing before it.
  const line = text
    .slice(0, most + 1)
    .replaceAll(/[\r\n\t]+/g, ' ')
    .trim();
  const plain = isHostileValue(line)
    ? Array.from(line, (character) => (isHostileValue(character) ? '\uFFFD' : character)).join('')
    : line;
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}

/** The name that a user id (RFC 9580 section 5.13: by convention `Name <address>`) gives, or its address where it has none. */
export function nameOfUserId(userId: string): string {
  const line = shownLine(userId, 2048);
  const name = line.replace(/\s*<[^<>]*>$/, '');
  return shownLine(name === '' ? line.replaceAll(/[<>]/g, '') : name, maxNameLength);
}
