// Proof that somebody holds a key: a challenge of ours, signed by it. The certificate comes from the ledger, or along with the
// proof; where both know the key they are merged, so that a stale certificate can't hide a revocation.

import { maxCertificateBytes } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { mergeCertificates, parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { verifyText, type NamedKey } from '../../core/statement/openpgp/verify-text.ts';
import type { Certificate } from '../../core/statement/verified.ts';
import { findCertificate, findCertificateBySigningKey } from '../../db/certificates.ts';
import type { Queryable } from '../../db/database.ts';
import { readChallenge, type AnsweredChallenge, type ChallengeFrame } from './challenge.ts';

export interface KeyProof {
  /** The challenge, cleartext-signed. */
  readonly document: string;
  /** The armoured public key; empty when the ledger is to know it. */
  readonly certificate: string;
}

export interface ProvenKey {
  readonly identity: Identity;
  /** The certificate that came along, when one did. */
  readonly given: Certificate | undefined;
  /** To be noted as spent, by whoever acts on the proof, together with what is done. */
  readonly challenge: AnsweredChallenge;
}

/**
 * Verifies a proof. Throws what `parseCertificate` and `verifyText` throw, certificate-invalid when the certificate is of
 * another key than the one that signed, and challenge-invalid.
 */
export async function proveKey(db: Queryable, proof: KeyProof, frame: ChallengeFrame): Promise<ProvenKey> {
  if (proof.certificate.length > maxCertificateBytes) {
    throw new TrustError('certificate-invalid', `A certificate is at most ${maxCertificateBytes} bytes.`);
  }
  const given = proof.certificate.trim() === '' ? undefined : await parseCertificate(proof.certificate);
  const { text, identity } = await verifyText(proof.document, {
    certificateOf: (key) => certificateOf(db, key, given),
    at: frame.now,
  });
  if (given !== undefined && given.identity !== identity) {
    throw new TrustError('certificate-invalid', 'The public key is another than the one that signed.', {
      help: 'Give the public key of the key that signed, or none.',
    });
  }
  return { identity, given, challenge: readChallenge(text, frame) };
}

async function certificateOf(
  db: Queryable,
  { fingerprint, keyId }: NamedKey,
  given: Certificate | undefined,
): Promise<Certificate | undefined> {
  const isOfGiven = given?.signingKeys.some((key) =>
    fingerprint === undefined ? keyId !== undefined && key.endsWith(keyId) : key === fingerprint,
  );
  if (given !== undefined && isOfGiven === true) {
    const known = await findCertificate(db, given.identity);
    return known === undefined ? given : mergeCertificates(known, given);
  }
  return fingerprint === undefined ? undefined : findCertificateBySigningKey(db, fingerprint);
}
