// Submitting and reading statements and certificates: what goes over the wire, for the server and for every client.

import { z } from 'zod';
import { digestKeys, type DigestKey } from '../digest/digest-set.ts';
import { purlSchema } from '../digest/purl.ts';
import { identitySchema } from '../identity-schema.ts';
import { statementKinds } from '../statement/kinds.ts';
import { statementIdSchema, statementSchema } from '../statement/statement.ts';
import { envelopes } from '../statement/verified.ts';
import { problemSchema } from './problem.ts';

/** Largest document that can be submitted, in bytes: a statement's text with its armour. */
export const maxDocumentBytes = 128 * 1024;
/** Largest certificate that can be submitted, in bytes. */
export const maxCertificateBytes = 256 * 1024;

const index = z.number().int().min(0);
const time = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What submitting answers: where the ledger holds it. The same for a statement that it already held. */
export const receiptSchema = z
  .strictObject({
    /** Statement id, or for a certificate the SHA-256 of its binary form. */
    id: hash,
    kind: z.enum([...statementKinds, 'certificate']),
    author: identitySchema,
    index,
    recordedAt: time,
    /** `created` by this request, or `known` since before. */
    status: z.enum(['created', 'known']),
    /** RFC 6962 leaf hash, hex. */
    leafHash: hash,
    /**
     * C2SP tlog-proof: the entry's place under a published checkpoint, provable without the service. In the answer to a
     * batch only with `?proofs=true`.
     */
    proof: z.string().max(65_536).optional(),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receiptSchema>;

/** A statement as the ledger holds it: parsed for reading, and the document that proves it. */
export const storedStatementSchema = z
  .strictObject({
    id: statementIdSchema,
    kind: z.enum(statementKinds),
    author: identitySchema,
    envelope: z.enum(envelopes),
    index,
    recordedAt: time,
    /** Index of the author's retraction of it, where that counts: one that a revocation of the key voids does not. */
    retractedBy: index.optional(),
    statement: statementSchema,
    /** The signed document, byte for byte as stored. */
    document: z.string(),
  })
  .meta({ id: 'StoredStatement' });
export type StoredStatement = z.output<typeof storedStatementSchema>;

/** Query of GET /api/v1/statements. At least one of purl, digest and author. */
export const statementQuerySchema = z.strictObject({
  /** With a version: that version. Without: every version of the package. */
  purl: purlSchema.optional(),
  /** `key:hex`, for example sha512:5a… */
  digest: z
    .string()
    .regex(new RegExp(`^(?:${Object.keys(digestKeys).join('|')}):[0-9a-fA-F]{32,128}$`))
    .transform((text) => {
      const colon = text.indexOf(':');
      return { key: text.slice(0, colon) as DigestKey, hex: text.slice(colon + 1).toLowerCase() };
    })
    .optional(),
  author: identitySchema.optional(),
  kind: z.enum(statementKinds).optional(),
  /** Ledger index to continue after: newest first, so only older ones follow. */
  before: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const statementListSchema = z
  .strictObject({
    statements: z.array(storedStatementSchema),
    meta: z.strictObject({
      /** Query string of the next page, absent on the last. */ next: z.string().optional(),
    }),
  })
  .meta({ id: 'StatementList' });

/** Body of POST /api/v1/statements/lookup. */
export const lookupRequestSchema = z
  .strictObject({ ids: z.array(statementIdSchema).min(1).max(1000) })
  .meta({ id: 'LookupRequest' });
export const lookupResponseSchema = z
  .strictObject({
    statements: z.array(storedStatementSchema),
    /** Asked for and not in the ledger. */
    missing: z.array(statementIdSchema),
    /** The certificates of the OpenPGP authors of these statements, once each. */
    certificates: z.array(z.lazy(() => storedCertificateSchema)),
  })
  .meta({ id: 'LookupResponse' });

export const storedCertificateSchema = z
  .strictObject({
    identity: identitySchema,
    /** SHA-256 of the binary certificate in its newest merged form. */
    id: hash,
    armored: z.string(),
    userIds: z.array(z.string()),
    algorithm: z.string(),
    created: time,
    expires: time.optional(),
    revocation: z
      .strictObject({ hardness: z.enum(['hard', 'soft']), at: time, reason: z.string() })
      .optional(),
    /** Ledger indices of its versions, oldest first. */
    indices: z.array(index),
    /** Time of the newest version's entry: with the rest it gives the leaf record. */
    recordedAt: time,
  })
  .meta({ id: 'StoredCertificate' });
export type StoredCertificate = z.output<typeof storedCertificateSchema>;

/** Query of POST /api/v1/batches. */
export const batchQuerySchema = z.strictObject({
  /** Whether each receipt carries its tlog-proof: about a kilobyte a line. */
  proofs: z.enum(['true', 'false']).default('false'),
});

/** One line of a batch (application/x-ndjson): a document or a certificate. */
export const batchLineSchema = z
  .union([
    z.strictObject({ document: z.string().max(maxDocumentBytes) }),
    z.strictObject({ certificate: z.string().max(maxCertificateBytes) }),
  ])
  .meta({ id: 'BatchLine' });
export type BatchLine = z.output<typeof batchLineSchema>;

/** One line of the answer to a batch; `line` counts from 1. An acknowledged line is committed and published. */
export const batchResultSchema = z
  .union([
    z.strictObject({ line: z.number().int().min(1), receipt: receiptSchema }),
    z.strictObject({ line: z.number().int().min(1), problem: problemSchema }),
  ])
  .meta({ id: 'BatchResult' });
export type BatchResult = z.output<typeof batchResultSchema>;
