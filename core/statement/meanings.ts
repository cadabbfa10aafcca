// What the words of reviews and trust statements mean, in one sentence each: the same beside a choice, on a page and in help.
//
// The words and their sense are crev's (crev-data; the text that `cargo crev review` opens in an editor).

import type { Level, Range, Rating, TrustLevel } from './levels.ts';
import type { PackageReview, Retraction, StatementKind } from './statement.ts';

export const thoroughnessMeanings: Readonly<Record<Level, string>> = {
  none: 'A glance at most: nobody should rely on it.',
  low: 'Skimmed, about two minutes for a file: what it does was seen, not how.',
  medium: 'Read once with attention, about a quarter of an hour for a file.',
  high: 'Read line by line, an hour or more for a file.',
};

export const understandingMeanings: Readonly<Record<Level, string>> = {
  none: 'The code was not understood.',
  low: 'What it is for is clear; most of how it works is not.',
  medium: 'How it works is clear; some parts remain dark.',
  high: 'All of it is understood, and why it is written so.',
};

export const ratingMeanings: Readonly<Record<Rating, string>> = {
  negative: 'Not to be used: it is dangerous, or so flawed that it should not go into production.',
  neutral: 'Usable, with flaws that its users should know of.',
  positive: 'Good to use: secure as far as was read, at most small problems.',
  strong: 'Secure and well made in every respect, fit to be depended on anywhere.',
};

export const trustMeanings: Readonly<Record<TrustLevel, string>> = {
  distrust: 'Nothing from them counts, and whoever relies on this author leaves them out.',
  none: 'Known, and not relied on.',
  low: 'Their reviews count for a little.',
  medium: 'Their reviews count.',
  high: 'Their reviews count as much as one’s own.',
};

export const severityMeanings: Readonly<Record<Level, string>> = {
  none: 'No harm, worth knowing.',
  low: 'Little harm.',
  medium: 'Harm under some conditions.',
  high: 'Serious harm.',
};

export const rangeMeanings: Readonly<Record<Range, string>> = {
  minor: 'versions with the same major and minor number',
  major: 'versions with the same major number',
  all: 'all versions',
};

export const relationMeanings: Readonly<
  Record<NonNullable<PackageReview['disclosure']>['relation'], string>
> = {
  none: 'has nothing to do with it',
  author: 'wrote it, or part of it',
  maintainer: 'maintains it',
  packager: 'packages it for others',
  employer: 'works for those who make it',
  other: 'is related to it in another way',
};

export const reasonMeanings: Readonly<Record<Retraction['reason'], string>> = {
  mistake: 'It was a mistake.',
  superseded: 'Something newer takes its place.',
  'key-compromised': 'The key was in the hands of others.',
  other: 'The author gives no reason of these.',
};

export const kindMeanings: Readonly<Record<StatementKind, string>> = {
  'package review': 'The author says what they read of exact bytes, and what they think of them.',
  trust: 'The author says how far they trust other reviewers.',
  'reviewer set': 'An organisation says who reviews for it, and how far it trusts each.',
  source: 'The author says that several digests are of the same source.',
  retraction: 'The author withdraws an earlier statement. It stays in the ledger.',
};
