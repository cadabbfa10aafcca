// What the page of a package or of a version shows, as the view takes it.

import { z } from 'zod';
import { verdictWords } from '../../core/closure/policy.ts';
import { peopleSchema } from '../site/people.ts';
import { reviewItemSchema } from './review-item.ts';

const word = z.enum(verdictWords);
const bytesSchema = z.strictObject({
  digests: z.record(z.string(), z.string()),
  word,
  lines: z.array(z.string()),
  remarks: z.array(z.string()),
  trusted: z.array(z.string()),
  /** Reviewers whom the viewer does not trust: the first few, and how many there are. */
  others: z.array(z.string()),
  otherCount: z.number().int(),
});

export const packageModel = z.strictObject({
  purl: z.string(),
  package: z.string(),
  /** Undefined on the page of the package. */
  version: z.string().optional(),
  hasRoots: z.boolean(),
  /** Undefined when more is said than a page can weigh. */
  verdict: z
    .strictObject({
      word,
      /** Version that the word is of, on the page of the package. */
      of: z.string(),
      trusted: z.number().int(),
      reviewers: z.number().int(),
      /** Reviewers whose standing word is a warning, whoever they are. */
      warning: z.number().int(),
      /** On the page of the package, the versions that are flagged. */
      flagged: z.array(z.string()),
    })
    .optional(),
  bytes: z.array(bytesSchema),
  contradictions: z.array(
    z.strictObject({
      key: z.string(),
      /** Whether people whom the viewer trusts stand on both sides, or everybody counts alike. */
      alarm: z.boolean(),
      sides: z.array(z.strictObject({ value: z.string(), authors: z.array(z.string()) })).length(2),
    }),
  ),
  chain: z.array(
    z.strictObject({
      purl: z.string(),
      full: z.array(z.strictObject({ id: z.string(), index: z.number(), author: z.string() })),
      differences: z.array(z.strictObject({ id: z.string(), index: z.number(), author: z.string() })),
    }),
  ),
  sameBytes: z.array(z.string()),
  reviews: z.array(reviewItemSchema),
  /** Ledger index from which older reviews go on. */
  next: z.number().int().optional(),
  isFirstPage: z.boolean(),
  versions: z.array(
    z.strictObject({
      version: z.string(),
      purl: z.string(),
      reviews: z.number().int(),
      reviewers: z.number().int(),
      trusted: z.number().int().optional(),
      word: word.optional(),
    }),
  ),
  moreVersions: z.boolean(),
  people: peopleSchema,
  origin: z.string(),
});

export type PackageModel = z.input<typeof packageModel>;
