// Makes every projection anew from entries and documents, by the code that made it the first time.
//
// Each document is verified again as of the time when the ledger took it, and each leaf record is derived again and
// compared: a difference stops the rebuild with ledger-corrupt and leaves everything as it was. It is one transaction, and
// whoever asks the tables meanwhile waits for it.

import { toHex, utf8 } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import { formatLeaf, type LeafKind } from '../core/log/leaf.ts';
import { parseCertificate } from '../core/statement/openpgp/certificate.ts';
import { verifyDocument } from '../core/statement/verify.ts';
import type { Certificate, CertificateLookup, VerifiedStatement } from '../core/statement/verified.ts';
import { draftOf } from './append.ts';
import { draftOfCertificate } from './append-certificates.ts';
import { findCertificate } from './certificates.ts';
import type { Database, Queryable } from './database.ts';
import { leafOf, lockLedger, type EntryDraft } from './entries.ts';
import { projectCertificateEntries, projectStatements } from './project.ts';
import type { PlacedStatement } from './placed.ts';

/** Every table that follows from the ledger. */
export const projectionTables = [
  'identities',
  'certificates',
  'statements',
  'subjects',
  'subject_digests',
  'trust_edges',
  'reviewer_sets',
  'reviewer_set_members',
  'reviewer_set_includes',
  'retractions',
] as const;

export interface RebuildOptions {
  /** How a statement's document is verified; core's verifyDocument when left out. */
  readonly verify?: (
    document: string,
    context: { readonly certificates: CertificateLookup; readonly at: Date },
  ) => Promise<VerifiedStatement>;
  /** Told how many entries are done. */
  readonly progress?: (done: number) => void;
}

interface EntryRow {
  readonly index: number;
  readonly kind: LeafKind;
  readonly recordedAt: Date;
  readonly leaf: string;
  readonly document: string;
}

const pageSize = 256;

/** Rebuilds and returns the number of entries. Throws ledger-corrupt when the ledger contradicts itself. */
export async function rebuildProjections(db: Database, options: RebuildOptions = {}): Promise<number> {
  return db.transaction(async (transaction) => {
    await lockLedger(transaction);
    await transaction.query(`truncate ${projectionTables.join(', ')}`);
    let done = 0;
    for (;;) {
      const rows = await readPage(transaction, done);
      if (rows.length === 0) return done;
      await replay(transaction, rows, options.verify ?? verifyDocument);
      done += rows.length;
      options.progress?.(done);
    }
  });
}

async function readPage(transaction: Queryable, from: number): Promise<EntryRow[]> {
  const { rows } = await transaction.query<EntryRow>(
    `select
      idx as index,
      kind,
      recorded_at as "recordedAt",
      encode(leaf, 'hex') as leaf,
      documents.body as document
    from entries
    join documents on documents.hash = entries.document_hash
    where idx >= $1 and idx < $1 + ${pageSize}
    order by idx`,
    [from],
  );
  return rows;
}

/** Replays entries in order. Statements wait for each other, so that they are projected in as few rounds as possible. */
async function replay(
  transaction: Queryable,
  rows: readonly EntryRow[],
  verify: NonNullable<RebuildOptions['verify']>,
): Promise<void> {
  const known = new Map<Identity, Certificate | undefined>();
  const certificates: CertificateLookup = async (author) => {
    if (!known.has(author)) known.set(author, await findCertificate(transaction, author));
    return known.get(author);
  };
  let waiting: PlacedStatement[] = [];
  const flush = async (): Promise<void> => {
    await projectStatements(transaction, waiting);
    waiting = [];
  };
  for (const row of rows) {
    const { index, recordedAt, document } = row;
    if (row.kind === 'certificate') {
      const certificate = await attempt(index, () => parseCertificate(document));
      checkLeaf(row, draftOfCertificate(certificate));
      await flush();
      await projectCertificateEntries(transaction, [{ index, certificate }]);
      known.set(certificate.identity, certificate);
    } else {
      const statement = await attempt(index, () => verify(document, { certificates, at: recordedAt }));
      checkLeaf(row, draftOf(statement));
      waiting.push({ ...statement, index, recordedAt });
    }
  }
  await flush();
}

async function attempt<Result>(index: number, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw corrupt(`The document of entry ${index} does not verify any more: ${reason}`, cause);
  }
}

function checkLeaf(row: EntryRow, draft: EntryDraft): void {
  if (toHex(utf8(formatLeaf(leafOf(draft, row.recordedAt)))) !== row.leaf) {
    throw corrupt(`The leaf record of entry ${row.index} is not the one of its document`);
  }
}

function corrupt(message: string, cause?: unknown): TrustError {
  return new TrustError('ledger-corrupt', message, {
    help: 'Restore the database from a backup, and keep this one for inspection.',
    ...(cause !== undefined && { cause }),
  });
}
