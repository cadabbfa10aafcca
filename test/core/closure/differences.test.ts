import { describe, expect, test } from 'vitest';
import { maxChainLength } from '../../../core/closure/differences.ts';
import {
  digest,
  digest512,
  identity,
  input,
  policyOf,
  resultOn,
  review,
  verdictOn,
  type ReviewOptions,
} from '../../support/closure-world.ts';

const purl = (version: number) => `pkg:cargo/sample@1.0.${version}`;
/** A review of version n, of everything. */
const full = (by: string, n: number, more: Partial<ReviewOptions> = {}) =>
  review({ by, purl: purl(n), of: `v${n}`, ...more });
/** A review of the difference from version m to n. */
const step = (by: string, m: number, n: number, more: Partial<ReviewOptions> = {}) =>
  full(by, n, { base: { purl: purl(m), of: `v${m}` }, ...more });
const version = (n: number) => [input({ purl: purl(n), of: `v${n}` })];
const verdict = (world: Parameters<typeof verdictOn>[0]) => verdictOn(world).result.verdict;

describe('a review of a difference', () => {
  test('counts on top of a full review of its base, and the whole chain is shown', () => {
    const reviews = [full('ann', 1), step('bob', 1, 2), step('cat', 2, 3)];
    const { chains } = resultOn('reviewed', { inputs: version(3), reviews });
    expect(chains).toHaveLength(1);
    expect(chains[0]!.map((origin) => origin.statement)).toEqual([2, 1, 0].map((i) => reviews[i]!.id));
  });

  test('does not count when its base is not reviewed', () => {
    const only = step('bob', 1, 2);
    expect(resultOn('insufficient', { inputs: version(2), reviews: [only] }).shortfalls).toEqual([
      { kind: 'base', statement: only.id, base: purl(1) },
    ]);
  });

  test('does not count when its base is reviewed by strangers, or below the policy', () => {
    const inputs = version(2);
    expect(verdict({ inputs, reviews: [full('eve', 1), step('bob', 1, 2)] })).toBe('insufficient');
    const shallow = full('ann', 1, { thoroughness: 'none' });
    expect(verdict({ inputs, reviews: [shallow, step('bob', 1, 2)] })).toBe('insufficient');
  });

  test('does not count when a trusted negative review flags its base', () => {
    const reviews = [full('ann', 1), full('cat', 1, { rating: 'negative' }), step('bob', 1, 2)];
    expect(verdict({ inputs: version(2), reviews })).toBe('insufficient');
  });

  test('finds its base by digest, not by name', () => {
    const other = full('ann', 1, { of: 'other bytes' });
    expect(verdict({ inputs: version(2), reviews: [other, step('bob', 1, 2)] })).toBe('insufficient');
    const renamed = review({ by: 'ann', purl: 'pkg:cargo/renamed@9.0.0', of: 'v1' });
    expect(verdict({ inputs: version(2), reviews: [renamed, step('bob', 1, 2)] })).toBe('reviewed');
    const foreign = review({ by: 'ann', purl: 'pkg:npm/sample@1.0.1', of: 'v1' });
    expect(verdict({ inputs: version(2), reviews: [foreign, step('bob', 1, 2)] })).toBe('insufficient');
  });

  test('takes the shortest chain', () => {
    const reviews = [full('ann', 1), step('bob', 1, 2), step('bob', 2, 3), full('cat', 2)];
    const { chains } = resultOn('reviewed', { inputs: version(3), reviews });
    expect(chains[0]).toHaveLength(2);
  });

  test('carries nothing in a circle', () => {
    const reviews = [step('ann', 2, 1), step('bob', 1, 2), step('cat', 2, 2)];
    expect(verdict({ inputs: version(2), reviews })).toBe('insufficient');
  });

  test('carries through a circle that has a way out', () => {
    const reviews = [step('ann', 2, 1), step('bob', 1, 2), step('cat', 0, 1), full('ann', 0)];
    expect(verdict({ inputs: version(2), reviews })).toBe('reviewed');
  });

  test('flags when it is negative, whatever its base', () => {
    expect(verdict({ inputs: version(2), reviews: [step('bob', 1, 2, { rating: 'negative' })] })).toBe(
      'flagged',
    );
  });

  test('counts as a full one under as-full', () => {
    const policy = policyOf({ rules: { differences: 'as-full' } });
    const { chains } = resultOn('reviewed', { inputs: version(2), reviews: [step('bob', 1, 2)], policy });
    expect(chains[0]).toHaveLength(1);
  });

  test('carries over at most a fixed number of links', () => {
    const chain = (links: number) => [
      full('ann', 0),
      ...Array.from({ length: links - 1 }, (_, i) => step('bob', i, i + 1)),
    ];
    const last = (links: number) => ({ inputs: version(links - 1), reviews: chain(links) });
    expect(resultOn('reviewed', last(maxChainLength)).chains[0]).toHaveLength(maxChainLength);
    expect(verdict(last(maxChainLength + 1))).toBe('insufficient');
  });
});

