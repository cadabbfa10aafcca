import { describe, expect, test } from 'vitest';
import { policySchema } from '../../../core/closure/policy.ts';
import {
  defaultPurl,
  digest,
  identity,
  input,
  policyOf,
  reportOn,
  resultOn,
  review,
  verdictOn,
} from '../../support/closure-world.ts';

const exemption = (fields: Record<string, unknown>) => ({
  reason: 'being replaced',
  until: '2026-06-30',
  ...fields,
});
const policy = (...exemptions: Record<string, unknown>[]) =>
  policyOf({ exemptions: exemptions.map(exemption) });
const on = (text: string) => new Date(text);

describe('an exemption', () => {
  test('replaces the verdict of the inputs that its pattern matches, and says which verdict it was', () => {
    const exempt = resultOn('exempt', { policy: policy({ purl: 'pkg:cargo/*' }) });
    expect(exempt).toMatchObject({ instead: 'unreviewed', exemption: { reason: 'being replaced' } });
    expect(reportOn({ policy: policy({ purl: 'pkg:cargo/*' }) }).met).toBe(true);
  });

  test('without a version is for every version, with one for that version alone', () => {
    const word = (purl: string) => verdictOn({ policy: policy({ purl }) }).result.verdict;
    expect(word('pkg:cargo/sample')).toBe('exempt');
    expect(word(defaultPurl)).toBe('exempt');
    expect(word('pkg:cargo/sample@1.0.1')).toBe('unreviewed');
    expect(word('pkg:npm/sample')).toBe('unreviewed');
  });

  test('holds through the whole of its last day in UTC', () => {
    const world = { policy: policy({ purl: defaultPurl }) };
    expect(verdictOn({ ...world, at: on('2026-06-30T23:59:59.999Z') }).result.verdict).toBe('exempt');
    expect(verdictOn({ ...world, at: on('2026-07-01T00:00:00Z') }).result.verdict).toBe('unreviewed');
    expect(verdictOn({ ...world, at: on('2026-07-01T01:00:00+02:00') }).result.verdict).toBe('exempt');
  });

  test('that has expired leaves the policy unmet, and says so on the input', () => {
    const world = { policy: policy({ purl: defaultPurl }), at: on('2026-08-01T00:00:00Z') };
    expect(verdictOn(world).remarks).toEqual([
      `The exemption for ${defaultPurl} expired on 2026-06-30: being replaced`,
    ]);
    expect(reportOn(world)).toMatchObject({ met: false, remarks: [] });
  });

  test('that has expired is not mentioned where another holds', () => {
    const two = policy({ purl: defaultPurl, until: '2026-01-01' }, { purl: 'pkg:cargo/**' });
    const verdict = verdictOn({ policy: two });
    expect(verdict).toMatchObject({ result: { verdict: 'exempt' }, remarks: [] });
  });

  test('silences a flag or a mismatch only when it names it, and the reason stays visible', () => {
    const reviews = [review({ by: 'ann', rating: 'negative' })];
    expect(verdictOn({ reviews, policy: policy({ purl: defaultPurl }) }).result.verdict).toBe('flagged');
    const named = policy({ purl: defaultPurl, covers: ['flagged'] });
    const verdict = verdictOn({ reviews, policy: named });
    expect(verdict.result).toMatchObject({ verdict: 'exempt', instead: 'flagged' });
    expect(verdict.remarks).toEqual([`Exempt although ${identity('ann')} reviewed it as negative.`]);
    const others = [review({ by: 'ann', of: 'other' })];
    expect(verdictOn({ reviews: others, policy: named }).result.verdict).toBe('mismatch');
  });

  test('may be for some reasons of unverifiable only', () => {
    const inputs = [input({ artefacts: [], unverifiable: { reason: 'binary', note: 'seed' } })];
    const word = (reasons: string[]) =>
      verdictOn({ inputs, policy: policy({ purl: defaultPurl, reasons }) }).result.verdict;
    expect(word(['binary'])).toBe('exempt');
    expect(word(['unpinned'])).toBe('unverifiable');
  });

  test('for exact bytes holds under any name, and for no other bytes', () => {
    const bytes = policy({ digests: { sha256: digest('good') } });
    expect(
      verdictOn({ inputs: [input({ purl: 'pkg:npm/renamed@1.0.0' })], policy: bytes }).result.verdict,
    ).toBe('exempt');
    expect(verdictOn({ inputs: [input({ of: 'other' })], policy: bytes }).result.verdict).toBe('unreviewed');
  });

  test('for exact bytes does not let the other files of an input in', () => {
    const artefacts = ['good', 'other'].map((name) => ({ name, digests: { sha256: digest(name) } }));
    const bytes = policy({ digests: { sha256: digest('good') } });
    expect(verdictOn({ inputs: [input({ artefacts })], policy: bytes }).result.verdict).toBe('unreviewed');
  });

  test('for a name and bytes needs both', () => {
    const both = policy({ purl: 'pkg:cargo/sample', digests: { sha256: digest('good') } });
    expect(verdictOn({ policy: both }).result.verdict).toBe('exempt');
    expect(verdictOn({ inputs: [input({ of: 'other' })], policy: both }).result.verdict).toBe('unreviewed');
    expect(verdictOn({ inputs: [input({ purl: 'pkg:npm/x@1.0.0' })], policy: both }).result.verdict).toBe(
      'unreviewed',
    );
  });

  test('that no input needs is a remark on the report', () => {
    const two = policy({ purl: 'pkg:npm/gone' }, { digests: { sha256: digest('gone') } });
    expect(reportOn({ policy: two }).remarks).toEqual([
      'The exemption for pkg:npm/gone is not used.',
      `The exemption for sha256:${digest('gone').slice(0, 16)}… is not used.`,
    ]);
  });

  test('is not used up by an input that is reviewed anyway', () => {
    const report = reportOn({ reviews: [review({ by: 'ann' })], policy: policy({ purl: defaultPurl }) });
    expect(report.totals).toMatchObject({ reviewed: 1, exempt: 0 });
    expect(report.remarks).toHaveLength(1);
  });

  test('with a pattern that is no purl is refused when the policy is read', () => {
    const bad = { exemptions: [exemption({ purl: 'left-pad' })] };
    expect(policySchema.safeParse(bad).success).toBe(false);
    expect(policySchema.safeParse({ local: ['nonsense'] }).success).toBe(false);
  });

  test('costs no more among ten thousand', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ purl: `pkg:cargo/p${i}@1.0.0` }));
    const inputs = many.map(({ purl }) => input({ purl, of: purl }));
    const prepared = policy(...many);
    const started = performance.now();
    expect(reportOn({ inputs, policy: prepared }).totals.exempt).toBe(10_000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
