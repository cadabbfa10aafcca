// OpenPGP certificates as the ledger keeps them: parsed, verified, stripped to what their owner signed, merged, and known
// by the SHA-256 of their canonical binary form.
//
// Refused: secret keys, several keys, more than 256 KiB, certificates that nothing valid binds. What comes back holds no
// third-party signature, no picture and no user id that the owner has not signed. The facts that verification needs are
// kept for the certificates used last, because verifying self-signatures costs more than a statement does.

import { sha256 } from '@noble/hashes/sha2.js';
import { excerpt, toHex } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { makeIdentity } from '../../identity.ts';
import type { Certificate } from '../verified.ts';
import { readArmourLines, writeArmour } from './armour.ts';
import { verifyCertificateParts, type CertificateFacts } from './certificate-facts.ts';
import { cutCertificate, secretMaterial } from './certificate-parts.ts';
import { worstRevocation } from './self-signatures.ts';
import { newestBinding } from './validity.ts';

/** Largest certificate, in bytes, armoured or binary. */
export const maxCertificateBytes = 256 * 1024;
const maxCachedFacts = 1_000;
const factsByArmour = new Map<string, Promise<CertificateFacts>>();

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
const end = '-----END PGP PUBLIC KEY BLOCK-----';

/**
 * The certificate in an armoured text or binary bytes, verified and canonical. Throws certificate-secret,
 * certificate-invalid, and key-weak when nothing strong enough binds it. A key that is under the floors may parse (short
 * RSA does); statements by it are refused.
 */
export async function parseCertificate(armoredOrBinary: string | Uint8Array): Promise<Certificate> {
  return certificateOf(await verifyCertificateParts(await cutCertificate([toBinary(armoredOrBinary)])));
}

/**
 * The union of two certificates of one key: every self-signature, every revocation, every user id and subkey of both. The
 * order does not matter. Throws certificate-invalid when the keys differ or the union is too large.
 */
export async function mergeCertificates(known: Certificate, incoming: Certificate): Promise<Certificate> {
  if (known.identity !== incoming.identity) {
    throw new TrustError(
      'certificate-invalid',
      `Two different keys: ${known.identity} and ${incoming.identity}.`,
    );
  }
  if (known.id === incoming.id) return known;
  const binaries = [toBinary(known.armored), toBinary(incoming.armored)];
  return certificateOf(await verifyCertificateParts(await cutCertificate(binaries)));
}

/** The verified facts of a certificate, from the cache when it was used lately. Throws as `parseCertificate` does. */
export function certificateFacts(certificate: Certificate): Promise<CertificateFacts> {
  // By the text that is verified, not by the id that comes with it.
  const { armored } = certificate;
  const known = factsByArmour.get(armored);
  if (known !== undefined) {
    factsByArmour.delete(armored);
    factsByArmour.set(armored, known);
    return known;
  }
  const facts = readFacts(armored);
  factsByArmour.set(armored, facts);
  for (const oldest of factsByArmour.keys()) {
    if (factsByArmour.size <= maxCachedFacts) break;
    factsByArmour.delete(oldest);
  }
  facts.catch(() => factsByArmour.delete(armored));
  return facts;
}

async function readFacts(armored: string): Promise<CertificateFacts> {
  return verifyCertificateParts(await cutCertificate([toBinary(armored)]));
}

function certificateOf(facts: CertificateFacts): Certificate {
  const { primary, signingSubkeys, binary } = facts;
  if (binary.length > maxCertificateBytes) throw tooLarge();
  const newest = newestBinding(primary.bindings, Infinity);
  const expires = newest === undefined ? Infinity : Math.min(newest.keyExpires, newest.expires);
  const primaryMaySign = primary.bindings.some(({ maySign }) => maySign);
  return {
    identity: makeIdentity('openpgp', primary.fingerprint),
    id: toHex(sha256(binary)),
    armored: writeArmour('PUBLIC KEY BLOCK', binary, primary.packet.version !== 6),
    signingKeys: [...(primaryMaySign ? [primary] : []), ...signingSubkeys].map((key) => key.fingerprint),
    userIds: facts.userIds.map((userId) => excerpt(userId, 256)),
    algorithm: primary.strength.algorithm,
    created: primary.packet.created,
    expires: expires === Infinity ? undefined : new Date(expires),
    revocation: worstRevocation(primary.revocations),
  };
}

/** The bytes of a certificate in armour; throws certificate-invalid, and certificate-secret for a private key. */
export function toBinary(input: string | Uint8Array): Uint8Array {
  if (input.length > maxCertificateBytes) throw tooLarge();
  if (typeof input !== 'string') return input;
  const lines = input.split('\n').map((line) => line.trimEnd());
  if (lines.some((line) => /^-----BEGIN PGP (?:PRIVATE|SECRET) KEY BLOCK/.test(line.trimStart()))) {
    throw secretMaterial();
  }
  const first = lines.indexOf(begin);
  const last = lines.lastIndexOf(end);
  const outside = [...lines.slice(0, Math.max(first, 0)), ...lines.slice(last + 1)];
  if (first === -1 || last < first) {
    throw new TrustError('certificate-invalid', 'No PGP public key block was found.', {
      help: 'Export your public key with gpg --export --armor <fingerprint>.',
    });
  }
  if (outside.some((line) => line !== '')) {
    throw new TrustError('certificate-invalid', 'There is text outside of the public key block.');
  }
  return readArmourLines(lines.slice(first + 1, last), 'certificate-invalid');
}

function tooLarge(): TrustError {
  return new TrustError('certificate-invalid', `A certificate is at most ${maxCertificateBytes} bytes.`, {
    help: 'Export it without the signatures of others: gpg --export-options export-minimal --export --armor <fingerprint>.',
  });
}