describe('independent votes over chains', () => {
  const two = policyOf({ require: { redundancy: 2 } });
  const inputs = version(2);

  test('a full review and a chain by other people are two', () => {
    const reviews = [full('ann', 2), step('bob', 1, 2), full('cat', 1)];
    const { chains } = resultOn('reviewed', { inputs, reviews, policy: two });
    expect(chains.map((chain) => chain.map((origin) => origin.author))).toEqual([
      [identity('ann')],
      [identity('bob'), identity('cat')],
    ]);
  });

  test('two differences on one full review are one: what was read once was read once', () => {
    const reviews = [step('ann', 1, 2), step('bob', 1, 2), full('cat', 1)];
    const { shortfalls } = resultOn('insufficient', { inputs, reviews, policy: two });
    expect(shortfalls).toEqual([{ kind: 'redundancy', has: 1, needs: 2 }]);
  });

  test('one person reading every step is one vote', () => {
    const reviews = [full('ann', 1), step('ann', 1, 2)];
    expect(verdict({ inputs, reviews })).toBe('reviewed');
    expect(verdict({ inputs, reviews, policy: two })).toBe('insufficient');
  });

  test('chains are chosen so that as many as possible stand apart', () => {
    // ann's step could rest on cat or dan, bob's base was read by cat alone: ann has to leave cat to bob.
    const annBase = { purl: purl(1), of: { sha256: digest('v1') } };
    const bobBase = { purl: purl(1), of: { sha512: digest512('v1') } };
    const reviews = [
      full('ann', 2, { base: annBase }),
      full('bob', 2, { base: bobBase }),
      full('cat', 1, { of: { sha256: digest('v1'), sha512: digest512('v1') } }),
      full('dan', 1, { of: { sha256: digest('v1') } }),
    ];
    expect(verdict({ inputs, reviews, policy: two })).toBe('reviewed');
  });

  test('tangled chains without an answer end within the budget', () => {
    const names = ['ann', 'bob', 'cat', 'dan'];
    const reviews = Array.from({ length: 12 }, (_, n) => names.map((by) => step(by, n, n + 1))).flat();
    const started = performance.now();
    const policy = policyOf({ require: { redundancy: 4 } });
    const all = [...reviews, full('ann', 0), full('bob', 0), full('cat', 0)];
    expect(resultOn('insufficient', { inputs: version(12), reviews: all, policy }).shortfalls).toEqual([
      { kind: 'redundancy', has: 3, needs: 4 },
    ]);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

describe('redundancy', () => {
  const policy = (independence: string) => policyOf({ require: { redundancy: 2, independence } });
  const reviews = [review({ by: 'ann' }), review({ by: 'bob' })];

  test('counts distinct identities', () => {
    expect(verdict({ reviews, policy: policy('identities') })).toBe('reviewed');
    const twice = [review({ by: 'ann' }), review({ by: 'ann', purl: 'pkg:cargo/again@1.0.0' })];
    expect(resultOn('insufficient', { reviews: twice, policy: policy('identities') }).shortfalls).toEqual([
      { kind: 'redundancy', has: 1, needs: 2 },
    ]);
  });

  test('counts two people of one organisation as one when asked for organisations', () => {
    const organisations = { ann: ['acme'], bob: ['acme', 'other'], cat: ['other'] };
    expect(verdict({ reviews, organisations, policy: policy('identities') })).toBe('reviewed');
    expect(verdict({ reviews, organisations, policy: policy('organisations') })).toBe('insufficient');
  });

  test('finds independent people among those who tie several organisations together', () => {
    const organisations = { ann: ['acme', 'other'], bob: ['acme'], cat: ['other'] };
    const three = [...reviews, review({ by: 'cat' })];
    const { chains } = resultOn('reviewed', {
      reviews: three,
      organisations,
      policy: policy('organisations'),
    });
    expect(chains.slice(0, 2).map((chain) => chain[0]!.author)).toEqual([identity('bob'), identity('cat')]);
    expect(chains).toHaveLength(3);
  });

  test("counts an organisation's own key and its member as one", () => {
    const own = policy('organisations');
    expect(verdict({ reviews, organisations: { bob: ['ann'] }, policy: own })).toBe('insufficient');
    expect(verdict({ reviews, organisations: {}, policy: own })).toBe('reviewed');
  });
});
