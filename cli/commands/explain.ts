// trust-check explain: why one input has its verdict, with every statement and path that it rests on.

import { isTrustError, TrustError } from '../../core/errors.ts';
import { nearestWord } from '../../core/closure/nearest-word.ts';
import { canonicalPurl, packagePurl } from '../../core/digest/purl.ts';
import { findLockfiles } from '../check/find-lockfiles.ts';
import { runChecks, type LockfileResult } from '../check/run-checks.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { connectTo, resolveSettings, type Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { tellMirrorAge } from '../mirror/tell-age.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { explainInput, type InputExplanation } from '../report/explain-input.ts';
import { explainLines } from '../report/explain-lines.ts';
import type { StatementAt } from '../report/trust-lines.ts';
import { checkingOptions, readCheckingOptions } from './check-options.ts';

export const explainCommand: CommandSpec = {
  name: 'explain',
  arguments: [
    ['<purl>', 'the input: a package URL, or the end of one such as left-pad@1.3.0 or left-pad'],
    ['[paths...]', 'lockfiles or folders, as for check'],
  ],
  summary: 'why an input has its verdict: reviews, trust paths, what is missing',
  description:
    'Runs the same check and shows everything about one input: the reviews of its bytes and of other bytes under its name, ' +
    'each with its statement id and ledger entry; how each reviewer is reached in your web of trust, or the nearest edge ' +
    'that is missing; and which inputs need it.',
  examples: [
    ['trust-check explain pkg:npm/left-pad@1.3.0', 'one version'],
    ['trust-check explain left-pad', 'every version in the lockfile'],
  ],
  options: checkingOptions,
  async run(context, args, options) {
    const [wanted = '', ...paths] = args;
    const settings = await resolveSettings(context, options);
    await tellMirrorAge(connectTo(context, settings), context.terminal, context.io.clock());
    const places = await findLockfiles(context.io, paths);
    const results = await runChecks(context, settings, places, readCheckingOptions(options));
    const found: Found[] = [];
    const names: string[] = [];
    for (const result of results) {
      if ('error' in result) throw result.error;
      names.push(...result.checked.report.verdicts.map(({ purl }) => purl));
      found.push(...findIn(result, wanted, settings));
    }
    if (found.length === 0) throw notThere(wanted, names);
    print(context, found);
    // The status says whether the input was explained; whether it is in order is what check is for.
    return exitCodes.met;
  },
};

interface Found {
  readonly lockfile: string;
  readonly shown: string;
  readonly line: number | undefined;
  readonly explanation: InputExplanation;
  readonly statementAt: StatementAt;
}

function findIn(
  result: Extract<LockfileResult, { checked: unknown }>,
  wanted: string,
  { policy }: Settings,
): Found[] {
  const { closure, checked, place } = result;
  const byIndex = new Map([...checked.local.byId].map(([id, { index }]) => [index, id] as const));
  return checked.report.verdicts
    .filter(({ purl }) => isMeant(purl, wanted))
    .map((verdict) => ({
      lockfile: place.stable,
      shown: place.shown,
      line: closure.inputs[verdict.input]?.places.find(({ line }) => line !== undefined)?.line,
      explanation: explainInput(closure, verdict, policy, checked.local),
      statementAt: (index: number) => byIndex.get(index),
    }));
}

/** A purl with or without version, or what people type for it: `left-pad`, `@babel/core@7.0.0`. */
function isMeant(purl: string, wanted: string): boolean {
  const whole = wanted.startsWith('pkg:') ? canonical(wanted) : undefined;
  if (whole !== undefined)
    return purl === whole || packagePurl(purl) === whole || purl.startsWith(`${whole}?`);
  const typed = wanted.replace(/^@/, '%40');
  return [purl, packagePurl(purl)].some((known) => known.endsWith(`/${typed}`));
}

function canonical(text: string): string {
  try {
    return canonicalPurl(text);
  } catch (error) {
    if (!isTrustError(error, 'purl-invalid')) throw error;
    throw new TrustError('usage', error.message, {
      help: 'Write it like pkg:npm/left-pad@1.3.0.',
      cause: error,
    });
  }
}

function notThere(wanted: string, names: readonly string[]): TrustError {
  const packages = [...new Set(names.flatMap((purl) => [purl, packagePurl(purl)]))];
  const nearest = nearestWord(wanted, [...packages, ...packages.map((purl) => purl.replace(/^.*\//, ''))]);
  return new TrustError('usage', `${escapeTerminal(wanted)} is not an input of the lockfile.`, {
    help: nearest === undefined ? 'trust-check -v lists every input.' : `Did you mean ${nearest}?`,
  });
}

function print({ terminal, format }: Context, found: readonly Found[]): void {
  if (format === 'json') {
    const inputs = found.map(({ lockfile, line, explanation }) => ({ lockfile, line, ...explanation }));
    terminal.print(jsonText({ schema: 1, inputs }));
    return;
  }
  found.forEach(({ shown, line, explanation, statementAt }, position) => {
    if (position > 0) terminal.print('');
    const place = line === undefined ? shown : `${shown}:${line}`;
    for (const text of explainLines(explanation, place, statementAt, terminal.paint)) terminal.print(text);
  });
}
