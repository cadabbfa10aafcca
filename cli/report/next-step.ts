// The next step for an input, as a command to paste.

import type { VerdictWord } from '../../core/closure/policy.ts';
import { shellQuote } from '../output/shell-quote.ts';

const commands: Readonly<Partial<Record<VerdictWord, string>>> = {
  flagged: 'trust-check explain',
  mismatch: 'trust-check explain',
  insufficient: 'trust-check explain',
};

/** A command for the verdict on this purl; undefined when there is none, or the purl is not safe to paste. */
export function nextStep(verdict: VerdictWord, purl: string): string | undefined {
  const command = commands[verdict];
  const word = shellQuote(purl);
  return command === undefined || word === undefined ? undefined : `${command} ${word}`;
}
