// Reading a document that was verified before, and that is known by its hash since: what it says, without its signature.
//
// Nobody may rely on the result for a document of unknown origin: that is what verify.ts is for.

import type { Identity } from '../identity.ts';
import { parseStatement, statementId } from './canonical.ts';
import { isProofStart, rustTrim } from './crev/envelope.ts';
import { parseProof } from './crev/proof.ts';
import { checkSize, maxDocumentBytes } from './hostile-text.ts';
import { cutCleartext } from './openpgp/cleartext.ts';
import { identityOf, type Statement, type StatementId } from './statement.ts';
import type { Envelope } from './verified.ts';

export interface StoredDocument {
  readonly id: StatementId;
  readonly envelope: Envelope;
  /** The author that the text names. */
  readonly author: Identity;
  readonly statement: Statement;
}

/** What a stored document says. Throws what parseProof, cutCleartext and parseStatement throw. */
export function readStoredDocument(document: string): StoredDocument {
  checkSize(document, maxDocumentBytes);
  const first = document.split('\n', 1)[0] ?? '';
  if (rustTrim(first) !== '' && isProofStart(first)) {
    const { envelope, statement } = parseProof(document);
    return {
      id: statementId(envelope.body),
      envelope: 'crev',
      author: identityOf(statement.from),
      statement,
    };
  }
  const { text } = cutCleartext(document);
  const statement = parseStatement(text);
  return { id: statementId(text), envelope: 'openpgp', author: identityOf(statement.from), statement };
}

/** The signed text of a stored document, verbatim: what the statement id is the SHA-256 of. Throws as above. */
export function signedText(document: string): string {
  checkSize(document, maxDocumentBytes);
  const first = document.split('\n', 1)[0] ?? '';
  if (rustTrim(first) !== '' && isProofStart(first)) return parseProof(document).envelope.body;
  return cutCleartext(document).text;
}
