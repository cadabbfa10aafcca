import { describe, expect, test } from 'vitest';
import {
  defaultPurl,
  digest,
  digest512,
  identity,
  input,
  policyOf,
  resultOn,
  review,
  verdictOn,
} from '../../support/closure-world.ts';

const verdict = (world: Parameters<typeof verdictOn>[0]) => verdictOn(world).result.verdict;

describe('mismatch', () => {
  test('says who reviewed what other bytes of this version', () => {
    const given = review({ by: 'ann', of: 'reviewed bytes' });
    const { others } = resultOn('mismatch', { reviews: [given] });
    expect(others).toMatchObject([
      {
        origin: { statement: given.id, author: identity('ann') },
        key: 'sha256',
        here: digest('good'),
        reviewed: digest('reviewed bytes'),
      },
    ]);
  });

  test('is not raised on digests that cannot be compared', () => {
    expect(verdict({ reviews: [review({ by: 'ann', of: { crevDigest: digest('t') } })] })).toBe('unreviewed');
  });

  test('is not raised on weak digests', () => {
    const inputs = [input({ of: { sha512: digest512('a'), sha1: 'a'.repeat(40) } })];
    const reviews = [review({ by: 'ann', of: { crevDigest: digest('t'), sha1: 'b'.repeat(40) } })];
    expect(verdict({ inputs, reviews })).toBe('unreviewed');
  });

  test.each([
    ['another version', { purl: 'pkg:cargo/sample@1.0.1' }],
    ['another package', { purl: 'pkg:cargo/simple@1.0.0' }],
    ['another architecture', { purl: `${defaultPurl}?arch=arm64` }],
  ])('is not raised by a review of %s', (_what, options) => {
    const inputs = [input({ purl: `${defaultPurl}?arch=amd64` })];
    expect(verdict({ inputs, reviews: [review({ by: 'ann', of: 'other', ...options })] })).toBe('unreviewed');
  });

  test('is raised where the qualifiers that both have agree', () => {
    const inputs = [input({ purl: `${defaultPurl}?arch=amd64&distro=sid` })];
    const reviews = [review({ by: 'ann', of: 'other', purl: `${defaultPurl}?arch=amd64` })];
    expect(verdict({ inputs, reviews })).toBe('mismatch');
  });

  test('is not raised by a stranger, a negative review, or one that says that nothing was reviewed', () => {
    const other = { of: 'other' };
    expect(verdict({ reviews: [review({ by: 'eve', ...other })] })).toBe('unreviewed');
    expect(verdict({ reviews: [review({ by: 'ann', rating: 'negative', ...other })] })).toBe('unreviewed');
    expect(verdict({ reviews: [review({ by: 'ann', noReview: true, ...other })] })).toBe('unreviewed');
  });

  test('is raised also by somebody trusted too little to count', () => {
    const policy = policyOf({ require: { trust: 'high' } });
    expect(verdict({ reviews: [review({ by: 'dan', of: 'other' })], policy })).toBe('mismatch');
  });

  test('gives way to sufficient review of these bytes, and stays as a remark', () => {
    const given = verdictOn({ reviews: [review({ by: 'ann' }), review({ by: 'bob', of: 'other' })] });
    expect(given.result.verdict).toBe('reviewed');
    expect(given.remarks[0]).toMatch(/reviewed other bytes of this version/);
  });

  test('goes before insufficient', () => {
    const reviews = [review({ by: 'ann', thoroughness: 'none' }), review({ by: 'bob', of: 'other' })];
    expect(verdict({ reviews })).toBe('mismatch');
  });

  test('is not raised where the policy ignores it, and stays as a remark', () => {
    const given = verdictOn({
      reviews: [review({ by: 'bob', of: 'other' })],
      policy: policyOf({ rules: { mismatch: 'ignore' } }),
    });
    expect(given.result.verdict).toBe('unreviewed');
    expect(given.remarks[0]).toMatch(/reviewed other bytes of this version/);
  });

  test('is raised when one digit of a hash in the lockfile changes', () => {
    const honest = { sha512: digest512('archive') };
    const last = honest.sha512.endsWith('0') ? '1' : '0';
    const reviews = [review({ by: 'ann', of: honest })];
    expect(verdict({ inputs: [input({ of: honest })], reviews })).toBe('reviewed');
    const forged = { sha512: honest.sha512.slice(0, -1) + last };
    expect(verdict({ inputs: [input({ of: forged })], reviews })).toBe('mismatch');
  });

  describe('where an input has several files', () => {
    const purl = 'pkg:pypi/six@1.0';
    const inputs = [
      input({
        purl,
        artefacts: [
          { name: 'six.tar.gz', digests: { sha256: digest('sdist') } },
          { name: 'six.whl', digests: { sha256: digest('wheel') } },
        ],
      }),
    ];

    test('is not raised by a review that does not say which file it is of', () => {
      expect(verdict({ inputs, reviews: [review({ by: 'ann', purl, of: 'other' })] })).toBe('unreviewed');
    });

    test('is not raised by a review of a file that is not in the closure', () => {
      const reviews = [review({ by: 'ann', purl: `${purl}?file_name=six-arm.whl`, of: 'other' })];
      expect(verdict({ inputs, reviews })).toBe('unreviewed');
    });

    test('is not raised by a review that only names an architecture', () => {
      const reviews = [review({ by: 'ann', purl: `${purl}?arch=arm64`, of: 'other' })];
      expect(verdict({ inputs, reviews })).toBe('unreviewed');
    });

    test('is raised by a review of the same file with other bytes', () => {
      const reviews = [review({ by: 'ann', purl: `${purl}?file_name=six.whl`, of: 'other' })];
      expect(resultOn('mismatch', { inputs, reviews }).others[0]!.here).toBe(digest('wheel'));
    });
  });
});
