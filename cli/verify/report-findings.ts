// Where the server's report departs from the one that follows from the statements, as findings.

import { compareReports, type ReportDifference } from '../../core/closure/compare-reports.ts';
import type { Report } from '../../core/closure/verdict.ts';
import type { Finding } from './finding.ts';

const longest = 400;

const messages: Readonly<Record<ReportDifference['kind'], string>> = {
  closure: 'The server answers about another closure.',
  'policy-met': 'The server says otherwise whether the policy is met.',
  totals: 'The server counts otherwise.',
  ignored: 'The server left out another number of inputs.',
  'input-missing': 'The server says nothing about this input.',
  'input-extra': 'The server has a verdict on something that was not asked about.',
  verdict: 'The server gives this input another verdict.',
  'origin-missing': 'The server leaves out a statement that this verdict rests on.',
  'origin-extra': 'The server rests this verdict on a statement that it does not follow from.',
  detail: 'The server tells this otherwise.',
};

/** One finding for each difference; none when the two reports are equal. */
export function reportFindings(verified: Report, server: Report): Finding[] {
  return compareReports(verified, server).map((difference) => {
    const named = /^statement ([0-9a-f]{64}) by (\S+)$/.exec(
      difference.mine === 'absent' ? difference.theirs : difference.mine,
    );
    return {
      kind: 'report',
      message: messages[difference.kind],
      ...(difference.purl !== undefined && { purl: difference.purl }),
      ...(named?.[1] !== undefined && { statement: named[1] }),
      ...(named?.[2] !== undefined && { author: named[2] }),
      ...sides(difference),
    };
  });
}

/** Both sides, cut down to where they part when they are long. */
function sides({ mine, theirs }: ReportDifference): { server: string; verified: string } {
  if (mine.length <= longest && theirs.length <= longest) return { server: theirs, verified: mine };
  let same = 0;
  while (same < mine.length && mine[same] === theirs[same]) same++;
  const cut = (text: string): string => {
    const from = Math.max(0, same - 60);
    return `${from > 0 ? '…' : ''}${text.slice(from, from + longest)}${text.length > from + longest ? '…' : ''}`;
  };
  return { server: cut(theirs), verified: cut(mine) };
}
