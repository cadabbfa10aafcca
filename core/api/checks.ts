// Asking about a closure and about a web of trust: what goes over the wire.

import { z } from 'zod';
import { inputSchema } from '../closure/input.ts';
import { policySchema } from '../closure/policy.ts';
import { reportSchema } from '../closure/verdict.ts';
import { identitySchema, rootSchema } from '../identity-schema.ts';
import { trustLevelSchema } from '../statement/levels.ts';
import { statementIdSchema } from '../statement/statement.ts';

const ledgerState = z.strictObject({
  /** Number of entries that the answer takes into account. */
  size: z.number().int().min(0),
});

/** Body of POST /api/v1/checks: a closure that the asker has parsed, or a lockfile for the server to parse. */
export const checkRequestSchema = z
  .strictObject({
    closure: z.union([
      z.strictObject({
        format: z.string().max(64),
        inputs: z.array(inputSchema).max(100_000),
        remarks: z.array(z.string().max(1024)).max(1000).default([]),
      }),
      z.strictObject({
        lockfile: z.string().max(32 * 1024 * 1024),
        name: z.string().min(1).max(255),
        /** Files beside it that its format needs: go.mod for go.sum. */
        siblings: z.record(z.string().max(255), z.string().max(32 * 1024 * 1024)).optional(),
      }),
    ]),
    policy: policySchema,
    /** Also list every statement that the verdicts rest on, so that the asker can check them itself. */
    evidence: z.boolean().default(false),
  })
  .meta({ id: 'CheckRequest' });
export type CheckRequest = z.input<typeof checkRequestSchema>;

export const checkResponseSchema = z
  .strictObject({
    report: reportSchema,
    ledger: ledgerState,
    /** The moment for which the verdicts hold: end dates of exemptions were compared with it. */
    at: z.iso.datetime(),
    evidence: z
      .strictObject({
        /** Reviews and source statements that were heard for these inputs, whoever wrote them. */
        statements: z.array(statementIdSchema),
        /** Trust statements and reviewer sets that make up the web of trust of the roots. */
        trust: z.array(statementIdSchema),
      })
      .optional(),
  })
  .meta({ id: 'CheckResponse' });
export type CheckResponse = z.output<typeof checkResponseSchema>;

/** Query of GET /api/v1/trust-set; `root` may be repeated, costs are optional. */
export const trustSetQuerySchema = z.strictObject({
  root: z.union([rootSchema.transform((root) => [root]), z.array(rootSchema).min(1).max(64)]),
  purl: z.string().max(1024).optional(),
  max: z.coerce.number().int().min(0).optional(),
  high: z.coerce.number().int().min(0).optional(),
  medium: z.coerce.number().int().min(0).optional(),
  low: z.coerce.number().int().min(0).optional(),
  none: z.coerce.number().int().min(0).optional(),
  distrust: z.coerce.number().int().min(0).optional(),
});

export const trustSetResponseSchema = z
  .strictObject({
    roots: z.array(rootSchema),
    ledger: ledgerState,
    trusted: z.array(
      z.strictObject({ id: rootSchema, level: trustLevelSchema, distance: z.number().int().min(0) }),
    ),
    banned: z.array(z.strictObject({ id: rootSchema, by: z.array(identitySchema.or(rootSchema)) })),
    /** The statements that this set follows from. */
    statements: z.array(statementIdSchema),
  })
  .meta({ id: 'TrustSetResponse' });
export type TrustSetResponse = z.output<typeof trustSetResponseSchema>;

/** GET /api/v1/ledger */
export const ledgerSchema = z
  .strictObject({ size: z.number().int().min(0), lastRecordedAt: z.iso.datetime().optional() })
  .meta({ id: 'Ledger' });

/** GET /api/v1/entries?start=…&limit=…: the leaf records themselves. */
export const entriesSchema = z
  .strictObject({
    entries: z.array(
      z.strictObject({
        index: z.number().int().min(0),
        leaf: z.string(),
        leafHash: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    ),
  })
  .meta({ id: 'Entries' });
export const entriesQuerySchema = z.strictObject({
  start: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
