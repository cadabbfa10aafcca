// `witness` alone as a program, for tests that start it often: translating the whole command line at each start takes long.
//
// Arguments and signals reach it as they reach the real one.

import { logWitnessCommand } from '../../../cli/commands/log-witness.ts';
import { makeTerminal } from '../../../cli/output/terminal.ts';
import { processIo } from '../../../cli/process-io.ts';
import { buildProgram } from '../../../cli/program.ts';

const io = processIo();
const interrupt = new AbortController();
io.onInterrupt(() => {
  interrupt.abort();
});
const program = buildProgram([logWitnessCommand], io, false, async (spec, args, values) => {
  process.exitCode = await spec.run(
    {
      io,
      terminal: makeTerminal(io, 'normal', 'never'),
      format: 'json',
      debug: false,
      server: undefined,
      timeoutMs: undefined,
      signal: interrupt.signal,
      connect: () => {
        throw new Error('A witness asks no ledger.');
      },
    },
    args,
    { ...(values as object) },
  );
});
await program.parseAsync(process.argv.slice(2), { from: 'user' });
