import { describe, expect, test } from 'vitest';
import {
  describeVerdict,
  unverifiableAdvice,
  verdictMeanings,
} from '../../../core/closure/explain-verdict.ts';
import { unverifiableReasons } from '../../../core/closure/input.ts';
import { verdictWords } from '../../../core/closure/policy.ts';
import type { Identity } from '../../../core/identity.ts';
import {
  digest,
  identity,
  input,
  policyOf,
  review,
  verdictOn,
  type World,
} from '../../support/closure-world.ts';

const people = new Map(['ann', 'bob', 'cat', 'dan'].map((name) => [identity(name), name]));
const nameOf = (author: Identity) => people.get(author) ?? 'somebody';
const words = (world: World) => describeVerdict(verdictOn(world), nameOf);

describe('verdicts in words', () => {
  test('every verdict has a meaning and every unverifiable reason an advice', () => {
    expect(Object.keys(verdictMeanings).sort()).toEqual([...verdictWords].sort());
    expect(Object.keys(unverifiableAdvice).sort()).toEqual([...unverifiableReasons].sort());
  });

  test('reviewed: who, how, and on top of what', () => {
    const base = { purl: 'pkg:cargo/sample@0.9.0', of: 'old' };
    const reviews = [review({ by: 'bob', base }), review({ by: 'ann', ...base })];
    expect(words({ reviews })).toEqual([
      'bob (trust medium, distance 1), rated it positive, thoroughness medium, understanding medium; on top of: ' +
        'ann (trust high, distance 1), rated it positive, thoroughness medium, understanding medium',
    ]);
  });

  test('insufficient: what each review lacks, and the next step', () => {
    const reviews = [
      review({
        by: 'dan',
        thoroughness: 'none',
        more: { 'llm-agent': { model: 'm1' }, disclosure: { relation: 'author' } },
      }),
    ];
    const policy = policyOf({ require: { trust: 'medium', redundancy: 2, 'exclude-relations': ['author'] } });
    expect(words({ reviews, policy })).toEqual([
      'dan (trust low, distance 1), rated it positive, thoroughness none, understanding medium, ' +
        'made by a machine (m1), is author of the code',
      'the review by dan: trust low, needs medium',
      'the review by dan: thoroughness none, needs low',
      'the review by dan: made by a machine (m1), which the policy does not count',
      'the review by dan: by the author of the code, which the policy does not count',
      '0 of 2 independent reviewers',
      'next: ask these reviewers for what is missing, review it yourself, or ask less in `require`',
    ]);
  });

  test('unreviewed: how many strangers', () => {
    expect(words({})[0]).toBe('nobody has reviewed these bytes');
    expect(words({ reviews: [review({ by: 'eve' })] })[0]).toMatch(
      /^one review of these bytes exists, by somebody outside/,
    );
    expect(words({ reviews: ['eve', 'fay'].map((by) => review({ by })) })[0]).toMatch(/by 2 people exist/);
  });

  test('flagged: who says what, the first line of their comment made safe', () => {
    const more = { comment: 'steals \u001b[31mkeys\nsecond line' };
    expect(words({ reviews: [review({ by: 'ann', rating: 'negative', more })] })).toEqual([
      'ann (trust high) reviewed it as negative: steals \\u{1b}[31mkeys',
      'next: read why, then update, replace or remove it',
    ]);
    const issues = [{ id: 'CVE-1', severity: 'high' }];
    expect(words({ reviews: [review({ by: 'bob', more: { issues } })] })[0]).toBe(
      'issue CVE-1, severity high, is open, reported by bob',
    );
  });

  test('mismatch: both values', () => {
    expect(words({ reviews: [review({ by: 'ann', of: 'other' })] })[0]).toBe(
      `ann reviewed other bytes of pkg:cargo/sample@1.0.0: sha256 ${digest('other')}, here ${digest('good')}`,
    );
  });

  test('unverifiable: the note of the format and what to do', () => {
    const unverifiable = { reason: 'mutable' as const, note: 'a branch' };
    expect(words({ inputs: [input({ artefacts: [], unverifiable })] })).toEqual([
      'a branch',
      'next: pin the commit or digest that it resolves to now',
    ]);
  });

  test('exempt: what it would be, until when, and why', () => {
    const exemptions = [{ purl: 'pkg:cargo/*', reason: 'on the list', until: '2026-12-31', by: 'ops' }];
    expect(words({ policy: policyOf({ exemptions }) })).toEqual([
      'would be unreviewed; exempt by ops until 2026-12-31: on the list (pkg:cargo/*)',
    ]);
  });

  test('remarks come last, as notes', () => {
    const flags = { flags: { unmaintained: true } };
    expect(words({ reviews: [review({ by: 'ann', more: flags })] }).at(-1)).toBe(
      `note: Unmaintained, says ${identity('ann')}.`,
    );
  });
});
