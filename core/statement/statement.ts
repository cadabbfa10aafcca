// What can be said and signed: the five kinds of statement, as zod schemas and the types they give.
//
// This is the one shape in memory, in JSON and in the database, whichever envelope a statement came in. Field names and
// level words are crev's. Values come from a failsafe YAML reading, so every scalar is a text: booleans and numbers are
// converted here. Unknown fields are refused, because what was signed and is not understood must not look understood.

import { z } from 'zod';
import { digestSetSchema } from '../digest/digest-set.ts';
import { purlSchema } from '../digest/purl.ts';
import { makeIdentity, setNamePattern, splitIdentity, type Identity, type IdType } from '../identity.ts';
import { rootSchema } from '../identity-schema.ts';
import { parseInstant } from '../time.ts';
import { isPurlPattern } from '../trust/scope.ts';
import { levelSchema, rangeSchema, ratingSchema, trustLevelSchema } from './levels.ts';

/** Largest signed text, in bytes of UTF-8. */
export const maxStatementBytes = 64 * 1024;

export type StatementId = string & { readonly __brand: 'StatementId' };

const statementIdPattern = /^[0-9a-f]{64}$/;
/** A statement id: SHA-256 of the canonical signed text, 64 lower-case hex digits. */
export const statementIdSchema = z
  .string()
  .regex(statementIdPattern, 'A statement id is 64 lower-case hex digits.')
  .transform((text) => text as StatementId);

const shortText = z.string().min(1).max(256);
const longText = z.string().max(maxStatementBytes);
const url = z.string().min(1).max(2048);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
const date = z.string().max(40).refine(isInstant, 'Not an RFC 3339 date-time with an offset.');
const list = <Item extends z.ZodType>(item: Item, most = 1000) => z.array(item).max(most);

const idFields = {
  'id-type': z.enum(['openpgp', 'crev']),
  id: z.string().max(64),
  url: url.optional(),
  'url-type': shortText.optional(),
};

/** Someone, as statements name them: `{id-type, id}` and where they say they publish. */
export const idRefSchema = z.strictObject(idFields).transform(withCanonicalId);
export type IdRef = z.output<typeof idRefSchema>;

/** Someone whose statement is to be ignored, and why. */
const overrideSchema = z
  .strictObject({ ...idFields, comment: longText.optional() })
  .transform(withCanonicalId);

/** The identity that a reference names. */
export function identityOf(ref: IdRef): Identity {
  return makeIdentity(ref['id-type'], ref.id);
}

const common = {
  /** 1 for ours, -1 for crev's. */
  version: z
    .union([
      z.number().int(),
      z
        .string()
        .regex(/^-?\d{1,9}$/)
        .transform(Number),
    ])
    .pipe(z.number().int()),
  date,
  from: idRefSchema,
  comment: longText.optional(),
};

/** Exact bytes of a package: the purl says what it is called, the digests say which bytes. */
export const subjectSchema = z.strictObject({
  purl: purlSchema,
  digests: digestSetSchema,
  /** VCS revision, advisory only. */
  revision: shortText.optional(),
  'revision-type': shortText.optional(),
});
export type Subject = z.output<typeof subjectSchema>;

const issue = z.strictObject({
  id: shortText,
  severity: levelSchema,
  range: rangeSchema.default('all'),
  comment: longText.optional(),
});
const advisory = z.strictObject({
  ids: z.array(shortText).min(1).max(100),
  severity: levelSchema,
  range: rangeSchema.default('all'),
  critical: flag.optional(),
  comment: longText.optional(),
});
const pathList = list(z.string().min(1).max(1024));

export const packageReviewSchema = z.strictObject({
  kind: z.literal('package review'),
  ...common,
  /** In crev proofs that were issued again under another key. */
  original: z.strictObject({ proof: shortText, comment: longText.optional() }).optional(),
  package: subjectSchema,
  'package-diff-base': subjectSchema.optional(),
  /** Absent: no review took place, the statement carries only issues, advisories, flags and the like. */
  review: z
    .strictObject({ thoroughness: levelSchema, understanding: levelSchema, rating: ratingSchema })
    .optional(),
  /** Which files were read, skimmed, generated or opaque, as globs, so that what was not read can't hide. */
  coverage: z
    .strictObject({
      read: pathList.optional(),
      skimmed: pathList.optional(),
      generated: pathList.optional(),
      opaque: pathList.optional(),
    })
    .optional(),
  disclosure: z
    .strictObject({
      relation: z.enum(['none', 'author', 'maintainer', 'packager', 'employer', 'other']),
      paid: flag.default(false),
      comment: longText.optional(),
    })
    .optional(),
  'llm-agent': z
    .strictObject({
      model: shortText,
      'model-version': shortText.optional(),
      'human-guided': flag.default(false),
    })
    .optional(),
  flags: z.strictObject({ unmaintained: flag.optional(), 'pregenerated-files': flag.optional() }).optional(),
  issues: list(issue).optional(),
  advisories: list(advisory).optional(),
  alternatives: list(z.strictObject({ purl: purlSchema })).optional(),
  /** Authors whose review of this same package version is to be ignored. */
  override: list(overrideSchema).optional(),
});
export type PackageReview = z.output<typeof packageReviewSchema>;

