// A reviewer set as JSON, for those who want to use it elsewhere: what was signed, where it stands in the ledger, and what
// this service knows besides, which is marked as such.

import { z } from 'zod';
import { identitySchema, rootSchema } from '../identity-schema.ts';
import { trustLevelSchema } from '../statement/levels.ts';
import { statementIdSchema } from '../statement/statement.ts';

const scope = z.array(z.string());

export const reviewerSetExportSchema = z.strictObject({
  format: z.literal('trust-ledger reviewer set'),
  version: z.literal(1),
  root: rootSchema,
  key: identitySchema,
  /** What the organisation's key has signed; null before the first set is published. */
  signed: z
    .strictObject({
      statement: statementIdSchema,
      index: z.number().int().min(0),
      recordedAt: z.iso.datetime(),
      date: z.string(),
      title: z.string(),
      home: z.string().nullable(),
      domain: z.string().nullable(),
      members: z.array(
        z.strictObject({
          identity: identitySchema,
          trust: trustLevelSchema,
          role: z.string().nullable(),
          scope: scope.nullable(),
        }),
      ),
      includes: z.array(z.strictObject({ set: rootSchema, cap: trustLevelSchema, scope: scope.nullable() })),
      policy: z.record(z.string(), z.json()).nullable(),
    })
    .nullable(),
  /** What this service says, signed by nobody. */
  unsigned: z.strictObject({
    server: z.url(),
    page: z.url(),
    description: z.string().nullable(),
    /** Names that certificates claim, by identity. */
    names: z.record(z.string(), z.string()),
    /** Members who agreed here to be named. */
    accepted: z.array(identitySchema),
    domainProofs: z.array(
      z.strictObject({
        ...{ domain: z.string(), method: z.enum(['well-known', 'dns']) },
        ...{ checkedAt: z.iso.datetime(), proven: z.boolean() },
      }),
    ),
  }),
});
export type ReviewerSetExport = z.input<typeof reviewerSetExportSchema>;
