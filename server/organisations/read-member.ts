// Who is meant by what an administrator typed: a fingerprint, an identity, a public key, or the address of a profile.
//
// Of a public key only the fingerprint is taken; publishing it is for its owner.

import { TrustError } from '../../core/errors.ts';
import { makeIdentity, parseIdentity, type Identity } from '../../core/identity.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';

/** Longest text that is looked at: a large public key. */
export const maxMemberText = 100_000;

/** The identity that a text names; throws identity-invalid, certificate-invalid or certificate-secret. */
export async function readMember(typed: string): Promise<Identity> {
  const text = typed.trim();
  if (text.includes('-----BEGIN PGP')) return (await parseCertificate(text)).identity;
  const address = /\/identities\/([^/?#\s]{1,200})$/.exec(text)?.[1];
  if (address !== undefined) return parseIdentity(decoded(address));
  const compact = text.replaceAll(/\s+/g, '');
  if (/^(?:0x)?(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(compact)) {
    return makeIdentity('openpgp', compact.replace(/^0x/, ''));
  }
  if (/^[A-Za-z0-9_-]{43}$/.test(compact)) return makeIdentity('crev', compact);
  if (/^(?:openpgp|crev):/.test(compact)) return parseIdentity(compact);
  throw new TrustError('identity-invalid', 'That names nobody.', {
    help: 'Enter a whole fingerprint (40 or 64 hex digits), a crev id, a public key, or the address of a profile here.',
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
