import { describe, expect, test } from 'vitest';
import {
  closureOf,
  defaultPurl,
  digest,
  identity,
  input,
  policyOf,
  reportOn,
  resultOn,
  review,
  trustTable,
  verdictOn,
} from '../../support/closure-world.ts';
import { resolve } from '../../../core/closure/resolve.ts';

const strict = (require: Record<string, unknown>) => policyOf({ require });

describe('a verdict', () => {
  test('is reviewed when somebody trusted reviewed these bytes, with the evidence', () => {
    const given = review({ by: 'ann', more: { comment: 'read it all' } });
    const { chains } = resultOn('reviewed', { reviews: [given] });
    expect(chains).toEqual([
      [
        {
          statement: given.id,
          index: given.index,
          author: identity('ann'),
          level: 'high',
          distance: 1,
          path: [{ from: identity('root'), to: identity('ann'), level: 'high', index: 0 }],
          purl: defaultPurl,
          date: '2026-01-01T00:00:00Z',
          review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
          matched: ['sha256'],
          comment: 'read it all',
        },
      ],
    ]);
  });

  test('is unreviewed when only strangers reviewed them, and counts the strangers but not the banned', () => {
    const reviews = ['eve', 'eve', 'fay', 'gus'].map((by) => review({ by }));
    const result = resultOn('unreviewed', { reviews, trust: trustTable({ ann: 'high' }, ['gus']) });
    expect(result).toEqual({ verdict: 'unreviewed', strangers: 2 });
  });

  test('is never made by name: a review of other bytes of this version reviews nothing', () => {
    expect(verdictOn({ reviews: [review({ by: 'ann', of: 'other' })] }).result.verdict).not.toBe('reviewed');
  });

  test('is reviewed when the same bytes were reviewed under another name, with a remark', () => {
    const verdict = verdictOn({ reviews: [review({ by: 'ann', purl: 'pkg:generic/upstream@1' })] });
    expect(verdict.result.verdict).toBe('reviewed');
    expect(verdict.remarks).toEqual([
      `${identity('ann')} reviewed the same bytes as pkg:generic/upstream@1.`,
    ]);
  });

  test('says so when a trusted review exists in digests that the closure does not carry', () => {
    const { note } = resultOn('unreviewed', {
      reviews: [review({ by: 'ann', of: { crevDigest: digest('tree') } })],
    });
    expect(note).toMatch(/digests that the closure does not carry/);
  });

  test('hears each author once, the newest review', () => {
    const reviews = [
      review({ by: 'ann' }),
      review({
        by: 'ann',
        rating: 'negative',
        date: '2026-02-01T00:00:00Z',
        purl: 'pkg:cargo/renamed@1.0.0',
      }),
    ];
    expect(verdictOn({ reviews }).result.verdict).toBe('flagged');
  });

  test('trusts somebody for the packages of their scope only, by what will be installed', () => {
    const trust = trustTable({ ann: { level: 'high', only: ['pkg:cargo/other'] } });
    const reviews = [review({ by: 'ann', purl: 'pkg:cargo/other@1.0.0' })];
    expect(verdictOn({ reviews, trust }).result.verdict).toBe('unreviewed');
  });
});

