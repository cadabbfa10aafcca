// What a command is: words for its help, options, and a function from arguments to an exit status. No command knows the
// argument parser; help, documentation and (later) completion read the same table.

import type { ApiClient } from './http/api-client.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Terminal } from './output/terminal.ts';

export const outputFormats = ['human', 'json'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface OptionSpec {
  /** As commander reads it: `--root <id>`, `-q, --quiet`, `--no-edit`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** May be given several times; the values come as an array. */
  readonly repeat?: boolean;
}

/** What every command gets. */
export interface Context {
  readonly io: Io;
  readonly terminal: Terminal;
  readonly format: OutputFormat;
  readonly debug: boolean;
  /** Value of --server. */
  readonly server: string | undefined;
  /** Value of --timeout in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** A client for a server's address; throws usage when it is none. */
  readonly connect: (server: string, timeoutMs: number) => ApiClient;
}

export interface CommandSpec {
  readonly name: string;
  /** As commander reads them: `[paths...]`, `<purl>`; with a description each. */
  readonly arguments: readonly (readonly [syntax: string, description: string])[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for `--help`. */
  readonly description: string;
  /** Command lines with what each does, shown first. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly options: readonly OptionSpec[];
  readonly isDefault?: boolean;
  /** Commands below this one, as in `import crev`. Then `run` is not called. */
  readonly children?: readonly CommandSpec[];
  /**
   * `args` are the positional arguments, variadic ones flattened; `options` the values by camel-case name, not yet
   * trusted. Returns the exit status, or throws.
   */
  run(
    context: Context,
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<ExitCode>;
}
