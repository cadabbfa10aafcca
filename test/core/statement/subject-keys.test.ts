import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStatement } from '../../../core/statement/canonical.ts';
import { certificateSubjectKeys, subjectKeys } from '../../../core/statement/subject-keys.ts';
import { parseIdentity } from '../../../core/identity.ts';
import { statement } from './arbitraries.ts';

const from = { 'id-type': 'openpgp', id: 'A'.repeat(40) };
const bob = { 'id-type': 'openpgp', id: 'B'.repeat(40) };
const common = { version: 1, date: '2026-02-01T00:00:00Z', from };
const sha512 = '5a'.repeat(64);
const sha1 = '11'.repeat(20);

test('a review is about the package, its version and its strong digests, and not about the base of a difference', () => {
  const review = readStatement({
    kind: 'package review',
    ...common,
    package: { purl: 'pkg:npm/%40scope/left-pad@1.3.0', digests: { sha512, sha1 } },
    'package-diff-base': { purl: 'pkg:npm/%40scope/left-pad@1.2.0', digests: { sha512: '77'.repeat(64) } },
  });
  expect(subjectKeys(review)).toEqual([
    `digest:sha512:${sha512}`,
    'purl:pkg:npm/%40scope/left-pad',
    'purl:pkg:npm/%40scope/left-pad@1.3.0',
  ]);
});

test('a purl without version gives one key', () => {
  const source = readStatement({
    kind: 'source',
    ...common,
    package: { purl: 'pkg:npm/a', digests: { sha1 } },
  });
  expect(subjectKeys(source)).toEqual(['purl:pkg:npm/a']);
});

test('a trust statement is about whom it names, a set about itself and its members, a retraction about a statement', () => {
  expect(
    subjectKeys(readStatement({ kind: 'trust', ...common, ids: [bob, from, bob], trust: 'low' })),
  ).toEqual([`identity:openpgp:${from.id}`, `identity:openpgp:${bob.id}`]);
  const set = {
    kind: 'reviewer set',
    ...common,
    name: 'core',
    title: 'Core',
    members: [{ id: bob, trust: 'high' }],
  };
  expect(subjectKeys(readStatement(set))).toEqual([
    `identity:openpgp:${bob.id}`,
    `set:openpgp:${from.id}#core`,
  ]);
  const id = 'ab'.repeat(32);
  expect(subjectKeys(readStatement({ kind: 'retraction', ...common, statement: id }))).toEqual([
    `statement:${id}`,
  ]);
  expect(certificateSubjectKeys(parseIdentity(`openpgp:${bob.id}`))).toEqual([`identity:openpgp:${bob.id}`]);
});

test('keys are sorted, distinct and one line each', () => {
  fc.assert(
    fc.property(statement, (one) => {
      const keys = subjectKeys(one);
      expect(keys).toEqual([...new Set(keys)].sort());
      for (const key of keys) expect(key).toMatch(/^[a-z]+:[\x21-\x7e]+$/);
    }),
  );
});
