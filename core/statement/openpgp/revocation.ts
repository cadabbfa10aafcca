// A revocation that was kept apart from its key, as gpg and this site make them, put to the certificate that it revokes.

import { concatBytes } from '@noble/hashes/utils.js';
import { TrustError } from '../../errors.ts';
import type { Certificate } from '../verified.ts';
import { readArmourLines } from './armour.ts';
import { mergeCertificates, parseCertificate, toBinary } from './certificate.ts';
import { cutPackets, packetTags } from './packets.ts';

/** Largest text that is looked at: a certificate that holds the revocation, with the words around it. */
const maxRevocationLength = 400 * 1024;

/**
 * The certificate with the revocation in a text: a bare revocation, also as gpg keeps it with a colon before its first line
 * and an explanation above, or a whole certificate that was revoked. Throws certificate-invalid when it does not revoke this
 * key, or says what is known already, and certificate-secret.
 */
export async function applyRevocation(known: Certificate, text: string): Promise<Certificate> {
  if (text.length > maxRevocationLength) throw invalid('This is too long to be a revocation.');
  const lines = text.split('\n').map((line) => line.trimEnd());
  const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
  const first = lines.findIndex((line) => line === begin || line === `:${begin}`);
  const last = lines.indexOf('-----END PGP PUBLIC KEY BLOCK-----', first);
  if (first === -1 || last === -1) return parseCertificate(text);
  const bytes = readArmourLines(lines.slice(first + 1, last), 'certificate-invalid');
  const [packet] = cutPackets(bytes, 'certificate-invalid', 20_000);
  const revoked =
    packet?.tag === packetTags.signature
      ? await parseCertificate(concatBytes(toBinary(known.armored), bytes))
      : await mergeCertificates(known, await parseCertificate(bytes));
  if (revoked.revocation === undefined) throw invalid('This does not revoke that key.');
  if (revoked.id === known.id) throw invalid('The ledger knows this revocation already.');
  return revoked;
}

function invalid(message: string): TrustError {
  return new TrustError('certificate-invalid', message, {
    help: 'Give the revocation certificate of exactly this key. gpg keeps one in openpgp-revocs.d of its home.',
  });
}
