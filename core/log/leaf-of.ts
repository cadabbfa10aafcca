// The leaf record that an entry must have, from what was verified: the one way to compare a document with the tree.

import { utf8 } from '../bytes.ts';
import { hashText } from '../statement/canonical.ts';
import { certificateSubjectKeys, subjectKeys } from '../statement/subject-keys.ts';
import type { Certificate, VerifiedStatement } from '../statement/verified.ts';
import { formatLeaf, leafSubjects, type LeafRecord } from './leaf.ts';
import { leafHash } from './merkle-hash.ts';

/**
 * The leaf record of a verified statement that was recorded at this time. Throws statement-invalid like leafSubjects,
 * which `hashKey` is for.
 */
export function leafOfStatement(
  { statement, author, id, documentHash }: VerifiedStatement,
  recordedAt: Date,
  hashKey?: (key: string) => Uint8Array,
): LeafRecord {
  const subjects = leafSubjects(subjectKeys(statement), hashKey);
  return { kind: statement.kind, recordedAt, author, id, documentHash, subjects };
}

/** The leaf record of a certificate, in the form in which the ledger holds it, that was recorded at this time. */
export function leafOfCertificate(
  { identity, id, armored }: Pick<Certificate, 'identity' | 'id' | 'armored'>,
  recordedAt: Date,
): LeafRecord {
  const subjects = leafSubjects(certificateSubjectKeys(identity));
  return {
    kind: 'certificate',
    recordedAt,
    author: identity,
    id,
    documentHash: hashText(armored),
    subjects,
  };
}

/** RFC 6962 leaf hash of a leaf record's text. */
export function hashOfLeaf(leaf: LeafRecord): Uint8Array {
  return leafHash(utf8(formatLeaf(leaf)));
}
