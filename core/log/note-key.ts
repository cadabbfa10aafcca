// Keys that sign notes, in their text forms (C2SP signed-note).
//
//   verifier key  <name>+<key id, 8 hex digits>+<base64 of type and public key>
//   private key   PRIVATE+KEY+<name>+<key id>+<base64 of type and 32-byte seed>      as Go's note package writes it
//
// Types: 0x01 Ed25519, what a log signs with; 0x04 Ed25519 and 0x06 ML-DSA-44 cosignatures, what witnesses sign with, and
// 0x06 as a log's second signature. Others are refused here and ignored in notes.

import { sha256 } from '@noble/hashes/sha2.js';
import { excerpt, fromBase64, toBase64, toHex, utf8 } from '../bytes.ts';
import { checkPublicKey, ed25519KeyBytes, ed25519KeyPair } from '../ed25519.ts';
import { TrustError } from '../errors.ts';
import { mlDsa44KeyPair, mlDsaPublicKeyBytes } from './ml-dsa.ts';

export const keyTypes = { ed25519: 0x01, cosignature: 0x04, mlDsa: 0x06 } as const;
export type KeyType = keyof typeof keyTypes;

export interface VerifierKey {
  /** Origin of the log, or name of the witness. */
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly id: string;
  readonly type: KeyType;
  readonly publicKey: Uint8Array;
}

export interface PrivateKey {
  readonly key: VerifierKey;
  /** A signature over plain bytes, without key id or time. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/** Longest name, in bytes: ML-DSA cosignatures write its length in one byte. */
const maxNameBytes = 255;
/** Longest text of a key: a name, and an ML-DSA key in base64. */
const maxKeyText = 4096;
const seedBytes = 32;

/** Whether a text can be the name of a key: not empty, no white space, no plus sign, at most 255 bytes. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\s\p{White_Space}+\p{Cc}]/u.test(name) && utf8(name).length <= maxNameBytes;
}

/** A key with its id; throws note-invalid on a wrong name or length, key-weak on an Ed25519 key of small order. */
export function makeVerifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  const length = type === 'mlDsa' ? mlDsaPublicKeyBytes : ed25519KeyBytes;
  if (!isKeyName(name)) throw wrong(`not a name: ${excerpt(name)}`);
  if (publicKey.length !== length) throw wrong(`a key of this type has ${length} bytes`);
  if (type !== 'mlDsa') checkPublicKey(publicKey);
  const hash = sha256
    .create()
    .update(utf8(`${name}\n`))
    .update(Uint8Array.of(keyTypes[type]));
  return { name, id: toHex(hash.update(publicKey).digest().subarray(0, 4)), type, publicKey };
}

/** The text form of a verifier key. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(keyTypes[type], ...publicKey))}`;
}

/** Reads a verifier key; throws note-invalid for anything that would not be written the same. */
export function parseVerifierKey(text: string): VerifierKey {
  const { name, type, bytes } = splitKey(text);
  const key = makeVerifierKey(name, type, bytes);
  if (formatVerifierKey(key) !== text) throw wrong('its id is not the one of this name and key');
  return key;
}

/** The text form of a private key. Keep it as you keep any key. */
export function formatPrivateKey({ name, id, type }: VerifierKey, seed: Uint8Array): string {
  return `PRIVATE+KEY+${name}+${id}+${toBase64(Uint8Array.of(keyTypes[type], ...seed))}`;
}

/** Reads a private key; throws note-invalid, without showing what was given, for anything that would not be written the same. */
export async function parsePrivateKey(text: string): Promise<PrivateKey> {
  const prefix = 'PRIVATE+KEY+';
  if (!text.startsWith(prefix)) throw wrong('a private key begins with PRIVATE+KEY+');
  const { name, type, bytes: seed } = splitKey(text.slice(prefix.length));
  const privateKey = await makePrivateKey(name, type, seed);
  if (formatPrivateKey(privateKey.key, seed) !== text)
    throw wrong('its id is not the one of this name and key');
  return privateKey;
}

/** The private key of a name, type and 32-byte seed; throws note-invalid on a wrong name or length. */
export async function makePrivateKey(name: string, type: KeyType, seed: Uint8Array): Promise<PrivateKey> {
  if (seed.length !== seedBytes) throw wrong(`a seed has ${seedBytes} bytes`);
  const pair = type === 'mlDsa' ? await mlDsa44KeyPair(seed) : await ed25519KeyPair(seed);
  return { key: makeVerifierKey(name, type, pair.publicKey), sign: pair.sign };
}

/** Splits at the first two plus signs only, because base64 has more of them. */
function splitKey(text: string): { name: string; type: KeyType; bytes: Uint8Array } {
  const match = /^([^+]*)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]+)$/.exec(text.length <= maxKeyText ? text : '');
  const [, name = '', encoded = ''] = match ?? [];
  if (match === null) throw wrong('it is not <name>+<8 hex digits>+<base64>');
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(encoded);
  } catch {
    // Without the cause, which quotes what it was given: it may be a private key.
    throw wrong('its last part is not base64');
  }
  const type = (Object.keys(keyTypes) as KeyType[]).find((known) => keyTypes[known] === bytes[0]);
  if (type === undefined) throw wrong(`keys of type ${bytes[0] ?? 0} are not known`);
  return { name, type, bytes: bytes.subarray(1) };
}

function wrong(why: string): TrustError {
  return new TrustError('note-invalid', `Not a key for signing notes: ${why}`, {
    help: 'A verifier key looks like example.org/log+530d903a+AekyeRrm…; the ledger publishes its own under /.well-known/trust-ledger.',
  });
}
