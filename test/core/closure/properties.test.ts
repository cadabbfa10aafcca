import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verdictWords } from '../../../core/closure/policy.ts';
import { input, policyOf, reportOn, review, trustTable, type World } from '../../support/closure-world.ts';
import type { TrustedLevel } from '../../../core/trust/types.ts';

const names = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay'];
const purls = [0, 1, 2].map((n) => `pkg:cargo/sample@1.0.${n}`);
const bytes = ['v0', 'v1', 'v2', 'other'];
const levels = ['none', 'low', 'medium', 'high'] as const;

const levelArb = fc.constantFrom(...levels);
const reviewArb = fc
  .record({
    by: fc.constantFrom(...names),
    purl: fc.constantFrom(...purls),
    of: fc.constantFrom(...bytes),
    rating: fc.constantFrom('negative', 'neutral', 'positive', 'positive', 'strong'),
    thoroughness: levelArb,
    understanding: levelArb,
    day: fc.integer({ min: 10, max: 28 }),
    base: fc.option(fc.record({ purl: fc.constantFrom(...purls), of: fc.constantFrom(...bytes) }), {
      nil: undefined,
    }),
    issue: fc.option(fc.constantFrom(...levels), { nil: undefined }),
  })
  .map(({ day, base, issue, ...options }) => ({
    ...options,
    date: `2026-01-${day}T00:00:00Z`,
    ...(base !== undefined && { base }),
    ...(issue !== undefined && { more: { issues: [{ id: 'X', severity: issue }] } }),
  }));
const tableArb = fc.dictionary(fc.constantFrom(...names), levelArb as fc.Arbitrary<TrustedLevel>, {
  minKeys: 1,
});
const policyArb = fc
  .record({
    require: fc.record({
      trust: levelArb,
      thoroughness: levelArb,
      understanding: levelArb,
      rating: fc.constantFrom('neutral', 'positive', 'strong'),
      redundancy: fc.integer({ min: 1, max: 3 }),
      independence: fc.constantFrom('identities', 'organisations'),
    }),
    rules: fc.record({
      differences: fc.constantFrom('chain', 'as-full'),
      negatives: fc.constantFrom('trust-set', 'required-level'),
      issues: fc.constantFrom('flag', 'report'),
      mismatch: fc.constantFrom('alarm', 'ignore'),
    }),
  })
  .map(policyOf);
const inputs = purls.map((purl, n) => input({ purl, of: `v${n}` }));
const organisations = { ann: ['acme'], bob: ['acme', 'other'], cat: ['other'] };
const worldArb = fc.record({
  reviews: fc
    .array(reviewArb, { maxLength: 14 })
    .map((all) => all.map((options, index) => review({ ...options, index }))),
  table: tableArb,
  policy: policyArb,
});

function reportOf({ table, ...world }: { table: Record<string, TrustedLevel> } & World) {
  return reportOn({ ...world, inputs, organisations, trust: trustTable(table) });
}

describe('resolution', () => {
  test('gives the same bytes whatever the order in which reviews come', () => {
    fc.assert(
      fc.property(worldArb, fc.infiniteStream(fc.nat()), (world, stream) => {
        const shuffled = world.reviews
          .map((entry) => ({ entry, key: stream.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        expect(JSON.stringify(reportOf({ ...world, reviews: shuffled }))).toBe(
          JSON.stringify(reportOf(world)),
        );
      }),
    );
  });

  test('has totals that add up, and meets the policy exactly when every verdict does', () => {
    fc.assert(
      fc.property(worldArb, (world) => {
        const report = reportOf(world);
        expect(Object.keys(report.totals).sort()).toEqual([...verdictWords].sort());
        expect(Object.values(report.totals).reduce((sum, count) => sum + count, 0)).toBe(inputs.length);
        expect(report.met).toBe(report.totals.reviewed === inputs.length);
      }),
    );
  });

  test('never makes a reviewed input worse by one more positive, deep review of somebody trusted', () => {
    fc.assert(
      fc.property(worldArb, fc.nat({ max: 2 }), levelArb, (world, n, level) => {
        const before = reportOf(world);
        const table = { ...world.table, new: level };
        const more = review({
          by: 'new',
          purl: purls[n]!,
          of: `v${n}`,
          rating: 'strong',
          thoroughness: 'high',
          understanding: 'high',
          index: 1000,
        });
        const after = reportOf({ ...world, table, reviews: [...world.reviews, more] });
        for (const [i, verdict] of before.verdicts.entries()) {
          if (verdict.result.verdict === 'reviewed') {
            expect(after.verdicts[i]!.result.verdict).toBe('reviewed');
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives the same verdicts when an author is not trusted as when they wrote nothing, but for the strangers', () => {
    fc.assert(
      fc.property(worldArb, fc.constantFrom(...names), (world, name) => {
        const table = Object.fromEntries(Object.entries(world.table).filter(([trusted]) => trusted !== name));
        const written = reportOf({ ...world, table });
        const author = review({ by: name }).author;
        const silent = reportOf({
          ...world,
          reviews: world.reviews.filter((entry) => entry.author !== author),
        });
        const withoutStrangers = (report: typeof written) =>
          JSON.parse(JSON.stringify(report), (key, value: unknown) =>
            key === 'strangers' ? 0 : value,
          ) as unknown;
        expect(withoutStrangers(written)).toEqual(withoutStrangers(silent));
      }),
    );
  });

  test('has enough independent votes behind every reviewed verdict, each ending in a review of everything', () => {
    fc.assert(
      fc.property(worldArb, (world) => {
        const { redundancy } = world.policy.require;
        const byId = new Map(world.reviews.map((entry) => [entry.id, entry.statement]));
        for (const { result } of reportOf(world).verdicts) {
          if (result.verdict !== 'reviewed') continue;
          const votes = result.chains.slice(0, redundancy);
          expect(votes).toHaveLength(redundancy);
          const people = votes.flatMap((chain) => [...new Set(chain.map((link) => link.author))]);
          expect(new Set(people).size).toBe(people.length);
          if (world.policy.rules.differences === 'as-full') continue;
          for (const chain of result.chains) {
            expect(byId.get(chain.at(-1)!.statement)?.['package-diff-base']).toBeUndefined();
          }
        }
      }),
    );
  });
});
