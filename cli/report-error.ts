// How an error is told: what, why, and what to do next; as JSON on stdout where JSON was asked for.

import { CommanderError } from 'commander';
import { z } from 'zod';
import { isTrustError } from '../core/errors.ts';
import type { OutputFormat } from './command-spec.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { ForkError } from './ledger/fork-error.ts';
import { escapeLines, escapeTerminal } from './output/escape-terminal.ts';
import { jsonText } from './output/json-text.ts';
import { makePaint, type ColorMode } from './output/paint.ts';
import { EvidenceError, type Finding } from './verify/finding.ts';

export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly findings?: readonly Finding[];
  /** Of a fork: both signed notes, verbatim. */
  readonly notes?: { readonly known: string; readonly contradicting: string };
}

/** Code, message and help of anything that was thrown, with the exit status for it. */
export function errorFacts(error: unknown): { readonly exit: ExitCode; readonly facts: ErrorFacts } {
  if (isTrustError(error)) {
    const facts = {
      code: error.code,
      message: error.message,
      ...(error.help !== undefined && { help: error.help }),
      ...(error instanceof EvidenceError && { findings: error.findings }),
      ...(error instanceof ForkError && {
        notes: { known: error.known, contradicting: error.contradicting },
      }),
    };
    return { exit: exitCodeOf(error), facts };
  }
  if (error instanceof CommanderError && error.code === 'commander.help') {
    const help = 'trust-check --help lists the commands; a command and --help lists what is below it.';
    return {
      exit: exitCodes.usage,
      facts: { code: 'usage', message: 'This command needs another one behind it.', help },
    };
  }
  if (error instanceof CommanderError) {
    const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
    const hint = more.join(' ').trim();
    const help = hint === '' ? 'trust-check --help says what there is.' : hint;
    return { exit: exitCodes.usage, facts: { code: 'usage', message, help } };
  }
  if (error instanceof z.ZodError) {
    const message = error.issues
      .map(
        (issue) => `${issue.path.length === 0 ? '' : `--${kebab(issue.path.join('.'))}: `}${issue.message}`,
      )
      .join('; ');
    return { exit: exitCodes.usage, facts: { code: 'usage', message } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exit: exitCodes.crash,
    facts: {
      code: 'internal',
      message: `A bug in trust-check: ${message}`,
      help: 'Please report it, with the output of the same command and --debug.',
    },
  };
}

/** Prints an error and returns the exit status. */
export function reportError(
  io: Io,
  error: unknown,
  options: { readonly format: OutputFormat; readonly color: ColorMode; readonly debug: boolean },
): ExitCode {
  const { exit, facts } = errorFacts(error);
  if (options.format === 'json') {
    io.stdout.write(`${jsonText({ schema: 1, met: false, exit, error: facts })}\n`);
  } else {
    for (const line of errorLines(facts, makePaint(io.stderr, io.env, options.color))) {
      io.stderr.write(`${line}\n`);
    }
  }
  if (options.debug) io.stderr.write(`${debugText(error)}\n`);
  return exit;
}

/** An error as lines for a terminal, findings first. */
export function errorLines(facts: ErrorFacts, paint: ReturnType<typeof makePaint>): string[] {
  const [first = '', ...more] = escapeLines(facts.message);
  const lines = [`${paint('bad', 'error:')} ${first} ${paint('dim', `[${facts.code}]`)}`];
  lines.push(...more.map((line) => `       ${line}`));
  for (const finding of facts.findings ?? []) lines.push(...findingLines(finding, paint));
  if (facts.notes !== undefined) {
    lines.push('', 'Seen before:', '', ...noteLines(facts.notes.known));
    lines.push('', 'Shown now:', '', ...noteLines(facts.notes.contradicting), '');
  }
  if (facts.help !== undefined) lines.push(`${paint('strong', 'help:')} ${escapeTerminal(facts.help)}`);
  return lines;
}

function findingLines(finding: Finding, paint: ReturnType<typeof makePaint>): string[] {
  const lines = [`  ${paint.symbols.bad} ${finding.kind}: ${escapeTerminal(finding.message)}`];
  const row = (label: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`      ${label.padEnd(10)} ${escapeTerminal(value)}`);
  };
  row('input', finding.purl);
  row('statement', finding.statement);
  row('author', finding.author);
  row('server', finding.server);
  row('verified', finding.verified);
  return lines;
}

/** A signed note, verbatim: its empty line is part of it. */
function noteLines(note: string): string[] {
  return note.replace(/\n$/, '').split('\n').map(escapeTerminal);
}

function debugText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at !== undefined && depth < 8; depth++) {
    const text = at instanceof Error ? (at.stack ?? at.message) : typeof at;
    parts.push(text.split('\n').map(escapeTerminal).join('\n'));
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join('\ncaused by: ');
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
