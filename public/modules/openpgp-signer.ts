// Signing in the browser with an OpenPGP key that the person gave to this page.
//
// Neither the page's elements nor the network are known here: key and passphrase come in as values, and only the signed
// document and the public certificate come out. Statements are signed and verified by core, as the command line does it.

import * as openpgp from 'openpgp';
import { TrustError } from '../../core/errors.ts';
import { makeIdentity, type Identity } from '../../core/identity.ts';
import { certificateOfSigner, openSigner, signCleartext } from '../../core/statement/openpgp/sign.ts';
import { verifyDocument } from '../../core/statement/verify.ts';

/** A private key as it was given, still locked when it has a passphrase. */
export interface HeldKey {
  readonly identity: Identity;
  readonly userIds: readonly string[];
  readonly locked: boolean;
  /** The key alone, armoured: what the file held beside it is left out. */
  readonly armored: string;
}

export interface Signed {
  readonly document: string;
  /** The armoured public certificate of the key that signed. */
  readonly certificate: string;
}

/** What is signed: a statement, which core checks, or a text that only proves possession of the key. */
export type SignKind = 'statement' | 'text';

/** The private keys in a file or a pasted text, armoured or binary. Throws signer-failed when there is none. */
export async function readHeldKeys(material: string | Uint8Array): Promise<readonly HeldKey[]> {
  const armored = armourIn(material);
  try {
    const keys =
      armored !== undefined
        ? await openpgp.readPrivateKeys({ armoredKeys: armored })
        : await openpgp.readPrivateKeys({ binaryKeys: bytesOf(material) });
    if (keys.length === 0) throw noKey();
    return keys.map((key) => ({
      identity: makeIdentity('openpgp', key.getFingerprint()),
      userIds: key.getUserIDs(),
      locked: !key.isDecrypted(),
      armored: key.armor(),
    }));
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    if (armored?.includes('BEGIN PGP PUBLIC KEY') === true) {
      throw new TrustError('signer-failed', 'This is a public key. Signing needs the private one.', {
        help: 'Export it with gpg --export-secret-keys --armor, or sign with gpg as described below.',
        cause,
      });
    }
    throw noKey(cause);
  }
}

/** Of several keys the author's, else the first. */
export function chooseKey(keys: readonly HeldKey[], author: Identity | undefined): HeldKey | undefined {
  return keys.find(({ identity }) => identity === author) ?? keys[0];
}

/**
 * Signs exactly this text at `date` and checks the result as the ledger would. Throws signer-failed, and for statements what
 * `parseStatement` and `verifyDocument` throw, such as author-mismatch and key-expired.
 */
export async function signWith(
  key: HeldKey,
  passphrase: string,
  what: { readonly kind: SignKind; readonly text: string },
  date: Date,
): Promise<Signed> {
  const signer = await openSigner(key.armored, key.locked ? passphrase : undefined).catch(explainArgon2);
  const certificate = await certificateOfSigner(signer);
  if (what.kind === 'text') {
    const message = await openpgp.createCleartextMessage({ text: what.text });
    const document = await openpgp.sign({ message, signingKeys: signer.key, date });
    return { document, certificate: certificate.armored };
  }
  const document = await signCleartext(what.text, signer, date);
  await verifyDocument(document, { certificates: () => Promise.resolve(certificate), at: date });
  return { document, certificate: certificate.armored };
}

/** The armoured text in what was given; undefined for binary keys. */
function armourIn(material: string | Uint8Array): string | undefined {
  const text = typeof material === 'string' ? material : new TextDecoder('latin1').decode(material);
  return text.includes('-----BEGIN PGP') || typeof material === 'string' ? text.trim() : undefined;
}

function bytesOf(material: string | Uint8Array): Uint8Array {
  return typeof material === 'string' ? new TextEncoder().encode(material) : material;
}

function noKey(cause?: unknown): TrustError {
  return new TrustError('signer-failed', 'There is no OpenPGP private key in this.', {
    help: 'Choose the file that gpg --export-secret-keys --armor wrote, or that this site gave you as your backup.',
    cause,
  });
}

/** Keys that are locked by Argon2 need WebAssembly, which pages of this site may not run. */
function explainArgon2(error: unknown): never {
  const text = String(error instanceof Error ? (error.cause ?? error) : error);
  if (/argon2|WebAssembly|wasm/i.test(text)) {
    throw new TrustError('signer-failed', 'This key is locked with Argon2, which this page cannot open.', {
      help: 'Sign with gpg or trust-check, as described below.',
      cause: error,
    });
  }
  throw error;
}
