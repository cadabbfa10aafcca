// The command line as a function: arguments and a world in, an exit status out. It never ends the process.

import { setMaxListeners } from 'node:events';
import { CommanderError } from 'commander';
import type { CommandSpec, Context, OutputFormat } from './command-spec.ts';
import { commands } from './commands/index.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { readGlobalOptions, verbosityOf, type GlobalOptions } from './global-options.ts';
import { makeApiClient } from './http/api-client.ts';
import { parseServerUrl } from './http/server-url.ts';
import type { Io } from './io.ts';
import { makeTerminal } from './output/terminal.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Runs one command. `argv` is without the program's name. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const interrupt = new AbortController();
  // Every exchange that is under way listens, and a few dozen at once are no leak.
  setMaxListeners(256, interrupt.signal);
  const stopListening = io.onInterrupt(() => {
    interrupt.abort(new DOMException('Interrupted.', 'AbortError'));
  });
  const early = guessOptions(argv, io);
  let options = early;
  let exit: ExitCode = exitCodes.met;
  const act = async (spec: CommandSpec, args: readonly string[], values: unknown): Promise<void> => {
    const given = readGlobalOptions(values);
    const format = formatOf(given, io);
    options = { format, color: given.color, debug: given.debug === true };
    const context = makeContext(io, given, format, interrupt.signal);
    exit = await spec.run(context, args, record(values));
  };
  try {
    await buildProgram(commands, io, argv.includes('--help'), act).parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.met;
    if (interrupt.signal.aborted) {
      io.stderr.write('Interrupted.\n');
      return exitCodes.interrupted;
    }
    return reportError(io, error, options);
  } finally {
    stopListening();
  }
}

function makeContext(io: Io, given: GlobalOptions, format: OutputFormat, signal: AbortSignal): Context {
  const terminal = makeTerminal(io, verbosityOf(given), given.color);
  return {
    io,
    terminal,
    format,
    signal,
    debug: given.debug === true,
    server: given.server,
    timeoutMs: given.timeout === undefined ? undefined : given.timeout * 1000,
    connect: (server, timeoutMs) =>
      makeApiClient({
        server: parseServerUrl(server),
        fetch: io.fetch,
        timeoutMs,
        signal,
        debug: (line) => {
          terminal.debug(line);
        },
      }),
  };
}

function formatOf(given: Pick<GlobalOptions, 'format' | 'json'>, io: Io): OutputFormat {
  if (given.json === true) return 'json';
  return given.format ?? (io.env['TRUST_CHECK_FORMAT'] === 'json' ? 'json' : 'human');
}

/** How to tell an error in the arguments themselves, before they are parsed. */
function guessOptions(
  argv: readonly string[],
  io: Io,
): { format: OutputFormat; color: 'auto' | 'always' | 'never'; debug: boolean } {
  const json =
    argv.includes('--json') ||
    argv.includes('--format=json') ||
    argv[argv.indexOf('--format') + 1] === 'json';
  return {
    format: json && argv.length > 0 ? 'json' : formatOf({}, io),
    color: argv.includes('--color=never') ? 'never' : 'auto',
    debug: argv.includes('--debug'),
  };
}

function record(values: unknown): Readonly<Record<string, unknown>> {
  return typeof values === 'object' && values !== null ? { ...values } : {};
}
