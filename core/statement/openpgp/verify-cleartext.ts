// Verifying an OpenPGP cleartext statement: one signature, by a key of the certificate that the text names as its author.
//
// openpgp.js does the cryptography, on exactly the bytes that were parsed. The packet around the signature, which key may
// sign, and at what time, is judged by ourselves: openpgp.js reads packets leniently and keeps state in its key objects.
// What is stored is written anew from the verified parts, so that plain gpg accepts it and one statement has one form.

import { enums, SignaturePacket } from 'openpgp';
import { fromHex, utf8 } from '../../bytes.ts';
import { isTrustError, TrustError } from '../../errors.ts';
import { formatSeconds, instantOf, parseInstant } from '../../time.ts';
import type { Identity } from '../../identity.ts';
import { hashText, readStatement, statementId } from '../canonical.ts';
import { identityOf, idRefSchema } from '../statement.ts';
import { isYamlRecord, parseYaml, type YamlValue } from '../yaml.ts';
import type { CertificateLookup, VerifiedStatement } from '../verified.ts';
import { certificateFacts } from './certificate.ts';
import type { CertificateFacts, KeyFacts } from './certificate-facts.ts';
import { cutCleartext, severalSignatures, writeCleartext } from './cleartext.ts';
import { cutPackets, packetTags, writePacket } from './packets.ts';
import {
  canonicalUnhashed,
  checkUncovered,
  cutSignature,
  writeSignature,
  type SignatureParts,
} from './signature-packet.ts';
import { strongHashName } from './strength.ts';
import { checkKeyAt, clockToleranceMs } from './validity.ts';

/** Whose certificates are known, and the ledger time at which keys are judged. */
export interface VerificationContext {
  readonly certificates: CertificateLookup;
  readonly at: Date;
}

/**
 * Verifies a cleartext-signed statement. Throws what `cutCleartext` and `parseStatement` throw, and key-unknown,
 * author-mismatch, key-weak, key-expired, key-revoked, signature-invalid, signature-multiple, signature-expired,
 * hash-header-forged or date-in-future.
 */
export async function verifyCleartext(
  document: string,
  context: VerificationContext,
): Promise<VerifiedStatement> {
  const { declaredHashes, text, signature } = cutCleartext(document);
  const body = onlySignature(signature);
  const parts = cutSignature(body);
  const packet = readPacket(body);
  const hash = checkHash(packet, declaredHashes);
  // The author is read from the text to find the key; nothing else is believed before the signature holds.
  const data = parseYaml(text);
  const author = authorOf(data);
  const certificate = await context.certificates(author);
  if (certificate === undefined) throw unknownKey(author);
  const facts = await certificateFacts(certificate);
  if (author !== `openpgp:${facts.primary.fingerprint}`) throw mismatch(author);
  const key = signingKey(facts, parts);
  if (key === undefined) throw mismatch(author);

  checkUncovered(parts, key.fingerprint, key.keyId);
  // The fields are checked while other threads do the cryptography.
  const checking = verifyPacket(packet, key, text);
  checking.catch(() => undefined);
  const statement = readStatement(data);
  const created = await checking;
  checkKeyAt(facts, key, context.at);
  checkDates(packet, created, key, parseInstant(statement.date), context.at);

  const canonical = writeSignature(parts, canonicalUnhashed(parts, fromHex(key.keyId)));
  const stored = writeCleartext(
    text,
    parts.version === 6 ? undefined : hash.toUpperCase(),
    writePacket(packetTags.signature, canonical),
  );
  return {
    id: statementId(text),
    envelope: 'openpgp',
    author,
    statement,
    text,
    document: stored,
    documentHash: hashText(stored),
    signature: { algorithm: `${key.strength.algorithm}/${hash}`, key: key.fingerprint, created },
  };
}

function authorOf(data: YamlValue): Identity {
  const from = idRefSchema.safeParse(isYamlRecord(data) ? data['from'] : undefined);
  // Without a readable author the whole statement is invalid, and its schema says best how.
  return identityOf(from.success ? from.data : readStatement(data).from);
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

/** The key of the certificate that the signature names, by fingerprint where it gives one. */
function signingKey(facts: CertificateFacts, parts: SignatureParts): KeyFacts | undefined {
  const { issuerFingerprint, issuerKeyId } = parts;
  return [facts.primary, ...facts.signingSubkeys].find(
    ({ fingerprint, keyId, packet }) =>
      packet.version === parts.version &&
      (issuerFingerprint !== undefined ? fingerprint === issuerFingerprint : keyId === issuerKeyId),
  );
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
    throw new TrustError(
      'date-in-future',
      `The statement or its signature is dated after ${formatSeconds(at)}.`,
      {
        help: 'Set the clock of the machine that signs, and sign again.',
      },
    );
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

function unknownKey(author: string): TrustError {
  return new TrustError('key-unknown', `The certificate of ${author} is not known.`, {
    help: 'Publish the public key first: gpg --export --armor <fingerprint>.',
  });
}

function mismatch(author: string): TrustError {
  return new TrustError(
    'author-mismatch',
    `The statement names ${author} as its author, another key signed it.`,
    {
      help: 'The `from` of a statement is the fingerprint of the primary key of whoever signs it.',
    },
  );
}
