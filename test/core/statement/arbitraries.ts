// Random statements of every kind, in the form that reading gives, and random texts full of what YAML cares about.

import fc from 'fast-check';
import { readStatement } from '../../../core/statement/canonical.ts';
import { isHostileValue } from '../../../core/statement/hostile-text.ts';
import { levels, ranges, ratings, trustLevels } from '../../../core/statement/levels.ts';
import type { Statement } from '../../../core/statement/statement.ts';

const awkward = [
  ...Array.from('abcXYZ019 \n\t:#-?,[]{}&*!|>\'"%@`\\/~=+._$^()<>;'),
  ...[
    'é',
    'я',
    '中',
    '⚠️',
    '👨‍👩‍👧',
    '\u00a0',
    '- ',
    ': ',
    ' #',
    '\n\n',
    '  ',
    '\n- ',
    '---',
    '...',
    'null',
    'true',
    '0x1',
  ],
];
/** Texts that may be signed, made of what a YAML writer gets wrong. */
export const text = fc
  .array(fc.constantFrom(...awkward), { maxLength: 24 })
  .map((parts) => parts.join(''))
  .filter((value) => !isHostileValue(value));
const filled = text.filter((value) => value.length > 0 && value.length <= 200);
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const openpgpId = hex(20).map((id) => ({ 'id-type': 'openpgp', id: id.toUpperCase() }));
const crevId = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((id) => ({ 'id-type': 'crev', id: Buffer.from(id).toString('base64url') }));
const id = fc
  .tuple(fc.oneof(openpgpId, crevId), maybe(filled))
  .map(([one, url]) => ({ ...one, ...(url !== undefined && { url }) }));
const purl = fc
  .tuple(
    fc.constantFrom('npm', 'cargo', 'pypi', 'golang/example.org'),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  )
  .map(([type, name]) => `pkg:${type}/${name}@1.2.3+build.5`);
const digests = fc.record(
  { sha512: hex(64), tarSha256: hex(32), crevDigest: hex(32) },
  { requiredKeys: ['sha512'] },
);
const subject = fc.record({ purl, digests, revision: filled }, { requiredKeys: ['purl', 'digests'] });
const common = {
  version: fc.constantFrom('1', '-1'),
  date: fc.constantFrom('2026-11-22T19:00:00Z', '2026-04-05T12:00:01.000000001+02:00'),
  from: id,
};
const level = fc.constantFrom(...levels);
const trustLevel = fc.constantFrom(...trustLevels);

const review = fc.record(
  {
    kind: fc.constant('package review'),
    ...common,
    package: subject,
    'package-diff-base': subject,
    review: fc.record({ thoroughness: level, understanding: level, rating: fc.constantFrom(...ratings) }),
    coverage: fc.record({
      read: fc.array(filled, { maxLength: 3 }),
      opaque: fc.array(filled, { maxLength: 3 }),
    }),
    disclosure: fc.record({ relation: fc.constantFrom('none', 'author'), paid: fc.boolean() }),
    'llm-agent': fc.record({ model: filled, 'human-guided': fc.constantFrom('true', 'false') }),
    flags: fc.record({ unmaintained: fc.boolean() }, { requiredKeys: [] }),
    issues: fc.array(
      fc.record({ id: filled, severity: level, range: fc.constantFrom(...ranges), comment: text }),
    ),
    advisories: fc.array(
      fc.record({ ids: fc.array(filled, { minLength: 1, maxLength: 3 }), severity: level }),
    ),
    alternatives: fc.array(fc.record({ purl })),
    override: fc.array(id),
    comment: text,
  },
  { requiredKeys: ['kind', 'version', 'date', 'from', 'package'] },
);
const trust = fc.record(
  {
    kind: fc.constant('trust'),
    ...common,
    ids: fc.array(id, { minLength: 1, maxLength: 4 }),
    trust: trustLevel,
    comment: text,
  },
  { requiredKeys: ['kind', 'version', 'date', 'from', 'ids', 'trust'] },
);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      filled.filter((key) => key.length <= 60 && key !== '<<' && key !== '__proto__'),
      tie('node'),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  ),
})).node;
const reviewerSet = fc.record(
  {
    kind: fc.constant('reviewer set'),
    ...common,
    name: fc.constantFrom('security', 'a', 'team-1'),
    title: filled,
    members: fc.array(fc.record({ id, trust: trustLevel, role: filled }), { maxLength: 4 }),
    includes: fc.array(
      fc.record({ set: openpgpId.map((one) => `openpgp:${one.id}#other`), cap: trustLevel }),
      { maxLength: 2 },
    ),
    policy: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tree, { maxKeys: 3, noNullPrototype: true }),
    comment: text,
  },
  { requiredKeys: ['kind', 'version', 'date', 'from', 'name', 'title', 'members'] },
);
const source = fc.record(
  {
    kind: fc.constant('source'),
    ...common,
    package: subject,
    manifest: fc.array(fc.record({ path: filled, mode: fc.constantFrom('100644', '100755'), digests }), {
      maxLength: 4,
    }),
    comment: text,
  },
  { requiredKeys: ['kind', 'version', 'date', 'from', 'package'] },
);
const retraction = fc.record({
  kind: fc.constant('retraction'),
  ...common,
  statement: hex(32),
  reason: fc.constantFrom('mistake', 'other'),
});

/** Statements of all kinds, as `readStatement` gives them. */
export const statement: fc.Arbitrary<Statement> = fc
  .oneof(review, trust, reviewerSet, source, retraction)
  .map((raw) => readStatement(JSON.parse(JSON.stringify(raw))));
