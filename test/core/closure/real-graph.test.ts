// Resolution over the real web of trust: trust statements and reviewer sets in, verdicts out.

import { beforeEach, describe, expect, test } from 'vitest';
import { resolve } from '../../../core/closure/resolve.ts';
import type { Evidence } from '../../../core/closure/evidence.ts';
import { policySchema } from '../../../core/closure/policy.ts';
import { reportSchema, type Report } from '../../../core/closure/verdict.ts';
import { makeRoot, parseRoot, splitIdentity } from '../../../core/identity.ts';
import { statementSchema, type StatementId } from '../../../core/statement/statement.ts';
import { TrustGraph } from '../../../core/trust/graph.ts';
import { closureOf, digest, identity, input, review } from '../../support/closure-world.ts';

let graph = new TrustGraph();
let next = 0;
beforeEach(() => {
  graph = new TrustGraph();
  next = 0;
});

function say(by: string, body: Record<string, unknown>): void {
  const index = next++;
  const statement = statementSchema.parse({
    version: 1,
    date: `2025-01-01T00:00:${String(index).padStart(2, '0')}Z`,
    from: splitIdentity(identity(by)),
    ...body,
  });
  graph.apply({ id: digest(`trust ${index}`) as StatementId, index, author: identity(by), statement });
}
function trust(by: string, whom: string, level: string): void {
  say(by, { kind: 'trust', ids: [splitIdentity(identity(whom))], trust: level });
}
const member = (name: string, more: Record<string, unknown> = {}) => ({
  id: splitIdentity(identity(name)),
  trust: 'high',
  ...more,
});

function report(
  roots: string[],
  settings: Record<string, unknown>,
  reviews: Evidence['reviews'],
  ...inputs: ReturnType<typeof input>[]
): Report {
  const policy = policySchema.parse({ roots, ...settings });
  const view = graph.view(policy.roots, policy['trust-costs']);
  const evidence = {
    reviews,
    sources: [],
    trust: view,
    organisationsOf: (author: Parameters<typeof view.organisationsOf>[0]) => view.organisationsOf(author),
  };
  return reportSchema.parse(
    resolve(closureOf(...(inputs.length > 0 ? inputs : [input()])), policy, evidence, new Date(0)),
  );
}
const word = (...asked: Parameters<typeof report>) => report(...asked).verdicts[0]!.result.verdict;

describe('resolution over the web of trust', () => {
  test('hears a friend of a friend, and shows the path with its ledger indices', () => {
    trust('root', 'ann', 'high');
    trust('ann', 'bob', 'medium');
    const { result } = report([identity('root')], {}, [review({ by: 'bob' })]).verdicts[0]!;
    expect(result).toMatchObject({
      verdict: 'reviewed',
      chains: [
        [
          {
            level: 'medium',
            distance: 1,
            path: [
              { to: identity('ann'), index: 0 },
              { to: identity('bob'), index: 1 },
            ],
          },
        ],
      ],
    });
  });

  test("counts the root's own reviews at level high", () => {
    const { result } = report([identity('root')], { require: { trust: 'high' } }, [review({ by: 'root' })])
      .verdicts[0]!;
    expect(result).toMatchObject({
      verdict: 'reviewed',
      chains: [[{ level: 'high', distance: 0, path: [] }]],
    });
  });

  test('hears nobody whom somebody trusted distrusts', () => {
    trust('root', 'ann', 'high');
    trust('root', 'bob', 'high');
    trust('ann', 'bob', 'distrust');
    const given = report([identity('root')], {}, [review({ by: 'bob' })]);
    expect(given.verdicts[0]!.result).toEqual({ verdict: 'unreviewed', strangers: 0 });
  });

  test('holds a member of a reviewer set to the scope of the set', () => {
    say('acme', {
      kind: 'reviewer set',
      name: 'crates',
      title: 'Acme',
      members: [member('bob', { scope: ['pkg:cargo/sample'] })],
    });
    const root = parseRoot(`${identity('acme')}#crates`);
    const outside = input({ purl: 'pkg:cargo/other@1.0.0' });
    const reviews = [review({ by: 'bob' }), review({ by: 'bob', purl: 'pkg:cargo/other@1.0.0' })];
    expect(word([root], {}, reviews)).toBe('reviewed');
    expect(word([root], {}, reviews, outside)).toBe('unreviewed');
  });

  test('counts two members of one set as one organisation', () => {
    say('acme', {
      kind: 'reviewer set',
      name: 'all',
      title: 'Acme',
      members: [member('ann'), member('bob')],
    });
    trust('root', 'cat', 'high');
    const roots = [makeRoot(identity('acme'), 'all'), makeRoot(identity('root'))];
    const require = { redundancy: 2, independence: 'organisations' };
    const two = [review({ by: 'ann' }), review({ by: 'bob' })];
    expect(word(roots, { require: { redundancy: 2 } }, two)).toBe('reviewed');
    expect(word(roots, { require }, two)).toBe('insufficient');
    expect(word(roots, { require }, [...two, review({ by: 'cat' })])).toBe('reviewed');
  });

  test('removing an author from the web changes only what rests on them', () => {
    trust('root', 'ann', 'high');
    trust('root', 'bob', 'high');
    const inputs = [
      input({ purl: 'pkg:cargo/a@1.0.0', of: 'a' }),
      input({ purl: 'pkg:cargo/b@1.0.0', of: 'b' }),
    ];
    const reviews = [
      review({ by: 'ann', purl: 'pkg:cargo/a@1.0.0', of: 'a' }),
      review({ by: 'bob', purl: 'pkg:cargo/b@1.0.0', of: 'b' }),
    ];
    const words = () =>
      report([identity('root')], {}, reviews, ...inputs).verdicts.map((one) => one.result.verdict);
    expect(words()).toEqual(['reviewed', 'reviewed']);
    trust('root', 'bob', 'distrust');
    expect(words()).toEqual(['reviewed', 'unreviewed']);
  });
});
