// The last line: arithmetic, so that nobody has to guess what was not counted.

import { verdictWords } from '../../core/closure/policy.ts';
import type { Report } from '../../core/closure/verdict.ts';

/** For example `312 inputs: 290 reviewed, 4 insufficient, 6 unverifiable (4 weak, 2 unpinned), 12 local`. */
export function totalsLine(report: Report): string {
  const inputs = report.verdicts.length;
  const reasons = new Map<string, number>();
  for (const { result } of report.verdicts) {
    if (result.verdict === 'unverifiable') reasons.set(result.reason, (reasons.get(result.reason) ?? 0) + 1);
  }
  // What is in order first, then from the worst on.
  const order = ['reviewed' as const, ...verdictWords.filter((word) => word !== 'reviewed')];
  const parts = order.flatMap((word) => {
    const count = report.totals[word];
    if (count === 0) return [];
    const detail =
      word === 'unverifiable' ? ` (${[...reasons].map(([reason, n]) => `${n} ${reason}`).join(', ')})` : '';
    return [`${count} ${word}${detail}`];
  });
  const ignored = report.ignored === 0 ? '' : `; ${report.ignored} more in ignored groups`;
  return `${inputs} ${inputs === 1 ? 'input' : 'inputs'}: ${parts.length === 0 ? 'none' : parts.join(', ')}${ignored}`;
}
