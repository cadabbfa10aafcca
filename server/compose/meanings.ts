// What each word of a statement means, beside the choice of it. The scales are crev's; the times for thoroughness are those
// that crev documents.

import { z } from 'zod';

export type Choice = readonly [word: string, meaning: string];

/** Choices, as pages take them. */
export const choicesSchema = z.array(z.tuple([z.string(), z.string()]).readonly()).readonly();

export const thoroughnessChoices: readonly Choice[] = [
  ['none', 'A glance at most. You vouch for nothing that you read.'],
  ['low', 'Skimmed, about two minutes for a file: what it does was seen, not how.'],
  ['medium', 'Read once with attention, about a quarter of an hour for a file.'],
  ['high', 'Read line by line, an hour or more for a file.'],
];

export const understandingChoices: readonly Choice[] = [
  ['none', 'The code was not understood.'],
  ['low', 'What it is for is clear; most of how it works is not.'],
  ['medium', 'How it works is clear; some parts remain dark.'],
  ['high', 'All of it is understood, and why it is written so.'],
];

export const ratingChoices: readonly Choice[] = [
  [
    'negative',
    'Not to be used: it is dangerous, or so flawed that it should not go into production. Say why.',
  ],
  ['neutral', 'Usable, with flaws that its users should know of.'],
  ['positive', 'Good to use: secure as far as was read, at most small problems.'],
  ['strong', 'Secure and well made in every respect, fit to be depended on anywhere.'],
];

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