const trustFields = z.strictObject({
  kind: z.literal('trust'),
  ...common,
  original: z.strictObject({ proof: shortText, comment: longText.optional() }).optional(),
  ids: z.array(idRefSchema).min(1).max(1000),
  trust: trustLevelSchema,
  /** That the one identity in `ids` is the author's own next or former key. It counts once both keys have said so. */
  succession: z.enum(['successor', 'predecessor']).optional(),
  /** Whose trust statements about these ids are to be ignored. */
  override: list(overrideSchema).optional(),
});
export const trustSchema = trustFields.refine(
  ({ succession, ids, from }) =>
    succession === undefined || (ids.length === 1 && ids.every((id) => identityOf(id) !== identityOf(from))),
  { path: ['succession'], message: 'A successor or predecessor is one other key.' },
);
export type TrustStatement = z.output<typeof trustSchema>;

/** Free data whose scalars are texts, as the failsafe reading gives them; numbers and booleans of JSON become texts. */
export type TextTree = string | TextTree[] | { [key: string]: TextTree };
const textTree: z.ZodType<TextTree> = z
  .lazy(() =>
    z.union([
      z.string(),
      z.union([z.number(), z.boolean()]).transform(String),
      z.array(textTree),
      z.record(z.string().max(64), textTree),
    ]),
  )
  .meta({ id: 'TextTree' });

/** purl patterns such as pkg:npm/%40babel/* that limit where an edge counts. */
const scope = z.array(z.string().min(1).max(512).refine(isPurlPattern, 'Not a purl pattern.')).min(1).max(64);

export const reviewerSetSchema = z.strictObject({
  kind: z.literal('reviewer set'),
  ...common,
  name: z.string().regex(setNamePattern, 'A set is named with lower-case letters, digits and inner hyphens.'),
  title: shortText,
  home: url.optional(),
  domain: z.string().max(253).optional(),
  members: list(
    z.strictObject({
      id: idRefSchema,
      trust: trustLevelSchema,
      scope: scope.optional(),
      role: shortText.optional(),
    }),
    5000,
  ),
  /** Other organisations' sets, trusted no further than the cap. */
  includes: list(
    z.strictObject({ set: rootSchema, cap: trustLevelSchema, scope: scope.optional() }),
    200,
  ).optional(),
  /** What the organisation recommends to those who trust it, in the words of the policy file. */
  policy: z.record(z.string().max(64), textTree).optional(),
});
export type ReviewerSet = z.output<typeof reviewerSetSchema>;

export const sourceSchema = z.strictObject({
  kind: z.literal('source'),
  ...common,
  /** All these digests are of the same source, the author says. */
  package: subjectSchema,
  /** The files inside, so that a statement about one file reaches every archive that holds it. */
  manifest: list(
    z.strictObject({
      path: z.string().min(1).max(1024),
      mode: z.enum(['100644', '100755', '120000']),
      digests: digestSetSchema,
    }),
    5000,
  ).optional(),
});
export type SourceStatement = z.output<typeof sourceSchema>;

export const retractionSchema = z.strictObject({
  kind: z.literal('retraction'),
  ...common,
  /** The statement that is withdrawn; its author must be this one's. */
  statement: statementIdSchema,
  reason: z.enum(['mistake', 'superseded', 'key-compromised', 'other']).default('other'),
});
export type Retraction = z.output<typeof retractionSchema>;

export const statementSchema = z.discriminatedUnion('kind', [
  packageReviewSchema,
  trustSchema,
  reviewerSetSchema,
  sourceSchema,
  retractionSchema,
]);
export type Statement = z.output<typeof statementSchema>;
export type StatementKind = Statement['kind'];

function withCanonicalId<Ref extends { 'id-type': IdType; id: string }>(
  ref: Ref,
  context: z.RefinementCtx,
): Ref {
  try {
    return { ...ref, id: splitIdentity(makeIdentity(ref['id-type'], ref.id)).id };
  } catch (error) {
    context.addIssue({
      code: 'custom',
      path: ['id'],
      message: error instanceof Error ? error.message : String(error),
    });
    return z.NEVER;
  }
}

function isInstant(text: string): boolean {
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
