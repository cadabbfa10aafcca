import { createHash } from 'node:crypto';
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatStatement, parseStatement, statementId } from '../../../core/statement/canonical.ts';
import { maxStatementBytes } from '../../../core/statement/statement.ts';
import { quoteScalar } from '../../../core/statement/yaml-text.ts';
import { expectCode } from '../../support/matchers.ts';
import { statement, text } from './arbitraries.ts';
import { reviewText } from './samples.ts';

const fingerprint = 'ABCDEF0123456789ABCDEF0123456789ABCDEF01';

describe('format and parse', () => {
  test('parsing what was formatted gives the same statement, for every kind', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const formatted = formatStatement(one);
        expect(parseStatement(formatted)).toEqual(one);
        expect(formatStatement(parseStatement(formatted))).toBe(formatted);
      }),
      { numRuns: 1500 },
    );
  });

  test('no line ends in a space, no tab or CR stands in the way, and the text does not end in a line break', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const formatted = formatStatement(one);
        expect(formatted).not.toMatch(/[ \t]$|\r|^ *\t|^-/m);
        expect(formatted.endsWith('\n')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('the text reads the same whatever is appended or stripped at its end', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const formatted = formatStatement(one);
        expect(parseStatement(`${formatted}\n`)).toEqual(one);
        expect(parseStatement(formatted.replaceAll(/[ \t]+$/gm, ''))).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  test('a text is a text to every YAML reader, also those with more types', () => {
    fc.assert(
      fc.property(text, (value) => {
        const yaml = `a: ${quoteScalar(value)}`;
        expect(load(yaml, { schema: CORE_SCHEMA })).toEqual({ a: value });
        expect(load(yaml, { schema: YAML11_SCHEMA })).toEqual({ a: value });
      }),
      { numRuns: 2000 },
    );
    for (const value of [
      'null',
      'Yes',
      'n',
      '1.0',
      '0x1',
      '2026-01-01',
      '1:20',
      '~',
      '',
      '-',
      '.inf',
      '1e5',
      '=',
      '<<',
    ]) {
      const yaml = `a: ${quoteScalar(value)}`;
      expect(load(yaml, { schema: YAML11_SCHEMA }), value).toEqual({ a: value });
    }
  });

  test('a comment of several lines stays readable, also with empty and indented lines', () => {
    const comment = 'First.\n\n  code\n- item: x\n# no comment';
    const formatted = reviewText(fingerprint, { comment });
    expect(formatted).toContain('comment: |-\n  First.\n\n    code\n  - item: x\n  # no comment');
    expect(parseStatement(formatted).comment).toBe(comment);
  });

  test.each([
    'ends in a break\n',
    ' begins with a space\nx',
    'a space at a line end \nx',
    '\nx',
    'x\n\ty',
    'x\n ',
  ])('a comment that a block would not keep is quoted: %j', (comment) => {
    const formatted = reviewText(fingerprint, { comment });
    expect(formatted).toContain('comment: "');
    expect(parseStatement(formatted).comment).toBe(comment);
  });

  test('fields stand in the order of the design, whatever order they came in', () => {
    const formatted = reviewText(fingerprint, {
      flags: { unmaintained: true },
      coverage: { read: ['src/**'] },
      package: { digests: { crevDigest: '0c'.repeat(32), sha512: '5a'.repeat(64) }, purl: 'pkg:npm/a@1' },
    });
    const fields = [...formatted.matchAll(/^ *([a-z-]+|sha512|crevDigest):/gim)].map(([, field]) => field);
    expect(fields).toEqual(
      'kind version date from id-type id package purl digests sha512 crevDigest review thoroughness understanding rating coverage read flags unmaintained comment'.split(
        ' ',
      ),
    );
  });

  test('a value that may not be signed is not formatted', async () => {
    await expectCode('text-forbidden-character', () => reviewText(fingerprint, { comment: 'a\u202eb' }));
    await expectCode('text-forbidden-character', () => reviewText(fingerprint, { comment: 'a\rb' }));
  });

  test('a text at the size limit is formatted and parsed, one byte more is refused', async () => {
    const rest = reviewText(fingerprint, { comment: 'x' }).length - 1;
    const full = 'x'.repeat(maxStatementBytes - rest);
    expect(parseStatement(reviewText(fingerprint, { comment: full })).comment).toBe(full);
    await expectCode('text-too-large', () => reviewText(fingerprint, { comment: `${full}x` }));
    const oversized = reviewText(fingerprint, { comment: full }).replace('xxx', 'xxxx');
    await expectCode('text-too-large', () => parseStatement(oversized));
  });
});

describe('validation', () => {
  test.each([
    ['an unknown field', { colour: 'red' }, /colour/i],
    [
      'an unknown level',
      { review: { thoroughness: 'huge', understanding: 'low', rating: 'positive' } },
      /review\.thoroughness/,
    ],
    [
      'a digest of the wrong length',
      { package: { purl: 'pkg:npm/a@1', digests: { sha512: 'ab' } } },
      /package\.digests\.sha512/,
    ],
    ['no digest at all', { package: { purl: 'pkg:npm/a@1', digests: {} } }, /package\.digests/],
    [
      'a purl that is none',
      { package: { purl: 'left-pad', digests: { sha512: '5a'.repeat(64) } } },
      /package\.purl/,
    ],
    ['a date without offset', { date: '2026-02-01' }, /date/],
    ['an identity that is none', { from: { 'id-type': 'openpgp', id: 'ABC' } }, /from\.id/],
  ])('%s is refused with its path', async (_, fields, path) => {
    const json = JSON.stringify({
      kind: 'package review',
      version: 1,
      date: '2026-02-01T00:00:00Z',
      from: { 'id-type': 'openpgp', id: fingerprint },
      package: { purl: 'pkg:npm/a@1', digests: { sha512: '5a'.repeat(64) } },
      ...fields,
    });
    const error = await expectCode('statement-invalid', () => parseStatement(json));
    expect(error.message).toMatch(path);
  });

  test.each(['rebuild', 'code review', 'confession'])('the kind %s is not supported', async (kind) => {
    const error = await expectCode('statement-kind-unsupported', () => parseStatement(`kind: ${kind}`));
    expect(error.help).toContain('package review');
  });

  test.each(['a list', '[]', 'version: 1', 'kind: [trust]'])('%s is no statement', async (yaml) => {
    await expectCode('statement-invalid', () => parseStatement(yaml));
  });

  test('fingerprints are folded to upper case and crev’s old word for negative is read', () => {
    const parsed = parseStatement(
      reviewText(fingerprint.toLowerCase()).replace('rating: positive', 'rating: dangerous'),
    );
    expect(parsed.from.id).toBe(fingerprint);
    expect(parsed).toHaveProperty('review.rating', 'negative');
  });
});

test('the id is the SHA-256 of the text as UTF-8', () => {
  const value = 'kind: ééé\n';
  expect(statementId(value)).toBe(createHash('sha256').update(value, 'utf8').digest('hex'));
});