describe('requirements', () => {
  const shortfalls = (require: Record<string, unknown>, ...reviews: ReturnType<typeof review>[]) =>
    resultOn('insufficient', { reviews, policy: strict(require) }).shortfalls;

  test('trust: the effective level of the reviewer', () => {
    const given = review({ by: 'dan' });
    expect(shortfalls({ trust: 'medium' }, given)).toEqual([
      { kind: 'trust', statement: given.id, has: 'low', needs: 'medium' },
    ]);
  });

  test('thoroughness, understanding and rating, each told apart', () => {
    const given = review({ by: 'ann', thoroughness: 'low', understanding: 'none', rating: 'neutral' });
    const require = { thoroughness: 'high', understanding: 'medium', rating: 'strong' };
    expect(shortfalls(require, given)).toEqual([
      { kind: 'thoroughness', statement: given.id, has: 'low', needs: 'high' },
      { kind: 'understanding', statement: given.id, has: 'none', needs: 'medium' },
      { kind: 'rating', statement: given.id, has: 'neutral', needs: 'strong' },
    ]);
  });

  test('a statement without review, or of nothing read, is no review', () => {
    const absent = review({ by: 'ann', noReview: true });
    const empty = review({ by: 'bob', thoroughness: 'none', understanding: 'none', rating: 'neutral' });
    expect(shortfalls({}, absent, empty)).toEqual([
      { kind: 'no-review', statement: absent.id },
      { kind: 'no-review', statement: empty.id },
    ]);
  });

  test('relation and pay disqualify where the policy says so; silence does not', () => {
    const author = review({ by: 'ann', more: { disclosure: { relation: 'author' } } });
    const paid = review({ by: 'bob', more: { disclosure: { relation: 'none', paid: true } } });
    const require = { 'exclude-relations': ['author', 'maintainer'], 'exclude-paid': true };
    expect(shortfalls(require, author, paid)).toEqual([
      { kind: 'relation', statement: author.id, relation: 'author' },
      { kind: 'paid', statement: paid.id },
    ]);
    expect(verdictOn({ reviews: [author] }).result.verdict).toBe('reviewed');
    expect(verdictOn({ reviews: [review({ by: 'cat' })], policy: strict(require) }).result.verdict).toBe(
      'reviewed',
    );
  });

  describe('machine-made reviews', () => {
    const guided = review({ by: 'ann', more: { 'llm-agent': { model: 'm', 'human-guided': true } } });
    const alone = review({ by: 'ann', more: { 'llm-agent': { model: 'm' } } });
    test.each([
      ['count', guided, 'reviewed'],
      ['count', alone, 'reviewed'],
      ['human-guided', guided, 'reviewed'],
      ['human-guided', alone, 'insufficient'],
      ['exclude', guided, 'insufficient'],
      ['exclude', alone, 'insufficient'],
    ])('under %s', (rule, given, expected) => {
      const { result } = verdictOn({ reviews: [given], policy: strict({ 'llm-agent': rule }) });
      expect(result.verdict).toBe(expected);
    });

    test('are labelled with the model', () => {
      const policy = strict({ 'llm-agent': 'count' });
      expect(resultOn('reviewed', { reviews: [alone], policy }).chains[0]![0]!['llm-agent']).toBe('m');
    });

    test('always show when they are negative', () => {
      const bad = review({ by: 'ann', rating: 'negative', more: { 'llm-agent': { model: 'm' } } });
      expect(verdictOn({ reviews: [bad], policy: strict({ 'llm-agent': 'exclude' }) }).result.verdict).toBe(
        'flagged',
      );
    });
  });
});

describe('negative reviews', () => {
  const bad = review({ by: 'dan', rating: 'negative', thoroughness: 'none', understanding: 'none' });

  test('flag however shallow, against any number of positive ones', () => {
    const result = resultOn('flagged', { reviews: [review({ by: 'ann' }), review({ by: 'bob' }), bad] });
    expect(result.flags).toMatchObject([{ kind: 'negative-review', origin: { author: identity('dan') } }]);
  });

  test('of too little trust are a remark where only the required level flags', () => {
    const policy = policyOf({ require: { trust: 'medium' }, rules: { negatives: 'required-level' } });
    const verdict = verdictOn({ reviews: [review({ by: 'ann' }), bad], policy });
    expect(verdict.result.verdict).toBe('reviewed');
    expect(verdict.remarks).toEqual([
      `Negative review by ${identity('dan')}, trust low: too little to flag.`,
    ]);
  });

  test('by strangers flag nothing', () => {
    expect(verdictOn({ reviews: [review({ by: 'eve', rating: 'negative' })] }).result.verdict).toBe(
      'unreviewed',
    );
  });

  test('of one of several files flag the input', () => {
    const wheels = input({
      artefacts: [{ digests: { sha256: digest('w1') } }, { digests: { sha256: digest('w2') } }],
    });
    const reviews = [review({ by: 'ann', of: 'w1' }), review({ by: 'ann', of: 'w2', rating: 'negative' })];
    expect(verdictOn({ inputs: [wheels], reviews }).result.verdict).toBe('flagged');
  });
});

