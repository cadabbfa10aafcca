// The last step of every command that signs: print what would be signed, or sign, publish and show the receipt.

import { z } from 'zod';
import type { Statement } from '../../core/statement/statement.ts';
import type { Context } from '../command-spec.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { publishSigned, signStatement } from '../sign/publish-signed.ts';
import { openLog } from '../ledger/open-log.ts';
import { ReceiptBook } from '../ledger/receipts.ts';
import type { Signer } from '../sign/signer.ts';
import { showPath } from '../config/policy-files.ts';
import { receiptLine } from './publish.ts';

const receiptSchema = z.object({ receipt: z.string().optional() });

/** Signs and publishes a statement, or with `dryRun` prints its canonical text alone. Returns the exit status. */
export async function finishStatement(
  context: Context,
  options: Readonly<Record<string, unknown>>,
  signer: Signer,
  statement: Statement,
  dryRun: boolean,
): Promise<ExitCode> {
  const { io, terminal } = context;
  if (dryRun) {
    const text = signer.textOf(statement);
    if (context.format === 'json') terminal.print(jsonText({ schema: 1, text, statement }));
    // The exact text, so that `trust-check review --dry-run … | gpg --clearsign` signs it.
    else terminal.print(text.replace(/\n$/, ''));
    return exitCodes.met;
  }
  const settings = await resolveSettings(context, options);
  const api = connectTo(context, settings);
  const log = await openLog(context, settings, api);
  const receipts = new ReceiptBook(io, api, log, receiptSchema.parse(options).receipt);
  const signed = await signStatement(signer, statement, io.clock());
  terminal.note(`Signed by ${signer.identity} with ${escapeTerminal(signer.place)}.`);
  const { receipt, file } = await publishSigned(io, terminal, api, signer, signed, receipts);
  if (context.format === 'json') terminal.print(jsonText({ schema: 1, exit: 0, receipt, receiptFile: file }));
  else {
    terminal.print(receiptLine('', receipt));
    if (file !== undefined) terminal.note(`Receipt checked, and kept in ${showPath(io, file)}`);
  }
  return exitCodes.met;
}
