import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crevCompatible, policySchema, verdictWords, type Policy } from '../../../core/closure/policy.ts';
import { readPolicyFile } from '../../../core/closure/policy-file.ts';
import { formatPolicyFile, policyTemplate } from '../../../core/closure/policy-template.ts';
import { nearestWord } from '../../../core/closure/nearest-word.ts';
import { expectCode } from '../../support/matchers.ts';
import { digest, identity } from '../../support/closure-world.ts';

const read = (text: string) => readPolicyFile(text);
const refusal = async (text: string) => (await expectCode('policy-invalid', () => read(text))).message;

describe('a policy file', () => {
  test('that is empty or all comments is the default policy', () => {
    const defaults = { policy: policySchema.parse({}), server: undefined, preset: undefined };
    expect(read('')).toEqual(defaults);
    expect(read('# nothing yet\n')).toEqual(defaults);
    expect(read('roots:\n#  - openpgp:…\nrequire:\n')).toEqual(defaults);
  });

  test('names roots, a server and what counts', () => {
    const file = read(`
server: https://ledger.example.org/
roots:
  - ${identity('ann').toLowerCase()}
  - ${identity('acme')}#security
require: { trust: medium, redundancy: 2, exclude-paid: true }
trust-costs: { max: 3 }
rules: { git-sha1: weak }
ignore-groups: [dev]
`);
    expect(file.server).toBe('https://ledger.example.org');
    expect(file.policy.roots).toEqual([identity('ann'), `${identity('acme')}#security`]);
    expect(file.policy.require).toMatchObject({ trust: 'medium', redundancy: 2, 'exclude-paid': true });
    expect(file.policy['trust-costs']).toMatchObject({ max: 3, medium: 1 });
    expect(file.policy['ignore-groups']).toEqual(['dev']);
  });

  test('keeps a digest that looks like a number, and a date that is one', () => {
    const digits = '1234567890'.repeat(6) + '1e55';
    const { policy } = read(
      `exemptions:\n  - digests: { sha256: ${digits} }\n    reason: r\n    until: 2026-12-31\n`,
    );
    expect(policy.exemptions).toMatchObject([{ digests: { sha256: digits }, until: '2026-12-31' }]);
  });

  test('may ask for crev’s own rules, and then for no others', async () => {
    const file = read('preset: crev-compatible\nignore-groups: [dev]\n');
    expect(file.preset).toBe('crev-compatible');
    expect(file.policy).toEqual(crevCompatible(policySchema.parse({ 'ignore-groups': ['dev'] })));
    expect(await refusal('preset: crev-compatible\nrequire:\n  trust: high\n')).toBe(
      'Line 2, require: the preset decides require; remove it, or the preset',
    );
  });
});

