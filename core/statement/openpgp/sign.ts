// Signing with OpenPGP keys that this program holds: key files of the command line, demo reviewers, tests. People who use
// gpg sign there.
//
// The document that comes out is the canonical one. The clock is a parameter.

import * as openpgp from 'openpgp';
import { TrustError } from '../../errors.ts';
import { makeIdentity, type Identity } from '../../identity.ts';
import type { Certificate } from '../verified.ts';
import { parseStatement } from '../canonical.ts';
import { parseCertificate } from './certificate.ts';
import { cutCleartext, writeCleartext } from './cleartext.ts';
import { cutPackets, packetTags, writePacket } from './packets.ts';
import { cutSignature, writeSignature } from './signature-packet.ts';
import { strongHashName } from './strength.ts';

export type SigningKeyType = 'ed25519' | 'rsa4096' | 'nistp256';

export interface KeyRequest {
  readonly name: string;
  readonly email?: string;
  /** Ed25519 in the form that GnuPG 2.2 reads when left out. */
  readonly type?: SigningKeyType;
  /** Protects the private key's text. */
  readonly passphrase?: string;
  readonly date: Date;
  /** Seconds after `date`; never when left out. */
  readonly lifetime?: number;
}

export interface GeneratedKey {
  readonly identity: Identity;
  /** Armoured private key, encrypted when there was a passphrase. */
  readonly privateKey: string;
  readonly certificate: Certificate;
  /** Armoured revocation (no reason given: a hard one), to be kept apart from the key. */
  readonly revocation: string;
}

/** A private key that is ready to sign. */
export interface OpenpgpSigner {
  readonly identity: Identity;
  readonly key: openpgp.PrivateKey;
}

/** Makes a key that only signs, with one user id. */
export async function generateKey(request: KeyRequest): Promise<GeneratedKey> {
  const { name, email, date, passphrase, lifetime } = request;
  const { privateKey, publicKey, revocationCertificate } = await openpgp.generateKey({
    ...algorithmOf(request.type ?? 'ed25519'),
    userIDs: { name, ...(email !== undefined && { email }) },
    subkeys: [],
    date,
    format: 'armored',
    ...(passphrase !== undefined && { passphrase }),
    ...(lifetime !== undefined && { keyExpirationTime: lifetime }),
  });
  const certificate = await parseCertificate(publicKey);
  return { identity: certificate.identity, privateKey, certificate, revocation: revocationCertificate };
}

/** Opens an armoured private key; throws signer-failed when it is none, or when the passphrase is missing or wrong. */
export async function openSigner(armored: string, passphrase?: string): Promise<OpenpgpSigner> {
  try {
    let key = await openpgp.readPrivateKey({ armoredKey: armored });
    if (!key.isDecrypted()) {
      if (passphrase === undefined) throw new TrustError('signer-failed', 'The key needs its passphrase.');
      key = await openpgp.decryptKey({ privateKey: key, passphrase });
    }
    return { identity: makeIdentity('openpgp', key.getFingerprint()), key };
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    throw new TrustError('signer-failed', 'The private key cannot be opened.', {
      help: 'Check the passphrase, and that the file holds one armoured private key.',
      cause,
    });
  }
}

/** The public certificate of a signer. */
export async function certificateOfSigner(signer: OpenpgpSigner): Promise<Certificate> {
  return parseCertificate(signer.key.toPublic().write());
}

/**
 * The canonical document of a statement's text signed by a key at `date`. The text must be a statement whose `from` is the
 * signer, as `formatStatement` writes it or by hand with LF. Throws what `parseStatement` throws, author-mismatch and
 * signer-failed.
 */
export async function signCleartext(text: string, signer: OpenpgpSigner, date: Date): Promise<string> {
  const { from } = parseStatement(text);
  if (`${from['id-type']}:${from.id}` !== signer.identity) {
    throw new TrustError(
      'author-mismatch',
      `The statement is from ${from.id}, the key is ${signer.identity}.`,
    );
  }
  let armored: string;
  try {
    const message = await openpgp.createCleartextMessage({ text });
    armored = await openpgp.sign({ message, signingKeys: signer.key, date });
  } catch (cause) {
    throw new TrustError('signer-failed', 'The key cannot sign now.', {
      help: 'It may have expired, been revoked, or have no part that may sign.',
      cause,
    });
  }
  // openpgp.js names every issuer in the hashed part, so the packet is canonical once its header is.
  const cut = cutCleartext(armored);
  const body = cutPackets(cut.signature, 'signer-failed', 1)[0]?.body ?? new Uint8Array();
  const parts = cutSignature(body);
  const hash = strongHashName(body[3] ?? null);
  const packet = writePacket(packetTags.signature, writeSignature(parts, []));
  return writeCleartext(cut.text, parts.version === 6 ? undefined : hash?.toUpperCase(), packet);
}

function algorithmOf(
  type: SigningKeyType,
): Pick<Parameters<typeof openpgp.generateKey>[0], 'type' | 'curve' | 'rsaBits'> {
  switch (type) {
    case 'ed25519':
      return { type: 'ecc', curve: 'ed25519Legacy' };
    case 'nistp256':
      return { type: 'ecc', curve: 'nistP256' };
    case 'rsa4096':
      return { type: 'rsa', rsaBits: 4096 };
  }
}
