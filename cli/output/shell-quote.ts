// Suggested commands: what is printed for a person to paste into a shell.

/**
 * One word of a POSIX shell command. Plain words stay as they are, others are put into single quotes. Undefined when the
 * text holds a character that would be unsafe to paste even so: then the suggestion is printed without it.
 */
export function shellQuote(word: string): string | undefined {
  if (/^[A-Za-z0-9._~:/@%+=,-]+$/.test(word) && !word.startsWith('-')) return word;
  if (word === '' || !/^[\x20-\x7e]+$/.test(word) || word.startsWith('-')) return undefined;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
