// From a statement to its receipt: format, sign, check what was signed, send the certificate if needed, send the statement.

import type { Receipt } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { Statement } from '../../core/statement/statement.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { keepDraft } from '../compose/edit-text.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Io } from '../io.ts';
import type { Terminal } from '../output/terminal.ts';
import type { ReceiptBook } from '../ledger/receipts.ts';
import type { Signer } from './signer.ts';

/**
 * Signs a statement and verifies the outcome as the ledger will: author, text and strength of the key. Throws
 * signer-failed when something else was signed, and the code of the verification otherwise.
 */
export async function signStatement(
  signer: Signer,
  statement: Statement,
  at: Date,
): Promise<VerifiedStatement> {
  const text = signer.textOf(statement);
  const document = await signer.sign(statement);
  const armored = await signer.certificate();
  const certificate = armored === undefined ? undefined : await parseCertificate(armored);
  const verified = await verifyDocument(document, { certificates: () => Promise.resolve(certificate), at });
  if (verified.text !== text) {
    throw new TrustError('signer-failed', `${signer.place} signed another text than it was given.`);
  }
  return verified;
}

export interface PublishedReceipt {
  readonly receipt: Receipt;
  /** Where the checked receipt is kept; undefined when the log is not checked. */
  readonly file: string | undefined;
}

/**
 * Publishes a signed statement and checks its receipt, its author's certificate before it when the ledger does not know that. When the ledger
 * cannot be reached or refuses, or its receipt does not hold, the signed document is kept in a file that the error's help names.
 */
export async function publishSigned(
  io: Io,
  terminal: Terminal,
  api: ApiClient,
  signer: Signer,
  signed: VerifiedStatement,
  receipts: ReceiptBook,
): Promise<PublishedReceipt> {
  try {
    if ((await api.certificate(signer.identity)) === undefined) {
      const certificate = await signer.certificate();
      if (certificate !== undefined) {
        const receipt = await api.publishCertificate(certificate);
        await receipts.certificate(receipt, certificate);
        terminal.note(`Published your certificate, ${signer.identity}: entry ${receipt.index}.`);
      }
    }
    const receipt = await api.publishStatement(signed.document);
    checkReceipt(receipt, signed);
    return { receipt, file: await receipts.statement(receipt, signed) };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    const path = await keepDraft(io, `${signed.id.slice(0, 12)}.asc`, signed.document);
    throw new TrustError(error.code, error.message, {
      help: `${error.help === undefined ? '' : `${error.help} `}What you signed is kept in ${path}; trust-check publish sends it.`,
      cause: error,
    });
  }
}

/** A receipt has to be for what was sent. */
export function checkReceipt(receipt: Receipt, signed: Pick<VerifiedStatement, 'id' | 'author'>): void {
  if (receipt.id !== signed.id || receipt.author !== signed.author) {
    throw new TrustError('server-answer', `The receipt is for ${receipt.id}, and ${signed.id} was sent.`);
  }
}
