// The preset that answers as crev does: each rule of crev.md, section 11 (verify_package_digest), as a test.
// crev's words for our verdicts: pass is reviewed, warn is flagged, none is insufficient or unreviewed, local is local.

import { describe, expect, test } from 'vitest';
import { crevCompatible } from '../../../core/closure/policy.ts';
import {
  digest,
  identity,
  input,
  policyOf,
  review,
  trustTable,
  verdictOn,
  type ReviewOptions,
  type World,
} from '../../support/closure-world.ts';

const policy = crevCompatible(policyOf());
const tree = { crevDigest: digest('tree') };
const crevInput = [input({ of: tree })];
const proof = (by: string, more: Partial<ReviewOptions> = {}) => review({ by, of: tree, ...more });

function status(world: Omit<World, 'policy'>): string {
  const word = verdictOn({ inputs: crevInput, ...world, policy }).result.verdict;
  const words: Record<string, string> = {
    reviewed: 'pass',
    flagged: 'warn',
    insufficient: 'none',
    unreviewed: 'none',
  };
  return words[word] ?? word;
}

describe('crev-compatible', () => {
  test('1. looks up by digest only: name, version and registry are not compared', () => {
    expect(status({ reviews: [proof('ann', { purl: 'pkg:cargo/other@9.9.9' })] })).toBe('pass');
    expect(status({ reviews: [review({ by: 'ann', of: { crevDigest: digest('another tree') } })] })).toBe(
      'none',
    );
  });

  describe('2. drops a review that somebody strictly more trusted overrides', () => {
    const ignoring = (by: string, whom: string, purl?: string) =>
      review({
        by,
        of: { crevDigest: digest('elsewhere') },
        ...(purl !== undefined && { purl }),
        noReview: true,
        more: { override: [{ 'id-type': 'openpgp', id: identity(whom).slice('openpgp:'.length) }] },
      });

    test('strictly above: dropped', () => {
      expect(status({ reviews: [proof('bob'), ignoring('ann', 'bob')] })).toBe('none');
      expect(status({ reviews: [proof('bob', { rating: 'negative' }), ignoring('ann', 'bob')] })).toBe(
        'none',
      );
    });
    test('at the same level: kept', () => {
      expect(status({ reviews: [proof('bob'), ignoring('cat', 'bob')] })).toBe('pass');
    });
    test('by a stranger: kept', () => {
      expect(status({ reviews: [proof('bob'), ignoring('eve', 'bob')] })).toBe('pass');
    });
    test('about another version: kept', () => {
      expect(status({ reviews: [proof('bob'), ignoring('ann', 'bob', 'pkg:cargo/sample@1.0.1')] })).toBe(
        'pass',
      );
    });
    test('named by the review, not by the input: a review under another name is overridden under that name', () => {
      const renamed = proof('bob', { purl: 'pkg:cargo/renamed@1.0.0' });
      expect(status({ reviews: [renamed, ignoring('ann', 'bob')] })).toBe('pass');
      expect(status({ reviews: [renamed, ignoring('ann', 'bob', 'pkg:cargo/renamed@1.0.0')] })).toBe('none');
    });
    test('only while the overriding review is current', () => {
      const again = review({
        by: 'ann',
        of: { crevDigest: digest('elsewhere') },
        date: '2026-02-01T00:00:00Z',
      });
      expect(status({ reviews: [proof('bob'), ignoring('ann', 'bob'), again] })).toBe('pass');
    });
  });

  test('3. hears one review per author, and only authors in the trust set', () => {
    expect(status({ reviews: [proof('eve')] })).toBe('none');
    expect(status({ reviews: [proof('ann')], trust: trustTable({ ann: 'high' }, ['ann']) })).toBe('none');
    const changed = proof('ann', { rating: 'negative', date: '2026-02-01T00:00:00Z' });
    expect(status({ reviews: [proof('ann'), changed] })).toBe('warn');
  });

  test('4. counts machine-made reviews, for better and for worse', () => {
    const more = { 'llm-agent': { model: 'm' } };
    expect(status({ reviews: [proof('ann', { more })] })).toBe('pass');
    expect(status({ reviews: [proof('ann', { more, rating: 'negative' })] })).toBe('warn');
  });

  test('5. passes on a review that is at least neutral, however shallow, but not none, none, neutral', () => {
    const shallow = { thoroughness: 'none', understanding: 'none' } as const;
    expect(status({ reviews: [proof('ann', { rating: 'neutral' })] })).toBe('pass');
    expect(status({ reviews: [proof('ann', { ...shallow, rating: 'positive' })] })).toBe('pass');
    expect(status({ reviews: [proof('ann', { ...shallow, rating: 'neutral' })] })).toBe('none');
    expect(status({ reviews: [proof('ann', { noReview: true })] })).toBe('none');
  });

  test('5. needs effective trust low', () => {
    expect(status({ reviews: [proof('dan')] })).toBe('pass');
    expect(status({ reviews: [proof('dan')], trust: trustTable({ dan: 'none' }) })).toBe('none');
  });

  test('6. a negative review counts however shallow, and without the trust filter', () => {
    const negative = proof('dan', { rating: 'negative', thoroughness: 'none', understanding: 'none' });
    expect(status({ reviews: [negative], trust: trustTable({ dan: 'none' }) })).toBe('warn');
    expect(status({ reviews: [proof('eve', { rating: 'negative' })] })).toBe('none');
  });

  test('7. any negative review outweighs any number of positive ones', () => {
    expect(status({ reviews: [proof('ann'), proof('bob'), proof('dan', { rating: 'negative' })] })).toBe(
      'warn',
    );
  });

  test('7. path and git dependencies are local, never checked', () => {
    const bad = [review({ by: 'ann', of: { gitCommit: 'c'.repeat(40) }, rating: 'negative' })];
    expect(status({ inputs: [input({ local: true })] })).toBe('local');
    expect(status({ inputs: [input({ of: { gitCommit: 'c'.repeat(40) } })], reviews: bad })).toBe('local');
  });

  test('a review of a difference counts as a full one', () => {
    const base = { purl: 'pkg:cargo/sample@0.9.0', of: { crevDigest: digest('never reviewed') } };
    expect(status({ reviews: [proof('ann', { base })] })).toBe('pass');
  });

  test('issues and advisories do not change the status', () => {
    const more = { issues: [{ id: 'X', severity: 'high' }] };
    expect(status({ reviews: [proof('ann', { more })] })).toBe('pass');
  });

  test('a review of other bytes of this version is no alarm', () => {
    expect(status({ reviews: [review({ by: 'ann', of: { crevDigest: digest('other') } })] })).toBe('none');
  });

  test('exemptions and patterns of local packages are not known to crev', () => {
    const own = crevCompatible(
      policyOf({
        local: ['pkg:cargo/*'],
        exemptions: [{ purl: 'pkg:cargo/*', reason: 'r', until: '2030-01-01' }],
      }),
    );
    expect(verdictOn({ inputs: crevInput, policy: own }).result.verdict).toBe('unreviewed');
  });
});

describe('where the default policy departs from crev', () => {
  test.each([
    ['a neutral review does not count', proof('ann', { rating: 'neutral' }), 'insufficient'],
    ['a review without thoroughness does not count', proof('ann', { thoroughness: 'none' }), 'insufficient'],
    [
      'a difference needs its base',
      proof('ann', { base: { purl: 'pkg:cargo/sample@0.9.0', of: { crevDigest: digest('never') } } }),
      'insufficient',
    ],
    ['an issue flags', proof('ann', { more: { issues: [{ id: 'X', severity: 'low' }] } }), 'flagged'],
    ['other bytes are an alarm', review({ by: 'ann', of: { crevDigest: digest('other') } }), 'mismatch'],
  ])('%s', (_rule, given, expected) => {
    expect(verdictOn({ inputs: crevInput, reviews: [given] }).result.verdict).toBe(expected);
  });
});
