// trust-check check, the default: has every input of this closure been reviewed by someone we trust?

import { z } from 'zod';
import { isTrustError } from '../../core/errors.ts';
import { findLockfiles } from '../check/find-lockfiles.ts';
import { runChecks, type LockfileResult } from '../check/run-checks.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes, mostSevere, type ExitCode } from '../exit-codes.ts';
import { errorFacts, errorLines } from '../report-error.ts';
import { placeOf, tellMirrorAge } from '../mirror/tell-age.ts';
import { humanLines } from '../report/human.ts';
import { jsonReport, type LockfileOutcome } from '../report/json.ts';
import { suggestCommand } from './suggest-command.ts';
import { checkingOptions, readCheckingOptions } from './check-options.ts';

const schema = z.object({ fail: z.boolean().default(true), allowNothing: z.boolean().default(false) });

export const checkCommand: CommandSpec = {
  name: 'check',
  isDefault: true,
  arguments: [
    ['[paths...]', 'lockfiles or folders; - for standard input; without any, the nearest lockfile upwards'],
  ],
  summary: 'check lockfiles (what happens without a command)',
  description:
    'Asks the ledger about every input of the lockfiles, fetches each statement under the answer, verifies its signature ' +
    'here, computes the web of trust and the verdicts here, and compares. What is printed was computed here; a server that ' +
    'contradicts the signed statements ends the command with status 3.',
  examples: [
    ['trust-check', 'the lockfiles of the nearest folder upwards that has any'],
    ['trust-check Cargo.lock --root crev:FYlr… --crev-compatible', "by crev's rules, with one root"],
    ['git show main:package-lock.json | trust-check - --json', 'a lockfile from standard input'],
    [
      'trust-check --no-strict --redundancy 2',
      'two reviewers each; inputs without a digest are only reported',
    ],
  ],
  options: [
    ...checkingOptions,
    { flags: '--no-fail', description: 'exit with 0 when the policy is not met; errors keep their status' },
    { flags: '--allow-nothing', description: 'exit with 0 when there is nothing to check' },
  ],
  async run(context, args, options) {
    const { fail, allowNothing } = schema.parse(options);
    const settings = await resolveSettings(context, options);
    const api = connectTo(context, settings);
    const mirror = await tellMirrorAge(api, context.terminal, context.io.clock());
    let outcomes: LockfileOutcome[];
    try {
      const places = await findLockfiles(context.io, args).catch((error: unknown) => {
        throw suggestCommand(error, args[0]);
      });
      outcomes = (await runChecks(context, settings, places, readCheckingOptions(options))).map(toOutcome);
    } catch (error) {
      if (!isTrustError(error, 'nothing-to-check') || !allowNothing) throw error;
      context.terminal.note(error.message);
      outcomes = [];
    }
    if (settings.policy.roots.length === 0) {
      context.terminal.warn(
        'you trust nobody yet, so nothing can be reviewed: name roots with --root, or `roots:` in trust-check.yaml',
      );
    }
    const found = outcomes.map((outcome) =>
      outcome.exit === exitCodes.nothing && allowNothing ? exitCodes.met : outcome.exit,
    );
    const worst = mostSevere(found);
    const exit = worst === exitCodes.notMet && !fail ? exitCodes.met : worst;
    if (context.format === 'json') context.terminal.print(jsonReport(placeOf(api), outcomes, exit, mirror));
    else printHuman(context, outcomes);
    return exit;
  },
};

function toOutcome(result: LockfileResult): LockfileOutcome {
  const { stable, shown } = result.place;
  if ('error' in result) {
    const { exit, facts } = errorFacts(result.error);
    return { stable, shown, exit, error: facts };
  }
  const { report, ledgerSize, checkpoint } = result.checked;
  const exit: ExitCode =
    result.closure.inputs.length === 0 ? exitCodes.nothing : report.met ? exitCodes.met : exitCodes.notMet;
  return { stable, shown, exit, closure: result.closure, report, ledgerSize, checkpoint };
}

function printHuman({ terminal, io }: Context, outcomes: readonly LockfileOutcome[]): void {
  const verbose = terminal.verbosity === 'verbose' || terminal.verbosity === 'debug';
  outcomes.forEach((outcome, position) => {
    if (position > 0) terminal.print('');
    const lines =
      'error' in outcome
        ? [terminal.paint('strong', outcome.shown), ...errorLines(outcome.error, terminal.paint)]
        : humanLines({ ...outcome, verbose, now: io.clock() }, terminal.paint);
    for (const line of lines) terminal.print(line);
  });
}
