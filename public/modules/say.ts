// Saying something in a live region: a mark and a text, so that colour is never alone.

import { TrustError } from '../../core/errors.ts';

export type Tone = 'plain' | 'good' | 'bad';

const marks: Readonly<Record<Tone, string>> = { plain: '', good: '✓ ', bad: '! ' };

/** Replaces what a live region says. */
export function say(place: HTMLElement, tone: Tone, text: string): void {
  place.textContent = `${marks[tone]}${text}`;
  place.className = `said said-${tone}`;
}

/** Says what went wrong, and what to do. */
export function sayError(place: HTMLElement, error: unknown): void {
  if (error instanceof TrustError) say(place, 'bad', [error.message, error.help].filter(Boolean).join(' '));
  else
    say(
      place,
      'bad',
      `Something failed in this page: ${error instanceof Error ? error.message : String(error)}`,
    );
}
