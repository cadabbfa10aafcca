// A cleartext signature over any text: opened, then checked against a certificate. What a statement or a challenge has to say
// beside being signed is judged by who asks.
//
// openpgp.js does the cryptography, on exactly the bytes that were parsed. The packet around the signature, which key may
// sign, and at what time, is judged by ourselves: openpgp.js reads packets leniently and keeps state in its key objects.

import { enums, SignaturePacket } from 'openpgp';
import { utf8 } from '../../bytes.ts';
import { isTrustError, TrustError } from '../../errors.ts';
import { formatSeconds, instantOf } from '../../time.ts';
import type { CertificateFacts, KeyFacts } from './certificate-facts.ts';
import { cutCleartext, severalSignatures } from './cleartext.ts';
import { cutPackets, packetTags } from './packets.ts';
import { checkUncovered, cutSignature, type SignatureParts } from './signature-packet.ts';
import { strongHashName } from './strength.ts';
import { checkKeyAt, clockToleranceMs } from './validity.ts';

/** A signed text whose signature was read, and not checked: nothing in it is to be believed yet. */
export interface OpenedText {
  readonly text: string;
  readonly parts: SignatureParts;
  readonly packet: SignaturePacket;
  /** Name of the hash, for example `sha512`. */
  readonly hash: string;
}

/**
 * Opens a cleartext-signed document. Throws what `cutCleartext` throws, signature-invalid, signature-multiple, key-weak and
 * hash-header-forged.
 */
export function openText(document: string): OpenedText {
  const { declaredHashes, text, signature } = cutCleartext(document);
  const body = onlySignature(signature);
  const parts = cutSignature(body);
  const packet = readPacket(body);
  return { text, parts, packet, hash: checkHash(packet, declaredHashes) };
}

/** The key of the certificate that the signature names, by fingerprint where it gives one; undefined when it has none. */
export function signingKey(
  { primary, signingSubkeys }: CertificateFacts,
  { issuerFingerprint, issuerKeyId, version }: SignatureParts,
): KeyFacts | undefined {
  return [primary, ...signingSubkeys].find(
    ({ fingerprint, keyId, packet }) =>
      packet.version === version &&
      (issuerFingerprint !== undefined ? fingerprint === issuerFingerprint : keyId === issuerKeyId),
  );
}

/** Checks the signature by a key that `signingKey` gave; resolves with its date. Throws signature-invalid. */
export async function checkSignature({ text, parts, packet }: OpenedText, key: KeyFacts): Promise<Date> {
  checkUncovered(parts, key.fingerprint, key.keyId);
  return verifyPacket(packet, key, text);
}

/**
 * Checks that the key may sign at `at`, and the dates: of the signature, and of the text (`stated`, in nanoseconds). Throws
 * what `checkKeyAt` throws, date-in-future, signature-invalid and signature-expired.
 */
export function checkTimes(
  { packet }: OpenedText,
  { facts, key, created }: { facts: CertificateFacts; key: KeyFacts; created: Date },
  { stated, at }: { stated?: bigint; at: Date },
): void {
  checkKeyAt(facts, key, at);
  checkDates(packet, created, key, stated ?? instantOf(created), at);
}

function onlySignature(binary: Uint8Array): Uint8Array {
  const packets = cutPackets(binary, 'signature-invalid', 16);
  const [packet] = packets;
  if (packet?.tag !== packetTags.signature) {
    throw new TrustError('signature-invalid', 'The signature block does not hold a signature.');
  }
  if (packets.length > 1) throw severalSignatures();
  return packet.body;
}

function readPacket(body: Uint8Array): SignaturePacket {
  const packet = new SignaturePacket();
  try {
    packet.read(body);
  } catch (cause) {
    throw new TrustError('signature-invalid', 'The OpenPGP signature cannot be read.', { cause });
  }
  const { text, binary } = enums.signature;
  if (packet.signatureType !== text && packet.signatureType !== binary) {
    throw new TrustError('signature-invalid', 'The OpenPGP signature is not one over a text.');
  }
  return packet;
}

function checkHash(packet: SignaturePacket, declared: readonly string[]): string {
  const hash = strongHashName(packet.hashAlgorithm);
  if (hash === undefined) {
    throw new TrustError('key-weak', 'The signature uses a hash weaker than SHA-256.', {
      help: 'Sign with gpg --digest-algo SHA512 --clearsign.',
    });
  }
  if (declared.length > 0 && !declared.includes(hash.toUpperCase())) {
    throw new TrustError(
      'hash-header-forged',
      `The Hash header says ${declared.join(', ')}, the signature uses ${hash.toUpperCase()}.`,
    );
  }
  return hash;
}

async function verifyPacket(packet: SignaturePacket, key: KeyFacts, text: string): Promise<Date> {
  const { created, signatureType } = packet;
  if (created === null || signatureType === null) {
    throw new TrustError('signature-invalid', 'The OpenPGP signature has no date.');
  }
  // The framework signs lines that end in CRLF, for text and binary signatures alike (RFC 9580 section 7).
  const bytes = utf8(text.replaceAll('\n', '\r\n'));
  try {
    await packet.verify(key.packet, signatureType, { text: null, getBytes: () => bytes }, created, true);
  } catch (cause) {
    if (isTrustError(cause)) throw cause;
    throw new TrustError('signature-invalid', 'The OpenPGP signature does not fit the text.', {
      help: 'The text was changed after it was signed. Sign it again.',
      cause,
    });
  }
  return created;
}

function checkDates(packet: SignaturePacket, created: Date, key: KeyFacts, stated: bigint, at: Date): void {
  const latest = new Date(at.getTime() + clockToleranceMs);
  if (created > latest || stated > instantOf(latest)) {
    throw new TrustError('date-in-future', `The text or its signature is dated after ${formatSeconds(at)}.`, {
      help: 'Set the clock of the machine that signs, and sign again.',
    });
  }
  if (created < key.packet.created) {
    throw new TrustError('signature-invalid', 'The signature is older than the key that made it.');
  }
  const expires = packet.getExpirationTime();
  if (expires instanceof Date && at >= expires) {
    throw new TrustError('signature-expired', `The signature expired at ${formatSeconds(expires)}.`, {
      help: 'Sign without an expiry: statements are withdrawn by a retraction.',
    });
  }
}
