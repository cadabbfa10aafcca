// Replaying entries: each document is verified again as of the time when the ledger took it, each leaf record is derived
// again and compared, and what the entries say is projected by the code that projected it the first time.
//
// It writes to the projections that its transaction sees. Who rebuilds lets the first contradiction end everything; who
// looks for contradictions (db/fsck) notes them and goes on.

import { compareBytes, utf8 } from '../core/bytes.ts';
import { isTrustError, TrustError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import { formatLeaf, type LeafKind } from '../core/log/leaf.ts';
import { parseCertificate } from '../core/statement/openpgp/certificate.ts';
import { verifyDocument } from '../core/statement/verify.ts';
import type { Certificate, CertificateLookup, VerifiedStatement } from '../core/statement/verified.ts';
import { draftOf } from './append.ts';
import { draftOfCertificate } from './append-certificates.ts';
import { findCertificate } from './certificates.ts';
import type { Queryable } from './database.ts';
import { leafOf, type EntryDraft } from './entries.ts';
import { codeOf } from './failures.ts';
import type { PlacedStatement } from './placed.ts';
import { project, projectCertificateEntries, projectionOf } from './project.ts';

/** What is replayed of an entry. */
export interface ReplayedEntry {
  readonly index: number;
  readonly kind: LeafKind;
  readonly recordedAt: Date;
  /** The bytes of its leaf record. */
  readonly leaf: Uint8Array;
  readonly document: string;
}

/** How a statement's document is verified. */
export type VerifyStatement = (
  document: string,
  context: { readonly certificates: CertificateLookup; readonly at: Date },
) => Promise<VerifiedStatement>;

export interface ReplayOptions {
  /** core's verifyDocument when left out. */
  readonly verify?: VerifyStatement | undefined;
  /**
   * Told of an entry that contradicts itself, with ledger-corrupt; when it returns, the entry is left out. When left out,
   * the error is thrown.
   */
  readonly onDamage?: (entry: ReplayedEntry, error: TrustError) => void;
}

/** Projects entries, in ledger order, on top of what is projected of those before them. */
export async function replayEntries(
  transaction: Queryable,
  entries: readonly ReplayedEntry[],
  { verify = verifyDocument, onDamage = raise }: ReplayOptions = {},
): Promise<void> {
  const known = new Map<Identity, Certificate | undefined>();
  const certificates: CertificateLookup = async (author) => {
    if (!known.has(author)) known.set(author, await findCertificate(transaction, author));
    return known.get(author);
  };
  // Statements wait for each other, so that they are projected in as few rounds as possible.
  let waiting: PlacedStatement[] = [];
  const flush = async (): Promise<void> => {
    await project(transaction, projectionOf(waiting));
    waiting = [];
  };
  for (const entry of entries) {
    const { index, recordedAt, document } = entry;
    try {
      if (entry.kind === 'certificate') {
        const certificate = await attempt(index, () => parseCertificate(document));
        checkLeaf(entry, draftOfCertificate(certificate));
        await flush();
        await projectCertificateEntries(transaction, [{ index, certificate }]);
        known.set(certificate.identity, certificate);
      } else {
        const statement = await attempt(index, () => verify(document, { certificates, at: recordedAt }));
        checkLeaf(entry, draftOf(statement));
        waiting.push({ ...statement, index, recordedAt });
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      onDamage(entry, error);
    }
  }
  await flush();
}

/** What is wrong with an entry; told apart from failures of the database. */
class Damage extends TrustError {
  constructor(message: string, cause?: unknown) {
    super('ledger-corrupt', message, {
      help: 'Run `npm run ledger -- fsck`, restore the database from a backup, and keep this one for inspection.',
      ...(cause !== undefined && { cause }),
    });
  }
}

function raise(_: ReplayedEntry, error: TrustError): void {
  throw error;
}

async function attempt<Result>(index: number, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (isOfDatabase(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Damage(`The document of entry ${index} does not verify any more: ${reason}`, cause);
  }
}

/** Looking up a certificate may fail, and that says nothing about the document. */
function isOfDatabase(error: unknown): boolean {
  return isTrustError(error) ? error.code === 'database-unavailable' : codeOf(error) !== undefined;
}

function checkLeaf(entry: ReplayedEntry, draft: EntryDraft): void {
  if (compareBytes(utf8(formatLeaf(leafOf(draft, entry.recordedAt))), entry.leaf) !== 0) {
    throw new Damage(`The leaf record of entry ${entry.index} is not the one of its document`);
  }
}
