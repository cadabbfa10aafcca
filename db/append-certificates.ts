// Appending certificates: what is logged is the union of what is known of a key and what came in.
//
// So the newest entry of an identity is all that anybody ever said about the key, and a certificate that adds nothing is
// known, however little of it was submitted. Nobody can make the ledger forget a revocation by sending an old copy.

import type { Identity } from '../core/identity.ts';
import { hashText } from '../core/statement/canonical.ts';
import { mergeCertificates } from '../core/statement/openpgp/certificate.ts';
import { certificateSubjectKeys } from '../core/statement/subject-keys.ts';
import type { Certificate } from '../core/statement/verified.ts';
import { findCertificates } from './certificates.ts';
import type { Database, Queryable } from './database.ts';
import {
  findReceipts,
  insertEntries,
  lockLedger,
  placeEntries,
  takeReceipt,
  type EntryDraft,
  type Receipt,
} from './entries.ts';
import { projectCertificateEntries } from './project.ts';

/**
 * Appends what the certificates of a batch add to what is known, in order. Returns for each the receipt of the newest
 * form of its key, at the same position: its id is that of the merged certificate, which may be another than the
 * submitted one. Throws what mergeCertificates throws; then nothing of the batch is appended.
 * @param check asked under the ledger's lock; if it rejects, so does this
 */
export async function appendCertificates(
  db: Database,
  batch: readonly Certificate[],
  now: Date,
  check?: (transaction: Queryable) => Promise<void>,
): Promise<Receipt[]> {
  if (batch.length === 0) return [];
  return db.transaction(async (transaction) => {
    await lockLedger(transaction);
    await check?.(transaction);
    const known = await findCertificates(
      transaction,
      batch.map(({ identity }) => identity),
    );
    const newest = new Map<Identity, Certificate>(
      known.map((certificate) => [certificate.identity, certificate]),
    );
    const held = new Set(known.map(({ id }) => id));
    const results: Certificate[] = [];
    const added = new Map<string, Certificate>();
    for (const incoming of batch) {
      const before = newest.get(incoming.identity);
      const merged = before === undefined ? incoming : await mergeCertificates(before, incoming);
      newest.set(merged.identity, merged);
      if (!held.has(merged.id)) added.set(merged.id, merged);
      results.push(merged);
    }
    const certificates = [...added.values()];
    const receipts = await findReceipts(transaction, [...held]);
    if (certificates.length > 0) {
      const placed = await placeEntries(transaction, certificates.map(draftOfCertificate), now);
      const fresh = await insertEntries(transaction, placed);
      await projectCertificateEntries(
        transaction,
        fresh.flatMap(({ id, index }) => {
          const certificate = added.get(id);
          return certificate === undefined ? [] : [{ index, certificate }];
        }),
      );
      for (const receipt of fresh) receipts.set(receipt.id, receipt);
    }
    return results.map(({ id }) => takeReceipt(receipts, id));
  });
}

/** The entry of a certificate. */
export function draftOfCertificate(certificate: Certificate): EntryDraft {
  return {
    kind: 'certificate',
    author: certificate.identity,
    id: certificate.id,
    document: certificate.armored,
    documentHash: hashText(certificate.armored),
    subjectKeys: certificateSubjectKeys(certificate.identity),
  };
}
