import { describe, expect, test } from 'vitest';
import { currentReviews } from '../../../core/closure/current-reviews.ts';
import { indexReviews, unmaintainedBy } from '../../../core/closure/review-index.ts';
import { purlParts } from '../../../core/closure/purl-parts.ts';
import { digest, digest512, identity, policyOf, review } from '../../support/closure-world.ts';

describe('which review counts', () => {
  test('the newer review of the same bytes supersedes the older, in either order of the ledger', () => {
    const older = review({ by: 'ann', date: '2025-01-01T00:00:00Z' });
    const newer = review({ by: 'ann', date: '2025-06-01T00:00:00Z' });
    const lateImport = review({ by: 'ann', date: '2024-01-01T00:00:00Z' });
    expect(currentReviews([older, newer, lateImport])).toEqual([newer]);
    expect(currentReviews([lateImport, newer, older])).toEqual([newer]);
  });

  test('nanoseconds and offsets decide, and a tie goes to the later place in the ledger', () => {
    const first = review({ by: 'ann', date: '2025-01-01T02:00:00.000000002+02:00' });
    const second = review({ by: 'ann', date: '2025-01-01T00:00:00.000000001Z' });
    expect(currentReviews([first, second])).toEqual([first]);
    const tie = review({ by: 'ann', date: '2025-01-01T00:00:00.000000002Z' });
    expect(currentReviews([tie, first])).toEqual([tie]);
  });

  test('reviews of other bytes of one version both stand', () => {
    const one = review({ by: 'ann', of: 'one' });
    const two = review({ by: 'ann', of: 'two', date: '2026-02-01T00:00:00Z' });
    expect(currentReviews([one, two])).toEqual([one, two]);
  });

  test('reviews in digests that cannot be compared both stand', () => {
    const archive = review({ by: 'ann', of: { sha256: digest('a') } });
    const tree = review({ by: 'ann', of: { crevDigest: digest('a') }, date: '2026-02-01T00:00:00Z' });
    expect(currentReviews([archive, tree])).toEqual([archive, tree]);
  });

  test('a weak digest in common does not make two reviews of the same bytes', () => {
    const one = review({ by: 'ann', of: { sha1: 'a'.repeat(40) } });
    const two = review({ by: 'ann', of: { sha1: 'a'.repeat(40) }, date: '2026-02-01T00:00:00Z' });
    expect(currentReviews([one, two])).toHaveLength(2);
  });

  test('a newer review supersedes an older one that shares one digest, also when it names more', () => {
    const older = review({ by: 'ann', of: { crevDigest: digest('c') } });
    const newer = review({
      by: 'ann',
      of: { crevDigest: digest('c'), sha512: digest512('c') },
      date: '2026-02-01T00:00:00Z',
    });
    expect(currentReviews([newer, older])).toEqual([newer]);
  });

  test('other authors and other versions are left alone', () => {
    const all = [
      review({ by: 'ann' }),
      review({ by: 'bob' }),
      review({ by: 'ann', purl: 'pkg:cargo/sample@1.0.1' }),
      review({ by: 'ann', purl: 'pkg:cargo/other@1.0.0' }),
    ];
    expect(currentReviews(all)).toEqual(all);
  });

  test('an empty review takes an older one back (cargo crev unreview)', () => {
    const older = review({ by: 'ann' });
    const empty = review({ by: 'ann', noReview: true, date: '2026-02-01T00:00:00Z' });
    expect(currentReviews([older, empty])).toEqual([empty]);
  });

  test('thousands of contradictory reviews of one digest by one author take no quadratic time', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      review({ by: 'mallory', of: { sha256: digest('shared'), sha512: digest512(`${i}`) } }),
    );
    const started = performance.now();
    expect(currentReviews(many).length).toBeLessThanOrEqual(33);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe('unmaintained', () => {
  const flag = (value: boolean) => ({ more: { flags: { unmaintained: value } } });
  const by = (...reviews: Parameters<typeof indexReviews>[0]) =>
    unmaintainedBy(
      indexReviews(reviews, policyOf().rules, purlParts).ofPackage('pkg:cargo/sample'),
      (author) => author !== identity('mallory'),
    );

  test('holds when the newest review of any version by a trusted author says so', () => {
    const other = 'pkg:cargo/sample@0.9.0';
    expect(by(review({ by: 'ann', purl: other, ...flag(true) }))).toEqual([identity('ann')]);
  });

  test('ends with a newer review without the flag, of whatever version', () => {
    const said = review({ by: 'ann', ...flag(true) });
    const later = review({ by: 'ann', purl: 'pkg:cargo/sample@1.1.0', date: '2026-03-01T00:00:00Z' });
    expect(by(said, later)).toEqual([]);
  });

  test('is not believed from a stranger', () => {
    expect(by(review({ by: 'mallory', ...flag(true) }))).toEqual([]);
  });
});
