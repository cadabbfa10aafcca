// The one way in: a document in either envelope becomes a VerifiedStatement, or an error that says why not.
//
// The server calls it for what is submitted and the client for what it is served: the same function, at ledger time.

import { excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { formatSeconds, instantOf, parseInstant } from '../time.ts';
import { isProofStart, maxCrevBodyBytes, maxCrevSignatureBytes, rustTrim } from './crev/envelope.ts';
import { parseProof, verifyCrevProof } from './crev/proof.ts';
import { checkSize, maxDocumentBytes } from './hostile-text.ts';
import { secretMaterial } from './openpgp/certificate-parts.ts';
import { cleartextBegin } from './openpgp/cleartext.ts';
import { clockToleranceMs } from './openpgp/validity.ts';
import { verifyCleartext, type VerificationContext } from './openpgp/verify-cleartext.ts';
import type { VerifiedStatement } from './verified.ts';

export type { VerificationContext } from './openpgp/verify-cleartext.ts';

// Markers, line ends and white space around the two parts of a proof.
const maxProofBytes = maxCrevBodyBytes + maxCrevSignatureBytes + 1024;

/**
 * Verifies one signed document, recognised by its first line that is not empty. `context.certificates` finds OpenPGP
 * certificates (crev proofs carry their key); `context.at` is the ledger time at which keys and dates are judged. Throws
 * a TrustError with the reason; see verify-cleartext.ts and crev/proof.ts for the codes.
 */
export async function verifyDocument(
  document: string,
  context: VerificationContext,
): Promise<VerifiedStatement> {
  checkSize(document, maxDocumentBytes);
  const first = firstLine(document);
  if (first.trimEnd() === cleartextBegin) return verifyCleartext(document, context);
  if (isProofStart(first)) {
    checkSize(document, maxProofBytes);
    const verified = await verifyCrevProof(parseProof(document));
    if (
      parseInstant(verified.statement.date) >
      instantOf(context.at) + BigInt(clockToleranceMs) * 1_000_000n
    ) {
      throw new TrustError('date-in-future', `The proof is dated after ${formatSeconds(context.at)}.`, {
        help: 'Set the clock of the machine that signs, and sign again.',
      });
    }
    return verified;
  }
  throw unrecognised(document, first);
}

function firstLine(document: string): string {
  return document.split('\n').find((line) => rustTrim(line) !== '') ?? '';
}

function unrecognised(document: string, first: string): TrustError {
  if (/^-----BEGIN PGP (?:PRIVATE|SECRET) KEY BLOCK/m.test(document)) return secretMaterial();
  if (document.split('\n').some((line) => line.trim() === cleartextBegin || isProofStart(line))) {
    return new TrustError('text-outside-signature', `Text before the signed part: ${excerpt(first, 60)}`, {
      help: 'Submit the signed message alone, from its BEGIN line to its END line.',
    });
  }
  return new TrustError('envelope-unrecognised', `Not a signed statement: ${excerpt(first, 60)}`, {
    help: 'Sign the statement with gpg --clearsign (not --sign or --detach-sign), or submit a crev proof.',
  });
}
