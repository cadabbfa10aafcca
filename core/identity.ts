// Identities: public keys that sign, in the one text form used everywhere.
//
//   openpgp:<40 or 64 upper-case hex digits>   fingerprint of the primary key (RFC 9580 section 5.5.4)
//   crev:<43 characters of base64url>          an Ed25519 public key
//
// A root of trust is an identity, or one of its reviewer sets: openpgp:<fingerprint>#<set name>.

import { compareBytes, excerpt, fromBase64Url, fromHex } from './bytes.ts';
import { TrustError } from './errors.ts';

export type Identity = string & { readonly __brand: 'Identity' };
/** An identity, or `identity#name` for one of its reviewer sets. */
export type Root = string & { readonly __brand: 'Root' };

export const idTypes = ['openpgp', 'crev'] as const;
export type IdType = (typeof idTypes)[number];

const help =
  'An identity is openpgp:<fingerprint, 40 or 64 hex digits> or crev:<43 characters of base64url>.';

/** The identity that a text names, in its canonical form; throws identity-invalid. Hex may come in either case. */
export function parseIdentity(text: string): Identity {
  const colon = text.indexOf(':');
  return makeIdentity(text.slice(0, colon === -1 ? 0 : colon), text.slice(colon + 1));
}

/** The identity of an `id-type` and `id` as statements write them; throws identity-invalid. */
export function makeIdentity(idType: string, id: string): Identity {
  if (idType === 'openpgp' && /^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(id)) {
    return `openpgp:${id.toUpperCase()}` as Identity;
  }
  if (idType === 'crev' && /^[A-Za-z0-9_-]{43}$/.test(id)) {
    try {
      fromBase64Url(id);
      return `crev:${id}` as Identity;
    } catch (cause) {
      throw new TrustError('identity-invalid', `Not canonical base64url: crev:${id}`, { help, cause });
    }
  }
  throw new TrustError('identity-invalid', `Not an identity: ${excerpt(`${idType}:${id}`)}`, { help });
}

/** The two parts of an identity. */
export function splitIdentity(identity: Identity): { readonly 'id-type': IdType; readonly id: string } {
  const colon = identity.indexOf(':');
  return { 'id-type': identity.slice(0, colon) as IdType, id: identity.slice(colon + 1) };
}

/** The raw bytes that order identities: the Ed25519 key of a crev identity, the fingerprint of an OpenPGP one. */
export function identityBytes(identity: Identity): Uint8Array {
  const { 'id-type': idType, id } = splitIdentity(identity);
  return idType === 'crev' ? fromBase64Url(id) : fromHex(id);
}

/** A total order: crev before openpgp, then by raw bytes, as crev orders its ids. */
export function compareIdentities(a: Identity, b: Identity): number {
  if (a === b) return 0;
  const left = splitIdentity(a);
  const right = splitIdentity(b);
  if (left['id-type'] !== right['id-type']) return left['id-type'] < right['id-type'] ? -1 : 1;
  return compareBytes(identityBytes(a), identityBytes(b));
}

/** The name of a reviewer set: what may stand behind `#` in a root. */
export const setNamePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The root that a text names; throws identity-invalid. */
export function parseRoot(text: string): Root {
  const hash = text.indexOf('#');
  if (hash === -1) return parseIdentity(text) as string as Root;
  const name = text.slice(hash + 1);
  if (!setNamePattern.test(name)) {
    throw new TrustError('identity-invalid', `Not the name of a reviewer set: ${excerpt(name)}`, {
      help: 'A set is named with lower-case letters, digits and inner hyphens: openpgp:<fingerprint>#security.',
    });
  }
  return makeRoot(parseIdentity(text.slice(0, hash)), name);
}

/** The root for an identity, or for its reviewer set of that name. */
export function makeRoot(owner: Identity, setName?: string): Root {
  return (setName === undefined ? owner : `${owner}#${setName}`) as Root;
}

/** The identity and, for a reviewer set, the set's name. */
export function splitRoot(root: Root): { readonly owner: Identity; readonly setName: string | undefined } {
  const hash = root.indexOf('#');
  return hash === -1
    ? { owner: root as string as Identity, setName: undefined }
    : { owner: root.slice(0, hash) as Identity, setName: root.slice(hash + 1) };
}
