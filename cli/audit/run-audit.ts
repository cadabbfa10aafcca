// Running the monitor: once, or until it is stopped; and what its passes come to as an exit status.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../command-spec.ts';
import { exitCodes, mostSevere, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { errorFacts } from '../report-error.ts';
import type { AuditOptions } from './audit-options.ts';
import { evidenceFiles } from './evidence.ts';
import { isSilence } from './judge-answer.ts';
import type { PassResult } from './monitor.ts';
import type { OpenedMonitor } from './open-monitor.ts';
import { passLine } from './tell.ts';

/** One pass, told whole; its exit status. Throws what keeps the monitor from looking. */
export async function lookOnce(
  context: Context,
  given: AuditOptions,
  opened: OpenedMonitor,
): Promise<ExitCode> {
  const { terminal } = context;
  const { result, evidence } = await look(context, opened);
  const told = new Set<string>(result.events.map(({ kind }) => kind));
  for (const { kind, message, severity } of result.conditions) {
    if (severity !== 'info' && !told.has(kind)) terminal.warn(`still so: ${escapeTerminal(message)}`);
  }
  for (const path of evidence) terminal.warn(`evidence of a fork is kept in ${escapeTerminal(path)}`);
  tellWebhook(context, given, result);
  terminal.note(passLine(result));
  return exitOf(result, evidence, given.failOnMatch);
}

/**
 * Pass after pass until Ctrl-C or SIGTERM. A ledger that does not answer is waited for, from the first pass on. Returns the
 * most severe exit status of all passes. Throws what no waiting can mend.
 */
export async function follow(
  context: Context,
  given: AuditOptions,
  opened: OpenedMonitor,
  everyMs: number,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  let worst: ExitCode = exitCodes.met;
  try {
    for (;;) {
      try {
        const { result, evidence } = await look(context, opened);
        tellWebhook(context, given, result);
        if (result.read > 0 || result.events.length > 0 || terminal.verbosity !== 'normal')
          terminal.note(passLine(result));
        worst = mostSevere([worst, exitOf(result, evidence, given.failOnMatch)]);
      } catch (error) {
        signal.throwIfAborted();
        if (!isSilence(error)) throw error;
        terminal.warn(escapeTerminal(errorFacts(error).facts.message));
        worst = mostSevere([worst, exitCodes.network]);
      }
      await sleep(everyMs, undefined, { signal });
    }
  } catch (error) {
    // Stopping is how following ends.
    if (signal.aborted) return worst;
    throw error;
  }
}

async function look(
  { terminal }: Context,
  { monitor, folder }: OpenedMonitor,
): Promise<{ readonly result: PassResult; readonly evidence: readonly string[] }> {
  const progress = terminal.progress('Reading entries');
  try {
    const result = await monitor.pass((done, total) => {
      progress.update(done, total);
    });
    return { result, evidence: await evidenceFiles(folder) };
  } finally {
    progress.stop();
  }
}

function tellWebhook({ terminal }: Context, { webhook }: AuditOptions, result: PassResult): void {
  const { undelivered, webhookFailure } = result;
  if (undelivered === 0) return;
  const waiting = `${undelivered} events wait in the state folder`;
  if (webhook === undefined) terminal.warn(`${waiting} for a webhook, and none was given`);
  else {
    const why = escapeTerminal(webhookFailure ?? 'it was not asked');
    terminal.warn(`the webhook at ${escapeTerminal(webhook.url.origin)} took no more: ${why}; ${waiting}`);
  }
}

function exitOf(result: PassResult, evidence: readonly string[], failOnMatch: boolean): ExitCode {
  const { events, conditions, isIncomplete, undelivered, webhookFailure } = result;
  const isAlarming = [...events, ...conditions].some(({ severity }) => severity === 'alarm');
  const isUndelivered = undelivered > 0 && webhookFailure !== undefined;
  return mostSevere([
    isAlarming || evidence.length > 0 ? exitCodes.evidence : exitCodes.met,
    isIncomplete || isUndelivered ? exitCodes.network : exitCodes.met,
    failOnMatch && events.some(({ kind }) => kind === 'statement') ? exitCodes.notMet : exitCodes.met,
  ]);
}
