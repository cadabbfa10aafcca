// A word that is neither a file nor a command is often a command mistyped, since check needs no name.

import { isTrustError, TrustError } from '../../core/errors.ts';
import { nearestWord } from '../../core/closure/nearest-word.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

export const commandNames = [
  'check',
  'explain',
  'digest',
  'review',
  'trust',
  'retract',
  'publish',
  'import',
  'set',
  'mirror',
  'log',
  'init',
  'config',
] as const;

/** The error for a path that is not there, with the command that may have been meant. */
export function suggestCommand(error: unknown, word: string | undefined): unknown {
  if (!isTrustError(error, 'usage') || word === undefined) return error;
  const known: readonly string[] = commandNames;
  if (known.includes(word)) {
    return new TrustError('usage', `${word} is a command: it comes before the options.`, { cause: error });
  }
  const nearest = nearestWord(word, known);
  if (nearest === undefined) return error;
  return new TrustError('usage', `No such file, and no such command: ${escapeTerminal(word)}`, {
    help: `Did you mean trust-check ${nearest}?`,
    cause: error,
  });
}
