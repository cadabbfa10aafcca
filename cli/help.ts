// Help: `-h` says how to call it, `--help` begins with examples and says everything.

import type { Command, Help } from 'commander';
import type { CommandSpec } from './command-spec.ts';

const indent = '  ';

/** The help of one command. The words come from the command's table entry. */
export function formatHelp(
  command: Command,
  helper: Help,
  commands: readonly CommandSpec[],
  long: boolean,
): string {
  const spec = findSpec(command, commands);
  const isProgram = command.parent === null;
  const sections: string[] = [];
  if (isProgram) sections.push(programIntro);
  else sections.push(wrap(long ? command.description() : command.summary()));
  const examples = isProgram ? programExamples : (spec?.examples ?? []);
  if (long && examples.length > 0) sections.push(section('Examples:', table(examples)));
  sections.push(`Usage: ${usage(command, isProgram)}`);
  const subcommands = helper.visibleCommands(command);
  if (subcommands.length > 0) {
    const rows = subcommands.map((sub) => [sub.name(), sub.summary()] as const);
    sections.push(section('Commands:', table(rows)));
  }
  const args = helper.visibleArguments(command);
  if (long && args.length > 0) {
    sections.push(section('Arguments:', table(args.map((arg) => [arg.name(), arg.description] as const))));
  }
  const own = optionRows(helper.visibleOptions(command), helper);
  if (own.length > 0) sections.push(section('Options:', table(own)));
  if (!isProgram && long) {
    let parent: Command | null = command.parent;
    while (parent?.parent) parent = parent.parent;
    if (parent !== null) {
      sections.push(
        section('Options of every command:', table(optionRows(helper.visibleOptions(parent), helper))),
      );
    }
  }
  if (isProgram && long) sections.push(exitText);
  if (!long) sections.push(`More: ${path(command)} --help`);
  return `${sections.join('\n\n')}\n`;
}

const programIntro =
  'trust-check: has every input of this build been reviewed by someone you trust?\n' +
  'It asks a ledger of signed reviews about a lockfile and checks every signature itself.';

const programExamples: readonly (readonly [string, string])[] = [
  ['trust-check', 'check the lockfile of this project'],
  ['trust-check --server http://localhost:8080 Cargo.lock', 'check one lockfile against one ledger'],
  ['trust-check --root openpgp:5EA3… --json', 'trust one reviewer, print JSON'],
  ['trust-check explain pkg:npm/left-pad@1.3.0', 'why this verdict'],
  ['trust-check review pkg:npm/left-pad@1.3.0 ./left-pad', 'write, sign and publish a review'],
  ['trust-check init', 'write a commented trust-check.yaml'],
];

const exitText = section(
  'Exit status:',
  table([
    ['0', 'the policy is met'],
    ['1', 'the policy is not met'],
    ['2', 'wrong use or configuration, or a lockfile that cannot be read'],
    ['3', 'evidence does not hold: a bad signature, or a server that contradicts what is signed'],
    ['4', 'network or server'],
    ['5', 'nothing to check'],
  ]),
);

function usage(command: Command, isProgram: boolean): string {
  if (isProgram) return 'trust-check [command] [options]   (without a command: check)';
  const args = command.registeredArguments.map((arg) => {
    const dots = arg.variadic ? '...' : '';
    return arg.required ? `<${arg.name()}${dots}>` : `[${arg.name()}${dots}]`;
  });
  const sub = command.commands.length > 0 ? ['<command>'] : [];
  return [path(command), '[options]', ...sub, ...args].join(' ');
}

function path(command: Command): string {
  return command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;
}

function findSpec(command: Command, commands: readonly CommandSpec[]): CommandSpec | undefined {
  const among =
    command.parent === null || command.parent.parent === null
      ? commands
      : (findSpec(command.parent, commands)?.children ?? []);
  return among.find((spec) => spec.name === command.name());
}

function optionRows(
  options: ReturnType<Help['visibleOptions']>,
  helper: Help,
): (readonly [string, string])[] {
  return options.map((option) => {
    const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
    return [helper.optionTerm(option), `${option.description}${choices}`] as const;
  });
}

/** Breaks paragraphs into lines of at most 100 characters; lines that begin with a space stay as they are. */
function wrap(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith(' ') ? line : wrapParagraph(line)))
    .join('\n');
}

function wrapParagraph(paragraph: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(Math.max(...rows.map(([left]) => left.length)), 70);
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`);
}
