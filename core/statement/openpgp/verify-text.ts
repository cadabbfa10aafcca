// Verifying a signed text that is no statement, such as a challenge: by the same rules, but the signature alone says whose key
// it is by. Nothing that comes out may be taken for something that was published.

import { makeIdentity, type Identity } from '../../identity.ts';
import { TrustError } from '../../errors.ts';
import type { Certificate, SignatureFacts } from '../verified.ts';
import { certificateFacts } from './certificate.ts';
import { checkSignature, checkTimes, openText, signingKey } from './signed-text.ts';

/** The key or subkey that a signature names, in upper-case hex: its fingerprint, or only its 16-digit id. */
export interface NamedKey {
  readonly fingerprint: string | undefined;
  readonly keyId: string | undefined;
}

export interface TextContext {
  /** Finds the certificate that a key belongs to; undefined when it is not known. */
  readonly certificateOf: (key: NamedKey) => Promise<Certificate | undefined>;
  /** When the key has to be good. */
  readonly at: Date;
}

export interface VerifiedText {
  /** The signed text: LF, no trailing spaces, without its last line break. */
  readonly text: string;
  /** Of the certificate whose key signed. */
  readonly identity: Identity;
  readonly certificate: Certificate;
  readonly signature: SignatureFacts;
}

/**
 * Verifies a cleartext-signed text. Throws what `openText` throws, and key-unknown, key-weak, key-expired, key-revoked,
 * signature-invalid, signature-expired or date-in-future.
 */
export async function verifyText(
  document: string,
  { certificateOf, at }: TextContext,
): Promise<VerifiedText> {
  const opened = openText(document);
  const { issuerFingerprint: fingerprint, issuerKeyId: keyId } = opened.parts;
  const certificate = await certificateOf({ fingerprint, keyId });
  if (certificate === undefined) throw unknownKey(fingerprint ?? keyId);
  const facts = await certificateFacts(certificate);
  const key = signingKey(facts, opened.parts);
  if (key === undefined) throw unknownKey(fingerprint ?? keyId);
  const created = await checkSignature(opened, key);
  checkTimes(opened, { facts, key, created }, { at });
  return {
    text: opened.text,
    identity: makeIdentity('openpgp', facts.primary.fingerprint),
    certificate,
    signature: { algorithm: `${key.strength.algorithm}/${opened.hash}`, key: key.fingerprint, created },
  };
}

function unknownKey(name = 'that the signature does not name'): TrustError {
  return new TrustError('key-unknown', `The certificate of the key ${name} is not known.`, {
    help: 'Give the public key along: gpg --export --armor <fingerprint>.',
  });
}
