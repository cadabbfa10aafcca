// Reading the log itself: discovery, documents, proofs. Checkpoints, tiles and bundles are not JSON: docs/LEDGER-FORMAT.md.

import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().min(0);
const base64Hash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** GET /.well-known/trust-ledger: what a client needs to check this ledger. Believe it once at most: pin the keys. */
export const discoverySchema = z
  .strictObject({
    schema: z.literal(1),
    /** First line of every checkpoint, and name of the log's keys. */
    origin: z.string().min(1).max(255),
    /** Verifier keys that sign its checkpoints, the current one first. */
    keys: z.array(z.string().max(4096)).min(1).max(16),
    /** Keys that sign nothing any more: good for checking old receipts, and never for a new checkpoint. */
    retiredKeys: z.array(z.string().max(4096)).max(16).optional(),
    /**
     * Signed notice of these keys (core/log/key-notice.ts), by which a client that knows only an older key accepts a newer
     * one: signed by every key that signs checkpoints.
     */
    keyNotice: z.string().max(65_536).optional(),
    /** C2SP tlog-policy: the log's keys, the witnesses it asks, and the quorum without which it does not publish. */
    policy: z.string().max(65_536),
    /** Longest time in seconds between two checkpoints with fresh cosignatures. */
    refreshSeconds: z.number().int().min(1),
    /** Present when the log takes no more entries: the signed notice, which names the successor. */
    frozen: z.string().max(65_536).optional(),
  })
  .meta({ id: 'LedgerDiscovery' });
export type Discovery = z.output<typeof discoverySchema>;

/** One line of a document bundle (application/x-ndjson): the document of one entry, in the order of entries. */
export const documentLineSchema = z
  .strictObject({
    index: size,
    /** SHA-256 of the document's UTF-8 bytes, hex: what the leaf record has. */
    hash,
    document: z.string().max(1024 * 1024),
  })
  .meta({ id: 'DocumentLine' });
export type DocumentLine = z.output<typeof documentLineSchema>;

/** Query of GET /api/v1/consistency. */
export const consistencyQuerySchema = z.strictObject({
  from: z.coerce.number().int().min(0),
  /** The published size when left out. */
  to: z.coerce.number().int().min(0).optional(),
});

/** That the tree of `from` entries is the beginning of the tree of `to` (RFC 6962 section 2.1.2). */
export const consistencySchema = z
  .strictObject({ from: size, to: size, proof: z.array(base64Hash).max(64) })
  .meta({ id: 'ConsistencyProof' });
