// The argument parser, built from the table of commands.

import { Command, Option } from 'commander';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { globalOptions } from './global-options.ts';
import { formatHelp } from './help.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

/** What the parser calls once it knows which command is meant. */
export type Act = (spec: CommandSpec, args: readonly string[], options: unknown) => Promise<void>;

/** The whole program; `longHelp` decides how much help says. It throws CommanderError instead of ending the process. */
export function buildProgram(commands: readonly CommandSpec[], io: Io, longHelp: boolean, act: Act): Command {
  const program = new Command('trust-check');
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .configureHelp({ formatHelp: (command, helper) => formatHelp(command, helper, commands, longHelp) })
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help: short with -h, in full with --help')
    .helpCommand(false)
    .showSuggestionAfterError(true);
  for (const option of globalOptions) program.addOption(makeOption(option));
  for (const spec of commands) addCommand(program, spec, act);
  return program;
}

function addCommand(parent: Command, spec: CommandSpec, act: Act): void {
  const command = parent.command(spec.name, { isDefault: spec.isDefault ?? false });
  command.summary(spec.summary).description(spec.description);
  for (const [syntax, description] of spec.arguments) command.argument(syntax, description);
  for (const option of spec.options) command.addOption(makeOption(option));
  if (spec.children !== undefined) {
    command.helpCommand(false);
    for (const child of spec.children) addCommand(command, child, act);
    return;
  }
  command.action(async () => {
    await act(spec, command.args, command.optsWithGlobals());
  });
}

function makeOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.choices !== undefined) option.choices(spec.choices);
  if (spec.repeat === true) {
    option.argParser((value: string, before: unknown) => [
      ...(Array.isArray(before) ? (before as readonly string[]) : []),
      value,
    ]);
  }
  return option;
}
