// Verifying an OpenPGP cleartext statement: one signature, by a key of the certificate that the text names as its author.
//
// What is stored is written anew from the verified parts, so that plain gpg accepts it and one statement has one form.

import { fromHex } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { parseInstant } from '../../time.ts';
import type { Identity } from '../../identity.ts';
import { hashText, readStatement, statementId } from '../canonical.ts';
import { identityOf, idRefSchema } from '../statement.ts';
import { isYamlRecord, parseYaml, type YamlValue } from '../yaml.ts';
import type { CertificateLookup, VerifiedStatement } from '../verified.ts';
import { certificateFacts } from './certificate.ts';
import { writeCleartext } from './cleartext.ts';
import { packetTags, writePacket } from './packets.ts';
import { canonicalUnhashed, writeSignature } from './signature-packet.ts';
import { checkSignature, checkTimes, openText, signingKey } from './signed-text.ts';

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
  const opened = openText(document);
  const { text, parts, hash } = opened;
  // The author is read from the text to find the key; nothing else is believed before the signature holds.
  const data = parseYaml(text);
  const author = authorOf(data);
  const certificate = await context.certificates(author);
  if (certificate === undefined) throw unknownKey(author);
  const facts = await certificateFacts(certificate);
  if (author !== `openpgp:${facts.primary.fingerprint}`) throw mismatch(author);
  const key = signingKey(facts, parts);
  if (key === undefined) throw mismatch(author);

  // The fields are checked while other threads do the cryptography.
  const checking = checkSignature(opened, key);
  checking.catch(() => undefined);
  const statement = readStatement(data);
  const created = await checking;
  checkTimes(opened, { facts, key, created }, { stated: parseInstant(statement.date), at: context.at });

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
