// The words that reviews and trust statements measure with. They are crev's (crev-data, Level and Rating).

import { z } from 'zod';

/** Ascending: how thorough, how well understood, how severe. */
export const levels = ['none', 'low', 'medium', 'high'] as const;
export type Level = (typeof levels)[number];

/** Ascending: how far someone is trusted. */
export const trustLevels = ['distrust', 'none', 'low', 'medium', 'high'] as const;
export type TrustLevel = (typeof trustLevels)[number];

/** Ascending: what the reviewer thinks of the code. */
export const ratings = ['negative', 'neutral', 'positive', 'strong'] as const;
export type Rating = (typeof ratings)[number];

/** Which versions, seen from the one that a report names, it is about. */
export const ranges = ['minor', 'major', 'all'] as const;
export type Range = (typeof ranges)[number];

/** Whether `value` is at least `least` on the scale that both stand on. */
export function atLeast<Word extends string>(scale: readonly Word[], value: Word, least: Word): boolean {
  return scale.indexOf(value) >= scale.indexOf(least);
}

export const levelSchema = z.enum(levels);
export const trustLevelSchema = z.enum(trustLevels);
/** crev's old word `dangerous` reads as negative. */
export const ratingSchema = z.preprocess(
  (word) => (word === 'dangerous' ? 'negative' : word),
  z.enum(ratings),
);
export const rangeSchema = z.enum(ranges);
