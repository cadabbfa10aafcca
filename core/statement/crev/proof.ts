// crev proofs: reading files of them, and verifying one (Ed25519 over the body exactly as it stands).
//
// Bytes are verified as they came and parsed as they came; nothing is ever written again in order to verify. The author
// is the key in the signed `from`. Stored is the proof in its own three-marker block with LF, which cargo-crev reads.

import { utf8 } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { hashText, statementId } from '../canonical.ts';
import { identityOf, type PackageReview, type TrustStatement } from '../statement.ts';
import type { VerifiedStatement } from '../verified.ts';
import { verifyByCrevId } from './ed25519.ts';
import { readEnvelopes, writeEnvelope, type CrevEnvelope, type Entry } from './envelope.ts';
import { readCrevContent } from './read-content.ts';

/** A proof that was read and not yet verified. */
export interface CrevProof {
  readonly envelope: CrevEnvelope;
  readonly statement: PackageReview | TrustStatement;
}

/** One proof of a file, with the line it starts on: what it says, or why it was not kept. */
export type ProofEntry = Entry<CrevProof>;

/**
 * Every proof of a file of a proof repository, in order. A bad one is reported with its line and its reason and the rest
 * is kept (upstream rejects the whole file). Nothing is verified yet. Throws text-too-large for a file over 4 MiB.
 */
export function parseProofFile(text: string): readonly ProofEntry[] {
  return readEnvelopes(text, readProof);
}

/** The only proof of a document; throws what is wrong with it, and signature-multiple when there are several. */
export function parseProof(document: string): CrevProof {
  const [entry, ...others] = parseProofFile(document);
  if (entry === undefined) throw new TrustError('envelope-unrecognised', 'The document holds no proof.');
  if ('error' in entry) throw entry.error;
  for (const other of others) {
    if ('error' in other) throw other.error;
    throw new TrustError('signature-multiple', 'The document holds several proofs.', {
      help: 'Submit one proof at a time, or as a batch.',
    });
  }
  return entry.proof;
}

/** Checks the signature of a proof; throws signature-invalid, and key-weak for a key that cannot sign for anybody. */
export async function verifyCrevProof(proof: CrevProof): Promise<VerifiedStatement> {
  const { envelope, statement } = proof;
  const { id } = statement.from;
  if (!(await verifyByCrevId(id, envelope.signature, utf8(envelope.body)))) {
    throw new TrustError(
      'signature-invalid',
      'The Ed25519 signature does not fit the text and the author’s key.',
      {
        help: 'The proof was changed after it was signed (trailing spaces count), or made before April 2019.',
      },
    );
  }
  const document = writeEnvelope(envelope);
  return {
    id: statementId(envelope.body),
    envelope: 'crev',
    author: identityOf(statement.from),
    statement,
    text: envelope.body,
    document,
    documentHash: hashText(document),
    signature: { algorithm: 'ed25519', key: id, created: undefined },
  };
}

function readProof(envelope: CrevEnvelope): CrevProof {
  return { envelope, statement: readCrevContent(envelope.body, envelope.legacyType) };
}
