// Opening one entry: its document is fetched, verified as it was when the ledger took it, and held against the leaf record.
//
// Only what holds is told as said. A document that can't be had or whose key was revoked since is no proof against the
// ledger; a signature that was never good, or a document that gives another leaf record, is.

import { isTrustError, TrustError, type ErrorCode } from '../../core/errors.ts';
import type { AuditSays, AuditSeverity } from '../../core/api/audit-event.ts';
import type { DocumentLine } from '../../core/api/ledger.ts';
import { leafOfCertificate, leafOfStatement } from '../../core/log/leaf-of.ts';
import { formatLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import type { Identity } from '../../core/identity.ts';
import { hashText } from '../../core/statement/canonical.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { certificateSubjectKeys, subjectKeys } from '../../core/statement/subject-keys.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { saysOf, saysOfCertificate } from './says.ts';

/** Hands out documents and certificates; nothing from it is believed. */
export interface EntryReader {
  /** The document line of an entry; throws network, server-answer or not-found. */
  document(index: number): Promise<DocumentLine | undefined>;
  /** The newest certificate of an identity, armoured, as the ledger has it; undefined when it has none. Throws the same. */
  certificate(identity: Identity): Promise<string | undefined>;
}

export type OpenedEntry =
  | { readonly verified: true; readonly says: AuditSays; readonly subjectKeys: readonly string[] }
  | {
      readonly verified: false;
      readonly severity: AuditSeverity;
      readonly code: ErrorCode;
      readonly reason: string;
    };

/** Failures to verify that time or silence explain, so that they prove nothing against the ledger. */
const explicable: readonly ErrorCode[] = [
  'not-found',
  'key-unknown',
  'key-revoked',
  'key-expired',
  'key-weak',
];

/** Opens and verifies an entry. Throws network and server-answer, when asking again may help. */
export async function openEntry(index: number, leaf: LeafRecord, reader: EntryReader): Promise<OpenedEntry> {
  try {
    const line = await reader.document(index);
    if (line === undefined) throw new TrustError('not-found', 'the ledger does not hand out its document');
    if (hashText(line.document) !== leaf.documentHash) {
      throw new TrustError('evidence-invalid', 'the document is another than the one that the entry names');
    }
    const content = await verifyContent(line.document, leaf, reader);
    if (formatLeaf(content.leaf) !== formatLeaf(leaf)) {
      throw new TrustError('evidence-invalid', 'the entry says other things of its document than it holds');
    }
    return { verified: true, says: content.says, subjectKeys: content.subjectKeys };
  } catch (error) {
    if (!isTrustError(error) || error.code === 'network' || error.code === 'server-answer') throw error;
    const { code, message } = error;
    return {
      verified: false,
      severity: explicable.includes(code) ? 'warning' : 'alarm',
      code,
      reason: message,
    };
  }
}

interface Content {
  /** The leaf record that the document gives. */
  readonly leaf: LeafRecord;
  readonly says: AuditSays;
  readonly subjectKeys: readonly string[];
}

async function verifyContent(document: string, leaf: LeafRecord, reader: EntryReader): Promise<Content> {
  const at = leaf.recordedAt;
  if (leaf.kind === 'certificate') {
    const certificate = await parseCertificate(document);
    return {
      leaf: leafOfCertificate(certificate, at),
      says: saysOfCertificate(certificate),
      subjectKeys: certificateSubjectKeys(certificate.identity),
    };
  }
  const verified = await verifyDocument(document, {
    at,
    certificates: (identity) => certificateOf(identity, reader),
  });
  return {
    leaf: leafOfStatement(verified, at),
    says: saysOf(verified.statement),
    subjectKeys: subjectKeys(verified.statement),
  };
}

async function certificateOf(identity: Identity, reader: EntryReader): Promise<Certificate | undefined> {
  const armored = await reader.certificate(identity);
  return armored === undefined ? undefined : parseCertificate(armored);
}
