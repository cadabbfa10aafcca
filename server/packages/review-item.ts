// One review in a list: what it says in a line, whose it is, whether it still stands, and why its author is trusted or is not.

import { z } from 'zod';
import type { Identity } from '../../core/identity.ts';
import { formatSeconds } from '../../core/time.ts';
import type { View } from '../../core/trust/view.ts';
import type { ListedReview } from '../../db/site-reviews.ts';
import { shownStatement, shownStatementSchema } from '../statements/shown-statement.ts';

/** Why somebody is trusted under the viewer's roots, or is not. */
export const standingSchema = z.discriminatedUnion('kind', [
  /** The viewer has chosen nobody. */
  z.strictObject({ kind: z.literal('no-roots') }),
  z.strictObject({ kind: z.literal('root') }),
  z.strictObject({
    kind: z.literal('trusted'),
    level: z.string(),
    distance: z.number().int(),
    path: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        level: z.string(),
        index: z.number().int().optional(),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal('banned') }),
  z.strictObject({ kind: z.literal('stranger') }),
]);
export type Standing = z.output<typeof standingSchema>;

export const reviewItemSchema = z.strictObject({
  id: z.string(),
  index: z.number().int(),
  recordedAt: z.string(),
  date: z.string(),
  author: z.string(),
  version: z.string(),
  shown: shownStatementSchema,
  /** Purl of the base, for a review of a difference. */
  base: z.string().optional(),
  state: z.enum(['standing', 'superseded', 'retracted', 'void']),
  /** What the version is to the page: the one it is about or the newest known, an older one, another one. */
  age: z.enum(['current', 'older', 'newer', 'other']),
  standing: standingSchema,
});
export type ReviewItem = z.input<typeof reviewItemSchema>;

/** How somebody stands under the view's roots, for reviews of a package or, without one, in general. */
export function standingOf(view: View | undefined, author: Identity, packagePurl?: string): Standing {
  if (view === undefined || view.roots.length === 0) return { kind: 'no-roots' };
  const entry = view.lookup(author, packagePurl);
  if (entry === undefined) return { kind: view.isBanned(author, packagePurl) ? 'banned' : 'stranger' };
  const path = view.path(author, packagePurl);
  if (path.length === 0) return { kind: 'root' };
  return {
    kind: 'trusted',
    level: entry.level,
    distance: entry.distance,
    path: path.map(({ from, to, level, index }) => ({
      ...{ from, to, level },
      ...(index !== undefined && { index }),
    })),
  };
}

/** What a list says of a review beside the review itself. */
export interface ItemContext {
  readonly version: string;
  readonly age: ReviewItem['age'];
  /** Indices of the reviews that are not superseded; undefined when that is not known. */
  readonly current: ReadonlySet<number> | undefined;
  readonly standing: Standing;
}

/** A review as lists show it. */
export function reviewItem(
  review: ListedReview,
  { version, age, current, standing }: ItemContext,
): ReviewItem {
  const { id, index, author, statement, recordedAt, isRetracted, isVoid } = review;
  const base = statement['package-diff-base']?.purl;
  const isOld = current !== undefined && !current.has(index);
  return {
    ...{ id, index, author, version, age, standing },
    recordedAt: formatSeconds(recordedAt),
    date: statement.date,
    shown: shownStatement(statement),
    ...(base !== undefined && { base }),
    state: isVoid ? 'void' : isRetracted ? 'retracted' : isOld ? 'superseded' : 'standing',
  };
}
