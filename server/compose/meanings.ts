// What each word of a statement means, beside the choice of it. What reviews say means here what it means to readers; the rest
// is addressed to whoever chooses.

import { z } from 'zod';
import {
  ratingMeanings,
  thoroughnessMeanings,
  understandingMeanings,
} from '../../core/statement/meanings.ts';

export type Choice = readonly [word: string, meaning: string];

/** Choices, as pages take them. */
export const choicesSchema = z.array(z.tuple([z.string(), z.string()]).readonly()).readonly();

export const thoroughnessChoices: readonly Choice[] = Object.entries(thoroughnessMeanings);
export const understandingChoices: readonly Choice[] = Object.entries(understandingMeanings);
export const ratingChoices: readonly Choice[] = Object.entries(ratingMeanings);

export const trustChoices: readonly Choice[] = [
  ['high', 'As yourself: their reviews and whom they trust count as yours would.'],
  ['medium', 'Known to be careful: their word counts, one step further away.'],
  ['low', 'Probably honest and able: their word counts a little, and reaches not far.'],
  ['none', 'No word on them: takes back what you said before.'],
  ['distrust', 'Warns of them: whoever trusts you will not count anything that they say.'],
];

export const reasonChoices: readonly Choice[] = [
  ['mistake', 'What it says is wrong.'],
  ['superseded', 'Something newer takes its place.'],
  [
    'key-compromised',
    'Somebody else may have signed it with your key. Revoke the key too: that covers everything at once.',
  ],
  ['other', 'Something else; the comment says what.'],
];

export const relationChoices: readonly Choice[] = [
  ['none', 'No relation to its authors.'],
  ['author', 'You wrote it, or parts of it.'],
  ['maintainer', 'You decide what goes into it.'],
  ['packager', 'You package it for others.'],
  ['employer', 'Whoever employs you makes it or sells it.'],
  ['other', 'Something else; say what below.'],
];
