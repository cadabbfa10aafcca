import { describe, expect, test } from 'vitest';
import { compareReports } from '../../../core/closure/compare-reports.ts';
import type { Report } from '../../../core/closure/verdict.ts';
import { identity, input, reportOn, review } from '../../support/closure-world.ts';

const inputs = [input({ purl: 'pkg:cargo/a@1.0.0', of: 'a' }), input({ purl: 'pkg:cargo/b@1.0.0', of: 'b' })];
const good = review({ by: 'ann', purl: 'pkg:cargo/a@1.0.0', of: 'a' });
const bad = review({ by: 'bob', purl: 'pkg:cargo/a@1.0.0', of: 'a', rating: 'negative' });
const mine = reportOn({ inputs, reviews: [good, bad] });
const copy = (): Report => JSON.parse(JSON.stringify(mine)) as Report;

describe('comparing our report with the server’s', () => {
  test('finds nothing in an honest one, whatever the order of its fields', () => {
    const other = copy();
    other.verdicts[0] = Object.fromEntries(
      Object.entries(other.verdicts[0]!).reverse(),
    ) as Report['verdicts'][number];
    expect(compareReports(mine, other)).toEqual([]);
  });

  test('finds a negative review that was left out', () => {
    const lie = reportOn({ inputs, reviews: [good] });
    expect(compareReports(mine, lie)).toMatchObject([
      { kind: 'totals' },
      { kind: 'verdict', purl: 'pkg:cargo/a@1.0.0', input: 0, mine: 'flagged', theirs: 'reviewed' },
      { kind: 'origin-missing', mine: `statement ${bad.id} by ${identity('bob')}`, theirs: 'absent' },
      { kind: 'origin-extra', theirs: `statement ${good.id} by ${identity('ann')}` },
    ]);
  });

  test('finds a verdict that was altered without its evidence', () => {
    const lie = copy();
    lie.verdicts[1]!.result = { verdict: 'local' };
    expect(compareReports(mine, lie)).toEqual([
      { kind: 'verdict', purl: 'pkg:cargo/b@1.0.0', input: 1, mine: 'unreviewed', theirs: 'local' },
    ]);
  });

  test('finds an input that is missing, and one that was made up', () => {
    const fewer = copy();
    const dropped = fewer.verdicts.pop()!;
    expect(compareReports(mine, fewer)).toMatchObject([
      { kind: 'input-missing', input: 1, theirs: 'absent' },
    ]);
    const more = copy();
    more.verdicts.push({ ...dropped, input: 7 });
    expect(compareReports(mine, more)).toMatchObject([{ kind: 'input-extra', input: 7, mine: 'absent' }]);
  });

  test('finds a policy said to be met, a changed closure and changed counts', () => {
    const lie = { ...copy(), met: true, closure: 'f'.repeat(64), ignored: 3 };
    expect(compareReports(mine, lie).map((one) => one.kind)).toEqual(['closure', 'policy-met', 'ignored']);
  });

  test('finds a review that was given to somebody else, a better level, or a remark that was dropped', () => {
    const tampered = copy();
    const { result } = tampered.verdicts[0]!;
    if (result.verdict === 'flagged') result.flags[0]!.origin.level = 'high';
    expect(compareReports(mine, tampered)).toMatchObject([{ kind: 'detail', input: 0 }]);
    const silent = { ...copy(), remarks: ['all is well'] };
    expect(compareReports(mine, silent)).toMatchObject([{ kind: 'detail' }]);
  });
});
