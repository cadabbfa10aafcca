// Verdicts: tagged unions that carry their origin, never booleans. The schemas are the API's and the JSON report's.

import { z } from 'zod';
import { digestKeys, type DigestKey } from '../digest/digest-set.ts';
import { identitySchema, rootSchema } from '../identity-schema.ts';
import { levelSchema, ratingSchema, trustLevelSchema } from '../statement/levels.ts';
import { statementIdSchema } from '../statement/statement.ts';
import { exemptionSchema, verdictWords } from './policy.ts';
import { unverifiableReasons } from './input.ts';

const digestKey = z.enum(Object.keys(digestKeys) as [DigestKey, ...DigestKey[]]);

/** One trusted review and why it was heard. */
export const originSchema = z.strictObject({
  statement: statementIdSchema,
  /** Its place in the ledger. */
  index: z.number().int().min(0),
  author: identitySchema,
  level: trustLevelSchema,
  distance: z.number().int().min(0),
  path: z.array(
    z.strictObject({
      from: rootSchema,
      to: rootSchema,
      level: trustLevelSchema,
      index: z.number().int().min(0).optional(),
    }),
  ),
  /** What was reviewed, as the reviewer called it. */
  purl: z.string(),
  date: z.string(),
  review: z
    .strictObject({ thoroughness: levelSchema, understanding: levelSchema, rating: ratingSchema })
    .optional(),
  /** The digests that the review and the input share. */
  matched: z.array(digestKey),
  /** How digests were joined that the closure does not carry itself. */
  via: z.enum(['computed', 'source-statement']).optional(),
  /** The source statements that joined them, for `source-statement`. */
  sources: z.array(statementIdSchema).optional(),
  /** Model, when a machine made the review. */
  'llm-agent': z.string().optional(),
  relation: z.string().optional(),
  comment: z.string().optional(),
});
export type Origin = z.output<typeof originSchema>;

/** A review of a difference with the reviews that carry its base: a chain from the input down to a full review. */
export const chainSchema = z.array(originSchema).min(1);

/** Why trusted reviews do not suffice. */
export const shortfallSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('trust'),
    statement: statementIdSchema,
    has: trustLevelSchema,
    needs: trustLevelSchema,
  }),
  z.strictObject({
    kind: z.literal('thoroughness'),
    statement: statementIdSchema,
    has: levelSchema,
    needs: levelSchema,
  }),
  z.strictObject({
    kind: z.literal('understanding'),
    statement: statementIdSchema,
    has: levelSchema,
    needs: levelSchema,
  }),
  z.strictObject({
    kind: z.literal('rating'),
    statement: statementIdSchema,
    has: ratingSchema,
    needs: ratingSchema,
  }),
  z.strictObject({ kind: z.literal('no-review'), statement: statementIdSchema }),
  z.strictObject({ kind: z.literal('machine-made'), statement: statementIdSchema, model: z.string() }),
  z.strictObject({ kind: z.literal('relation'), statement: statementIdSchema, relation: z.string() }),
  z.strictObject({ kind: z.literal('paid'), statement: statementIdSchema }),
  /** The base of a reviewed difference is not itself reviewed. */
  z.strictObject({ kind: z.literal('base'), statement: statementIdSchema, base: z.string() }),
  z.strictObject({ kind: z.literal('redundancy'), has: z.number().int(), needs: z.number().int() }),
  /** Only some of the files that an installer may take are reviewed. */
  z.strictObject({ kind: z.literal('artefacts'), reviewed: z.number().int(), of: z.number().int() }),
]);
export type Shortfall = z.output<typeof shortfallSchema>;

/** Why an input is flagged. */
export const flagSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('negative-review'), origin: originSchema }),
  z.strictObject({ kind: z.literal('issue'), id: z.string(), severity: levelSchema, origin: originSchema }),
]);
export type Flag = z.output<typeof flagSchema>;

const openIssue = z.strictObject({
  id: z.string(),
  severity: levelSchema,
  reports: z.array(statementIdSchema),
});

export const verdictSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('reviewed'), chains: z.array(chainSchema).min(1) }),
  z.strictObject({
    verdict: z.literal('insufficient'),
    reviews: z.array(originSchema),
    shortfalls: z.array(shortfallSchema),
  }),
  /** `strangers`: reviews of these bytes by people outside the trust set. `note`: a review exists in other digests. */
  z.strictObject({
    verdict: z.literal('unreviewed'),
    strangers: z.number().int(),
    note: z.string().optional(),
  }),
  z.strictObject({ verdict: z.literal('flagged'), flags: z.array(flagSchema).min(1) }),
  z.strictObject({
    verdict: z.literal('mismatch'),
    others: z
      .array(z.strictObject({ origin: originSchema, key: digestKey, here: z.string(), reviewed: z.string() }))
      .min(1),
  }),
  z.strictObject({
    verdict: z.literal('unverifiable'),
    reason: z.enum(unverifiableReasons),
    note: z.string(),
  }),
  z.strictObject({ verdict: z.literal('exempt'), exemption: exemptionSchema, instead: z.enum(verdictWords) }),
  z.strictObject({ verdict: z.literal('local') }),
]);
export type Verdict = z.output<typeof verdictSchema>;

/** The verdict on one input, with what is known beside it. */
export const inputVerdictSchema = z.strictObject({
  purl: z.string(),
  /** Position in the closure. */
  input: z.number().int().min(0),
  result: verdictSchema,
  /** Remarks that change no verdict: unmaintained, open issues below the bar, known under another name, expired exemption. */
  remarks: z.array(z.string()),
  issues: z.array(openIssue),
});
export type InputVerdict = z.output<typeof inputVerdictSchema>;

export const reportSchema = z.strictObject({
  schema: z.literal(1),
  /** Closure id: SHA-256 of the sorted canonical lines. */
  closure: z.string(),
  format: z.string(),
  met: z.boolean(),
  /** How many inputs have which verdict; the sum is the number of inputs. */
  totals: z.record(z.enum(verdictWords), z.number().int()),
  /** Inputs of ignored groups: left out of everything above, and counted. */
  ignored: z.number().int(),
  verdicts: z.array(inputVerdictSchema),
  remarks: z.array(z.string()),
});
export type Report = z.output<typeof reportSchema>;
