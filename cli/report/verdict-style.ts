// How each verdict looks: a symbol and a word, and colour only on top of them.

import type { VerdictWord } from '../../core/closure/policy.ts';
import type { Style, Symbols } from '../output/paint.ts';

export const verdictStyles: Readonly<
  Record<VerdictWord, { readonly style: Style; readonly symbol: keyof Symbols }>
> = {
  flagged: { style: 'bad', symbol: 'bad' },
  mismatch: { style: 'bad', symbol: 'bad' },
  insufficient: { style: 'warn', symbol: 'warn' },
  unreviewed: { style: 'warn', symbol: 'unknown' },
  unverifiable: { style: 'warn', symbol: 'unknown' },
  exempt: { style: 'dim', symbol: 'skip' },
  reviewed: { style: 'good', symbol: 'good' },
  local: { style: 'dim', symbol: 'skip' },
};
