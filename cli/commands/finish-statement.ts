// The last step of every command that signs: print what would be signed, or sign, publish and show the receipt.

import type { Statement } from '../../core/statement/statement.ts';
import type { Context } from '../command-spec.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { publishSigned, signStatement } from '../sign/publish-signed.ts';
import type { Signer } from '../sign/signer.ts';
import { receiptLine } from './publish.ts';

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
  const api = connectTo(context, await resolveSettings(context, options));
  const signed = await signStatement(signer, statement, io.clock());
  terminal.note(`Signed by ${signer.identity} with ${escapeTerminal(signer.place)}.`);
  const receipt = await publishSigned(io, terminal, api, signer, signed);
  if (context.format === 'json') terminal.print(jsonText({ schema: 1, exit: 0, receipt }));
  else terminal.print(receiptLine('', receipt));
  return exitCodes.met;
}
