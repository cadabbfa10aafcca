import { describe, expect, test } from 'vitest';
import { openIssues, type IssueSource } from '../../../core/closure/issues.ts';
import type { StatementId } from '../../../core/statement/statement.ts';
import { digest, policyOf, resultOn, review, verdictOn } from '../../support/closure-world.ts';

type Range = 'all' | 'major' | 'minor';
let next = 0;
const at = (version: string, statement: IssueSource['statement']): IssueSource => {
  const index = next++;
  return { id: digest(`issue ${index}`) as StatementId, index, version, statement };
};
const advisory = (version: string, id: string, range: Range, severity: 'low' | 'high' = 'high') =>
  at(version, { advisories: [{ ids: [id], severity, range }] });
const issue = (version: string, id: string, range: Range, severity: 'low' | 'high' = 'high') =>
  at(version, { issues: [{ id, severity, range }] });
const count = (version: string, ...sources: IssueSource[]) =>
  openIssues('cargo', version, sources).open.length;

describe("crev's known answers (crev.md, section 12: issues_sanity)", () => {
  const a1 = advisory('1.2.3', 'X', 'major');
  const a2 = advisory('2.0.1', 'Y', 'all');
  const i1 = issue('3.0.5', 'X', 'all');
  const a3 = advisory('3.1.0', 'X', 'major');

  test.each([
    ['A1', '2.0.0', 0, [a1]],
    ['A1', '1.0.1', 1, [a1]],
    ['A2', '0.0.1', 1, [a1, a2]],
    ['A2', '2.0.0', 1, [a1, a2]],
    ['A2', '2.0.1', 0, [a1, a2]],
    ['I1', '3.0.4', 0, [a1, a2, i1]],
    ['I1', '3.0.5', 1, [a1, a2, i1]],
    ['I1', '3.1.0', 1, [a1, a2, i1]],
    ['A3', '3.1.0', 0, [a1, a2, i1, a3]],
    ['A3', '4.0.0', 0, [a1, a2, i1, a3]],
    ['A3', '3.0.5', 1, [a1, a2, i1, a3]],
    ['A3', '3.0.7', 1, [a1, a2, i1, a3]],
  ] as const)('after %s, version %s has %i open issues', (_after, version, expected, sources) => {
    expect(count(version, ...sources)).toBe(expected);
    expect(count(version, ...[...sources].reverse())).toBe(expected);
  });
});

describe("crev's known answers for advisories alone (advisories_sanity)", () => {
  test.each([
    ['major', '1.2.2', 1],
    ['major', '1.2.3', 0],
    ['major', '1.3.0', 0],
    ['major', '0.1.0', 0],
    ['all', '0.1.0', 1],
    ['all', '1.3.0', 0],
    ['all', '2.3.0', 0],
  ] as const)('an advisory of range %s at 1.2.3, asked about %s: %i', (range, version, expected) => {
    expect(count(version, advisory('1.2.3', 'X', range))).toBe(expected);
  });
});

describe('open issues', () => {
  test('carry the worst severity of the open reports and every report', () => {
    const [mild, bad] = [issue('1.0.0', 'X', 'all', 'low'), issue('1.0.1', 'X', 'all', 'high')];
    const [open] = openIssues('cargo', '1.2.0', [bad, mild]).open;
    expect(open).toMatchObject({ id: 'X', severity: 'high' });
    expect(open!.reports.map((report) => report.source)).toEqual([mild, bad]);
  });

  test('an advisory closes only the reports that it covers', () => {
    const old = issue('1.0.0', 'X', 'all');
    const later = issue('2.0.0', 'X', 'all');
    const fixed = advisory('1.5.0', 'X', 'major');
    const [open] = openIssues('cargo', '2.1.0', [old, later, fixed]).open;
    expect(open!.reports.map((report) => report.source)).toEqual([later]);
  });

  test('a build of a crate is a version of its own', () => {
    expect(count('3.0.3', issue('3.0.3+sys2.14.0', 'X', 'all'))).toBe(0);
    expect(count('3.0.3+sys2.14.0', issue('3.0.3', 'X', 'all'))).toBe(1);
  });

  test('two builds of an npm package are one version', () => {
    expect(openIssues('npm', '1.0.0+b', [issue('1.0.0+a', 'X', 'minor')]).open).toHaveLength(1);
    expect(openIssues('npm', '1.0.0+b', [advisory('1.0.0+a', 'X', 'all')]).open).toEqual([]);
  });

  test('an issue applies to its own version, also where versions have no order', () => {
    expect(openIssues('deb', '1.2.3-4', [issue('1.2.3-4', 'X', 'minor')]).open).toHaveLength(1);
  });

  test('an advisory without a known order closes nothing, and is told', () => {
    const reported = issue('1.2.3-4', 'X', 'all');
    const fixed = advisory('1.2.3-5', 'X', 'all');
    const state = openIssues('deb', '1.2.3-4', [reported, fixed]);
    expect(state.open.map((open) => open.id)).toEqual(['X']);
    expect(state.unordered).toEqual([{ id: 'X', source: fixed }]);
  });
});

describe('issues and verdicts', () => {
  const withIssue = (by: string, severity: string, purl = 'pkg:cargo/sample@0.9.0') =>
    review({ by, purl, of: `bytes of ${purl}`, more: { issues: [{ id: 'CVE-1', severity }] } });

  test('an open issue by somebody who reaches the required trust flags an input that is reviewed', () => {
    const flagged = resultOn('flagged', { reviews: [review({ by: 'ann' }), withIssue('bob', 'low')] });
    expect(flagged.flags).toMatchObject([{ kind: 'issue', id: 'CVE-1', severity: 'low' }]);
  });

  test("a stranger's issue is not heard", () => {
    expect(verdictOn({ reviews: [review({ by: 'ann' }), withIssue('eve', 'high')] })).toMatchObject({
      result: { verdict: 'reviewed' },
      issues: [],
    });
  });

  test('an issue by somebody trusted too little is not heard', () => {
    const policy = policyOf({ require: { trust: 'medium' } });
    const reviews = [review({ by: 'ann' }), withIssue('dan', 'high')];
    expect(verdictOn({ reviews, policy })).toMatchObject({ result: { verdict: 'reviewed' }, issues: [] });
    expect(verdictOn({ reviews }).result.verdict).toBe('flagged');
  });

  test('an issue below the bar is listed and remarked, and does not flag', () => {
    const verdict = verdictOn({ reviews: [review({ by: 'ann' }), withIssue('bob', 'none')] });
    expect(verdict.result.verdict).toBe('reviewed');
    expect(verdict.issues).toMatchObject([{ id: 'CVE-1', severity: 'none' }]);
    expect(verdict.remarks).toEqual(['Open issue CVE-1, severity none.']);
  });

  test('an issue in a review of these very bytes under another name flags too', () => {
    const renamed = review({
      by: 'bob',
      purl: 'pkg:generic/mirror@7',
      more: { issues: [{ id: 'X', severity: 'low' }] },
    });
    expect(resultOn('flagged', { reviews: [renamed] }).flags[0]).toMatchObject({ kind: 'issue', id: 'X' });
  });
});
