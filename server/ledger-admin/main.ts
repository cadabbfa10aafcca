// npm run ledger -- <command>: what the operator of a ledger needs, by the configuration of the service.
//
// On the embedded database stop the service first; on PostgreSQL it may run. Results go to standard output, the rest to
// standard error. Exit status: 0 done, 1 refused or failed, 2 wrong arguments or configuration, 3 fsck found something.

import { CommanderError } from 'commander';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { makeProgram, type Outcome } from './commands.ts';
import type { Output } from './context.ts';

const isTerminal = process.stderr.isTTY;
let lastProgress = 0;
const output: Output = {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  progress: (done, total) => {
    // A line that moves on a terminal; elsewhere one every few seconds.
    const now = Date.now();
    if (now - lastProgress < (isTerminal ? 100 : 5000) && done < total) return;
    lastProgress = now;
    const line = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} entries`;
    process.stderr.write(isTerminal ? `\r${line}${done === total ? '\n' : ''}` : `${line}\n`);
  },
  json: process.argv.includes('--json'),
};
const outcome: Outcome = { status: 0 };

try {
  const program = makeProgram(process.env, output, outcome);
  program.exitOverride();
  for (const command of program.commands) {
    command.exitOverride();
    for (const child of command.commands) child.exitOverride();
  }
  await program.parseAsync(process.argv);
  process.exitCode = outcome.status;
} catch (error) {
  process.exitCode = complain(error);
}

/** Says what went wrong; returns the exit status. */
function complain(error: unknown): number {
  // Commander has said it already; help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`ledger: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof TrustError && error.help !== undefined) process.stderr.write(`help: ${error.help}\n`);
  return isTrustError(error, 'config-invalid') || isTrustError(error, 'usage') ? 2 : 1;
}
