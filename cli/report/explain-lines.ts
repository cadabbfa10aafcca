// An explanation of one input as lines for people.

import { escapeLines, escapeTerminal } from '../output/escape-terminal.ts';
import type { Paint } from '../output/paint.ts';
import type { InputExplanation, ReviewFacts } from './explain-input.ts';
import { trustLines, type StatementAt } from './trust-lines.ts';
import { verdictStyles } from './verdict-style.ts';

const byteWords: Readonly<Record<ReviewFacts['bytes'], string>> = {
  same: 'of these bytes',
  base: 'of the version that a difference starts from',
  different: 'of OTHER bytes',
  incomparable: 'in digests that this lockfile does not carry',
};

/** The lines of an explanation. `place` is where the lockfile names the input. */
export function explainLines(
  { verdict, words, digests, reviews, dependents }: InputExplanation,
  place: string,
  statementAt: StatementAt,
  paint: Paint,
): string[] {
  const { style, symbol } = verdictStyles[verdict.result.verdict];
  const lines = [
    `${paint(style, paint.symbols[symbol])} ${paint('strong', escapeTerminal(verdict.purl))}: ` +
      `${paint(style, verdict.result.verdict)}  ${paint('dim', escapeTerminal(place))}`,
    ...words.map((word) => `    ${escapeTerminal(word)}`),
    '',
    'Digests here:',
    ...(digests.length === 0 ? ['    none'] : digests.map(([key, hex]) => `    ${key} ${hex}`)),
    '',
    reviews.length === 0 ? 'Reviews: none that the server names' : 'Reviews:',
  ];
  for (const review of reviews) lines.push(...reviewLines(review, statementAt, paint));
  lines.push('', 'Needed by:');
  if (dependents.length === 0) lines.push('    nothing else in this lockfile');
  for (const chain of dependents) {
    lines.push(`    ${chain.map(escapeTerminal).join(` ${paint.symbols.arrow} `)}`);
  }
  return lines;
}

function reviewLines(review: ReviewFacts, statementAt: StatementAt, paint: Paint): string[] {
  const rating = review.rating ?? 'no review';
  const counted = review.counted ? ', decides the verdict' : '';
  const base = review.base === undefined ? [] : [`the difference from ${escapeTerminal(review.base)}`];
  return [
    `  ${paint.symbols.bullet} ${rating} by ${review.author}, ${byteWords[review.bytes]}${counted}`,
    `      statement ${review.statement}, entry ${review.index}, signed ${escapeTerminal(review.date)}`,
    ...[`as ${escapeTerminal(review.purl)}`, ...base].map((line) => `      ${line}`),
    ...trustLines(review.standing, statementAt).map((line) => `      ${escapeTerminal(line)}`),
    ...(review.comment === undefined ? [] : escapeLines(review.comment).map((line) => `      | ${line}`)),
  ];
}
