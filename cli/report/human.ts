// A report for people: what is wrong first, each with why, where and what to do; the rest in one line of arithmetic.

import { describeVerdict, verdictMeanings } from '../../core/closure/explain-verdict.ts';
import type { Closure } from '../../core/closure/input.ts';
import { verdictWords, type VerdictWord } from '../../core/closure/policy.ts';
import type { InputVerdict, Report } from '../../core/closure/verdict.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import type { AdvancedCheckpoint } from '../ledger/known-ledger.ts';
import type { Paint } from '../output/paint.ts';
import { checkpointLines } from './checkpoint-lines.ts';
import { nextStep } from './next-step.ts';
import { totalsLine } from './totals-line.ts';
import { verdictStyles } from './verdict-style.ts';

export interface HumanReport {
  /** The lockfile as people call it. */
  readonly shown: string;
  readonly closure: Closure;
  readonly report: Report;
  /** Also list what is in order. */
  readonly verbose: boolean;
  /** What the log was checked against; undefined when it was not. */
  readonly checkpoint?: AdvancedCheckpoint | undefined;
  readonly now: Date;
}

/** What core says of an input without any review, also by strangers. */
const nobodyAtAll = 'nobody has reviewed these bytes';

/** The lines of a report. */
export function humanLines(
  { shown, closure, report, verbose, checkpoint, now }: HumanReport,
  paint: Paint,
): string[] {
  const lines = [paint('strong', `${escapeTerminal(shown)} (${escapeTerminal(report.format)})`)];
  for (const word of verdictWords) {
    const verdicts = report.verdicts.filter(({ result }) => result.verdict === word);
    const quiet = word === 'reviewed' || word === 'local';
    if (verdicts.length === 0 || (quiet && !verbose && !verdicts.some(({ remarks }) => remarks.length > 0))) {
      continue;
    }
    lines.push('', groupHeading(word, verdicts.length, paint));
    for (const verdict of verdicts) {
      if (quiet && !verbose && verdict.remarks.length === 0) continue;
      lines.push(...verdictLines(verdict, shown, closure, paint, quiet && !verbose));
    }
    if (word === 'unreviewed') {
      lines.push(
        `    ${paint('dim', paint.symbols.arrow)} read one and say so: trust-check review PURL ARCHIVE`,
      );
    }
  }
  if (report.remarks.length > 0) {
    lines.push(
      '',
      'Remarks:',
      ...report.remarks.map((remark) => `  ${paint.symbols.bullet} ${escapeTerminal(remark)}`),
    );
  }
  if (verbose && checkpoint !== undefined) {
    lines.push('', ...checkpointLines(checkpoint, now).map((line) => paint('dim', line)));
  }
  const verdict = report.met ? paint('good', 'policy met') : paint('bad', 'policy not met');
  lines.push('', `${totalsLine(report)}: ${verdict}`);
  return lines;
}

function groupHeading(word: VerdictWord, count: number, paint: Paint): string {
  const { style } = verdictStyles[word];
  return `${paint(style, `${word} (${count})`)} ${paint('dim', verdictMeanings[word])}`;
}

function verdictLines(
  verdict: InputVerdict,
  shown: string,
  closure: Closure,
  paint: Paint,
  remarksOnly: boolean,
): string[] {
  const word = verdict.result.verdict;
  const { style, symbol } = verdictStyles[word];
  const place = placeOf(verdict, shown, closure);
  const lines = [
    `  ${paint(style, paint.symbols[symbol])} ${escapeTerminal(verdict.purl)}  ${paint('dim', escapeTerminal(place))}`,
  ];
  const why = remarksOnly ? verdict.remarks.map((remark) => `note: ${remark}`) : describeVerdict(verdict);
  for (const line of why) {
    // The heading of the group says this already, and the step to take stands below the group.
    if (word === 'unreviewed' && (line === nobodyAtAll || line.startsWith('next: '))) continue;
    // Core's advice in words gives way to the command below it, where there is one.
    if (line.startsWith('next: ') && nextStep(word, verdict.purl) !== undefined) continue;
    lines.push(`      ${escapeTerminal(line)}`);
  }
  const next = remarksOnly ? undefined : nextStep(word, verdict.purl);
  if (next !== undefined) lines.push(`      ${paint('dim', paint.symbols.arrow)} ${next}`);
  return lines;
}

/** `package-lock.json:12`, with the number of further places. */
function placeOf(verdict: InputVerdict, shown: string, closure: Closure): string {
  const places = closure.inputs[verdict.input]?.places ?? [];
  const line = places.find((place) => place.line !== undefined)?.line;
  const more = places.length > 1 ? ` and ${places.length - 1} more` : '';
  return `${shown}${line === undefined ? '' : `:${line}`}${more}`;
}