describe('a policy file is refused', () => {
  test.each([
    [
      'a misspelt key',
      'roots: []\nrequires:\n  trust: low\n',
      'Line 2, requires: no such key; did you mean require?',
    ],
    [
      'a misspelt key inside',
      'require:\n  redundacy: 2\n',
      'Line 2, require.redundacy: no such key; did you mean redundancy?',
    ],
    [
      'an underscore',
      'ignore_groups: [dev]\n',
      'Line 1, ignore_groups: no such key; did you mean ignore-groups?',
    ],
    ['a misspelt word', 'require:\n  trust: mediun\n', 'did you mean medium?'],
    [
      'a key of an exemption',
      'exemptions:\n  - purl: pkg:npm/a\n    raeson: x\n    until: 2026-12-31\n',
      'Line 3, exemptions.0.raeson: no such key; did you mean reason?',
    ],
    ['a number that is a word', 'require:\n  redundancy: two\n', 'Line 2, require.redundancy'],
    ['a bad root', 'roots:\n  - openpgp:123\n', 'Line 2, roots.0: Not an identity'],
    ['a bad pattern', 'local:\n  - "@mine/*"\n', 'Line 2, local.0: A purl pattern begins with pkg:'],
    [
      'a bad date',
      'exemptions:\n  - { purl: "pkg:npm/a", reason: r, until: 2026-02-30 }\n',
      'Line 2, exemptions.0.until',
    ],
    [
      'an exemption of nothing',
      'exemptions:\n  - { reason: r, until: 2026-02-01 }\n',
      'An exemption names a purl or digests',
    ],
    ['a server that is no web address', 'server: ftp://x\n', 'Line 1, server: Not an http or https address'],
    ['a server with a password', 'server: https://u:p@x\n', 'Line 1, server: Not an http or https address'],
    ['a list', '- a\n', 'The file'],
    ['a key twice', 'roots: []\nroots: []\n', 'Line 2: the key roots stands twice'],
    ['an alias', 'roots: &a []\nlocal: *a\n', 'Line 1: an anchor'],
    ['a tag', 'roots: !!set {}\n', 'Line 1: a tag'],
    ['two documents', 'roots: []\n---\nroots: []\n', 'more than one document'],
    ['a prototype', '__proto__: {}\n', 'Line 1: not a key'],
    ['broken YAML', 'roots: [\n', 'Line 2'],
    ['deep nesting', `roots: ${'['.repeat(40)}`, 'Line 1: nesting exceeded'],
    ['a flood', '#'.repeat(3_000_000), 'longer than'],
  ])('for %s', async (_what, text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  test('with all its problems at once, and an end to them', async () => {
    expect((await refusal('a: 1\nb: 2\nrequire: { trust: x }\n')).split('\n')).toHaveLength(3);
    const many = Array.from({ length: 500 }, (_, i) => `k${i}: 1`).join('\n');
    expect((await refusal(many)).split('\n').at(-1)).toBe('and 480 more');
  });
});

describe('the file that init writes', () => {
  test('reads back as the defaults', () => {
    expect(read(policyTemplate)).toEqual(read(''));
  });

  test('shows every setting that there is', () => {
    const { require, rules, 'trust-costs': costs, ...top } = policySchema.parse({});
    for (const group of [require, rules, costs, top]) {
      for (const key of Object.keys(group)) expect(policyTemplate).toMatch(new RegExp(`\\b${key}:`));
    }
    expect(policyTemplate.split('\n').every((line) => line.length <= 120)).toBe(true);
  });

  test('reads back as whatever policy is written', () => {
    const text = fc.string({ minLength: 1, maxLength: 60, unit: 'binary' });
    const policyArb: fc.Arbitrary<Policy> = fc
      .record({
        roots: fc.subarray([identity('ann'), identity('bob'), `${identity('acme')}#security`]),
        require: fc.record({
          trust: fc.constantFrom('none', 'low', 'medium', 'high'),
          redundancy: fc.integer({ min: 1, max: 100 }),
          'exclude-paid': fc.boolean(),
          'exclude-relations': fc.subarray(['author', 'maintainer']),
        }),
        rules: fc.record({ differences: fc.constantFrom('chain', 'as-full') }),
        'ignore-groups': fc.array(text, { maxLength: 3 }),
        local: fc.subarray(['pkg:npm/%40mine/*', 'pkg:cargo/a@1.*', 'pkg:golang/example.com/**']),
        exemptions: fc.array(
          fc.record({
            purl: fc.constantFrom('pkg:npm/a', 'pkg:deb/debian/x@1%2B2?arch=i386'),
            digests: fc.constant({ sha256: digest('x') }),
            reason: text,
            until: fc.constant('2026-12-31'),
            by: text,
            covers: fc.subarray(['flagged', 'unreviewed'], { minLength: 1 }),
          }),
          { maxLength: 3 },
        ),
      })
      .map((raw) => policySchema.parse(raw));
    fc.assert(
      fc.property(policyArb, (policy) => {
        const file = { policy, server: 'https://ledger.example.org', preset: undefined };
        expect(read(formatPolicyFile(file))).toEqual(file);
      }),
    );
  });

  test('keeps a preset', () => {
    const file = read('preset: crev-compatible\n');
    expect(read(formatPolicyFile(file))).toEqual(file);
  });
});

describe('did you mean', () => {
  test('finds a swapped, missing, extra or wrong letter and nothing far away', () => {
    expect(nearestWord('flaged', verdictWords)).toBe('flagged');
    expect(nearestWord('exmept', verdictWords)).toBe('exempt');
    expect(nearestWord('REVIEWED', verdictWords)).toBe('reviewed');
    expect(nearestWord('zzz', verdictWords)).toBeUndefined();
    expect(nearestWord('x'.repeat(10_000), verdictWords)).toBeUndefined();
  });
});