describe('inputs with several files', () => {
  const files = input({
    purl: 'pkg:pypi/six@1.0',
    artefacts: [
      { name: 'six.tar.gz', digests: { sha256: digest('sdist') } },
      { name: 'six.whl', digests: { sha256: digest('wheel') } },
      { name: 'odd.whl', digests: {} },
    ],
  });
  const sdist = review({ by: 'ann', purl: 'pkg:pypi/six@1.0?file_name=six.tar.gz', of: 'sdist' });
  const wheel = review({ by: 'bob', purl: 'pkg:pypi/six@1.0?file_name=six.whl', of: 'wheel' });

  test('are reviewed when every file is', () => {
    const two = { ...files, artefacts: files.artefacts.slice(0, 2) };
    const { chains } = resultOn('reviewed', { inputs: [two], reviews: [sdist, wheel] });
    expect(chains.flat().map((origin) => origin.author)).toEqual([identity('ann'), identity('bob')]);
  });

  test('are insufficient when some files are, one without digest counting as not reviewed', () => {
    const { shortfalls } = resultOn('insufficient', { inputs: [files], reviews: [sdist, wheel] });
    expect(shortfalls).toEqual([{ kind: 'artefacts', reviewed: 2, of: 3 }]);
  });
});

describe("the project's own code", () => {
  test('is local by the closure, by a pattern of the policy, or with git: local by its source', () => {
    const inputs = [
      input({ local: true }),
      input({ purl: 'pkg:npm/%40mine/a@1.0.0' }),
      input({ purl: 'pkg:cargo/from-git@1.0.0', of: { gitCommit: 'c'.repeat(40) } }),
    ];
    const policy = policyOf({ local: ['pkg:npm/%40mine/*'], rules: { git: 'local' } });
    expect(reportOn({ inputs, policy }).totals.local).toBe(3);
    expect(reportOn({ inputs, policy: policyOf() }).totals.local).toBe(1);
  });

  test('does not include a published file that also names its commit', () => {
    const both = input({ of: { sha256: digest('good'), gitCommit: 'c'.repeat(40) } });
    const policy = policyOf({ rules: { git: 'local' } });
    expect(verdictOn({ inputs: [both], policy }).result.verdict).toBe('unreviewed');
  });

  test('goes before everything, also before a negative review', () => {
    const reviews = [review({ by: 'ann', rating: 'negative' })];
    expect(verdictOn({ inputs: [input({ local: true })], reviews }).result.verdict).toBe('local');
  });
});

describe('the report', () => {
  const inputs = [
    input({ purl: 'pkg:cargo/z@1.0.0' }),
    input({ purl: 'pkg:cargo/a@1.0.0', of: 'unread' }),
    input({ purl: 'pkg:cargo/a@1.0.0', of: 'unread', groups: ['dev'] }),
    input({ purl: 'pkg:cargo/b@1.0.0', of: 'unread', groups: ['dev', 'optional'] }),
  ];
  const reviews = [review({ by: 'ann', purl: 'pkg:cargo/z@1.0.0' })];

  test('lists inputs by purl, then by position, and its totals are a count of all', () => {
    const report = reportOn({ inputs, reviews });
    expect(report.verdicts.map((verdict) => verdict.input)).toEqual([1, 2, 3, 0]);
    expect(report.totals).toMatchObject({ reviewed: 1, unreviewed: 3, flagged: 0, local: 0 });
    expect(report.met).toBe(false);
  });

  test('leaves out inputs whose every group is ignored, and counts them', () => {
    const report = reportOn({ inputs, reviews, policy: policyOf({ 'ignore-groups': ['dev'] }) });
    expect(report.ignored).toBe(1);
    expect(report.verdicts).toHaveLength(3);
  });

  test('is met when every input is reviewed, exempt or local', () => {
    expect(reportOn({ inputs: inputs.slice(0, 1), reviews }).met).toBe(true);
    expect(reportOn({ inputs: inputs.slice(0, 2), reviews }).met).toBe(false);
  });

  test('keeps the remarks of the format and says when nobody is trusted or nothing was checked', () => {
    const evidence = { reviews: [], sources: [], trust: trustTable({}), organisationsOf: () => [] };
    const closure = { ...closureOf(), remarks: ['from the format'] };
    const report = resolve(closure, policyOf({ roots: [] }), evidence, new Date(0));
    expect(report.remarks).toEqual([
      'from the format',
      'The policy names no roots: nobody is trusted.',
      'Nothing was checked.',
    ]);
  });

  test('remarks when one purl stands in it with different digests', () => {
    const twice = [input({ of: 'one' }), input({ of: 'two' })];
    expect(reportOn({ inputs: twice }).remarks).toEqual([
      `${defaultPurl} stands in the closure with different digests.`,
    ]);
  });
});
