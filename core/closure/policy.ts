// The policy: whom the asker trusts and what counts as reviewed. It is the content of trust-check.yaml, and of `policy`
// in a check by the API.

import { z } from 'zod';
import { digestSetSchema } from '../digest/digest-set.ts';
import { rootSchema } from '../identity-schema.ts';
import { levelSchema, ratingSchema } from '../statement/levels.ts';
import { checkPurlPattern } from '../trust/scope.ts';
import { unverifiableReasons } from './input.ts';

/** The eight verdicts, in the order in which tables list them: the worst first. */
export const verdictWords = [
  'flagged',
  'mismatch',
  'insufficient',
  'unreviewed',
  'unverifiable',
  'exempt',
  'reviewed',
  'local',
] as const;
export type VerdictWord = (typeof verdictWords)[number];

const cost = z.number().int().min(0).max(1_000_000);

/** Distances of the web of trust; defaults are cargo-crev's. */
export const trustParametersSchema = z
  .strictObject({
    max: cost.default(20),
    high: cost.default(0),
    medium: cost.default(1),
    low: cost.default(5),
    none: cost.default(21),
    distrust: cost.default(21),
  })
  .prefault({});

/** What a review needs to count. */
export const requirementsSchema = z
  .strictObject({
    /** Least effective trust of the reviewer. */
    trust: z.enum(['none', 'low', 'medium', 'high']).default('low'),
    thoroughness: levelSchema.default('low'),
    understanding: levelSchema.default('low'),
    rating: ratingSchema.default('positive'),
    /** How many independent reviewers. */
    redundancy: z.number().int().min(1).max(100).default(1),
    /** Whether two reviewers of one organisation are one vote. */
    independence: z.enum(['identities', 'organisations']).default('identities'),
    /** Machine-made reviews: counted, counted only when a human guided them, or left out. Negative ones always show. */
    'llm-agent': z.enum(['count', 'human-guided', 'exclude']).default('human-guided'),
    /** Relations to the code that disqualify a reviewer. */
    'exclude-relations': z
      .array(z.enum(['author', 'maintainer', 'packager', 'employer', 'other']))
      .max(5)
      .default([]),
    'exclude-paid': z.boolean().default(false),
  })
  .prefault({});

/** Where this policy departs from, or returns to, what crev does. */
export const rulesSchema = z
  .strictObject({
    /** A review of a difference counts when its base is itself reviewed (`chain`), or always, as in crev (`as-full`). */
    differences: z.enum(['chain', 'as-full']).default('chain'),
    /** Whose negative review flags an input: anyone's in the trust set, or those who reach the required level. */
    negatives: z.enum(['trust-set', 'required-level']).default('trust-set'),
    /** Whether open issues and advisories flag an input or are only reported. */
    issues: z.enum(['flag', 'report']).default('flag'),
    /** Least severity of an issue that flags. */
    'issue-severity': levelSchema.default('low'),
    /** Whether a trusted review of other bytes raises the alarm. */
    mismatch: z.enum(['alarm', 'ignore']).default('alarm'),
    /** Whether an input from a git repository is the project's own, as in crev. */
    git: z.enum(['input', 'local']).default('input'),
    /** Whether a SHA-1 git object id may decide that sources are the same. */
    'git-sha1': z.enum(['accept', 'weak']).default('accept'),
    /** Whether an input without a usable digest breaks the policy. */
    unverifiable: z.enum(['fail', 'report']).default('fail'),
  })
  .prefault({});

/** A purl pattern (core/trust/scope.ts), as it was written. */
const purlPattern = z
  .string()
  .min(1)
  .max(1024)
  .superRefine((pattern, context) => {
    try {
      checkPurlPattern(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

export const exemptionSchema = z
  .strictObject({
    /** purl or purl pattern (`pkg:npm/%40types/*`) … */
    purl: purlPattern.optional(),
    /** … or exact bytes. One of the two is needed. */
    digests: digestSetSchema.optional(),
    reason: z.string().min(1).max(1024),
    /** Last day on which it holds, YYYY-MM-DD in UTC. */
    until: z.iso.date(),
    by: z.string().max(256).optional(),
    /** Which verdicts it replaces. A flag or a mismatch has to be named to be silenced. */
    covers: z
      .array(z.enum(['insufficient', 'unreviewed', 'unverifiable', 'flagged', 'mismatch']))
      .min(1)
      .default(['insufficient', 'unreviewed', 'unverifiable']),
    /** Only for `unverifiable`: which reasons. */
    reasons: z.array(z.enum(unverifiableReasons)).optional(),
  })
  .refine(
    (exemption) => exemption.purl !== undefined || exemption.digests !== undefined,
    'An exemption names a purl or digests.',
  );
export type Exemption = z.output<typeof exemptionSchema>;

export const policySchema = z.strictObject({
  roots: z.array(rootSchema).max(64).default([]),
  'trust-costs': trustParametersSchema,
  require: requirementsSchema,
  rules: rulesSchema,
  exemptions: z.array(exemptionSchema).max(10_000).default([]),
  /** purl patterns of the asker's own packages. */
  local: z.array(purlPattern).max(1000).default([]),
  /** Groups of the format (dev, optional, …) that are left out of the check, and counted. */
  'ignore-groups': z.array(z.string().max(128)).max(64).default([]),
});
export type Policy = z.output<typeof policySchema>;

/**
 * crev's own answer: what `cargo crev verify` says, with its command line's defaults. Roots, trust costs and ignored groups
 * stay the asker's; exemptions and patterns of local packages, which crev does not know, are dropped.
 */
export function crevCompatible(policy: Policy): Policy {
  return {
    ...policy,
    require: {
      ...policy.require,
      trust: 'low',
      thoroughness: 'none',
      understanding: 'none',
      rating: 'neutral',
      redundancy: 1,
      independence: 'identities',
      'llm-agent': 'count',
      'exclude-relations': [],
      'exclude-paid': false,
    },
    exemptions: [],
    local: [],
    rules: {
      ...policy.rules,
      differences: 'as-full',
      negatives: 'trust-set',
      issues: 'report',
      mismatch: 'ignore',
      git: 'local',
      unverifiable: 'fail',
    },
  };
}
