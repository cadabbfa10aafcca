// What `trust-check log audit` reports: one event a line with --json, and an array of events in a webhook's body.
//
// An event holds nothing but what the ledger has published and what was found wrong with it. Its `id` is the same whenever
// the same thing is reported again, so a receiver that has seen an id can drop it. Kinds may be added; fields of a kind
// are not taken away while `schema` is 1.

import { z } from 'zod';
import { errorCodes } from '../errors.ts';
import { identitySchema } from '../identity-schema.ts';
import { statementKinds } from '../statement/kinds.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const index = z.number().int().min(0);
const time = z.iso.datetime();
/** A signed note, or whatever was handed out in its place. */
const note = z.string().max(256 * 1024);

export const auditSeverities = ['info', 'warning', 'alarm'] as const;
export type AuditSeverity = (typeof auditSeverities)[number];

const common = {
  schema: z.literal(1),
  /** Names the event for good: for dropping what came twice. */
  id: hash,
  /** Origin of the ledger. */
  ledger: z.string().min(1).max(255),
  /** When the monitor noticed. */
  at: time,
  /** An alarm is evidence that the ledger does not do what it promises. */
  severity: z.enum(auditSeverities),
  /** One sentence for people. */
  message: z.string().max(4096),
};

/** What a verified document says, in short. */
export const auditSaysSchema = z.strictObject({
  purl: z.string().optional(),
  rating: z.string().optional(),
  thoroughness: z.string().optional(),
  understanding: z.string().optional(),
  /** How many issues and advisories a review carries. */
  issues: index.optional(),
  advisories: index.optional(),
  /** Level of a trust statement, and of whom: the first 20 and how many there are. */
  trust: z.string().optional(),
  identities: z.array(z.string()).max(20).optional(),
  identityCount: index.optional(),
  /** A reviewer set. */
  set: z.string().optional(),
  members: index.optional(),
  /** The statement that a retraction withdraws, and why. */
  retracts: hash.optional(),
  reason: z.string().optional(),
  /** User ids of a certificate, the first 5, and whether its key is revoked. */
  userIds: z.array(z.string()).max(5).optional(),
  revoked: z.enum(['hard', 'soft']).optional(),
});
export type AuditSays = z.output<typeof auditSaysSchema>;

const event = <Kind extends string, Shape extends z.core.$ZodShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ ...common, kind: z.literal(kind), ...shape });

/** Where the log stands, as two signed notes say it: what was seen before, and what is handed out now. */
const contradiction = { seenSize: index, seenNote: note, servedSize: index, servedNote: note };

export const auditEventSchema = z
  .discriminatedUnion('kind', [
    /** The first pass: what lies before `index` was not looked at. */
    event('started', { index, size: index }),
    /** An entry that is about something watched. */
    event('statement', {
      /** The watches that it matches, as they were given. */
      watched: z.array(z.string()).min(1),
      index,
      recordedAt: time,
      statementKind: z.enum([...statementKinds, 'certificate']),
      author: identitySchema,
      /** Statement id; of a certificate, the SHA-256 of its binary form. */
      statement: hash,
      document: hash,
      /** Whether document and signature were checked and hold, and give this very leaf record. */
      verified: z.boolean(),
      /** Why not. */
      reason: z.string().optional(),
      code: z.enum(errorCodes).optional(),
      says: auditSaysSchema.optional(),
    }),
    /** Two signed checkpoints that cannot both be of one append-only log. */
    event('fork', { ...contradiction, seenRoot: hash, servedRoot: hash }),
    /** A smaller log than was seen before, which may be a replica that lags. */
    event('behind', { ...contradiction, since: time }),
    /** A smaller log than was seen before, signed later or served for long. */
    event('rollback', { ...contradiction, since: time }),
    /** Nothing fresh for longer than --max-age. */
    event('stale', {
      size: index,
      /** Of what the age was taken: when witnesses last cosigned, or when the log last grew. */
      basis: z.enum(['cosignatures', 'growth']),
      freshAt: time,
      maxAgeSeconds: z.number().min(1),
    }),
    /** The checkpoint is no signed checkpoint of this log, or the witnesses' quorum is missing. */
    event('checkpoint-invalid', { code: z.enum(errorCodes), note }),
    /** A cosignature whose time lies in the future. */
    event('cosignature-in-future', { witness: z.string(), time }),
    /** Tiles or entry bundles that do not belong to the checkpoint. */
    event('tree-invalid', { code: z.enum(errorCodes), size: index }),
    /** What the checkpoint vouches for is not handed out. */
    event('withheld', { code: z.enum(errorCodes), size: index, since: time }),
    /** An entry that is no leaf record. */
    event('leaf-invalid', { index, leafHash: hash }),
    /** An entry that is dated before the one ahead of it, or after the monitor's clock. */
    event('time-backwards', { index, recordedAt: time, previous: time }),
    event('time-in-future', { index, recordedAt: time }),
    /** One statement id at two entries. */
    event('duplicate', { index, firstIndex: index, statement: hash }),
    /** The log takes no more entries: its signed notice, how far it goes, and which log goes on. */
    event('frozen', {
      notice: note,
      size: index,
      successor: z.string(),
      successorUrl: z.string().optional(),
    }),
    /** A notice of freezing that does not hold, or that the log itself contradicts. */
    event('frozen-invalid', { notice: note }),
    /** The ledger gives no usable answer. */
    event('unreachable', { code: z.enum(errorCodes), since: time }),
    /** What had been reported is over. */
    event('resolved', { what: z.string(), since: time }),
  ])
  .meta({ id: 'AuditEvent' });

export type AuditEvent = z.output<typeof auditEventSchema>;
export type AuditKind = AuditEvent['kind'];
