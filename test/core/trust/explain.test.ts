import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRoot } from '../../../core/identity.ts';
import { explain, type Explanation } from '../../../core/trust/explain.ts';
import { defaultTrustParameters, directTrustParameters } from '../../../core/trust/types.ts';
import { graphOf, id, ledger, nameOf, root, type Saying } from './support/identities.ts';
import { ledgers, parameters, people, purls } from './support/random-ledgers.ts';

const why = (
  who: string,
  sayings: readonly Saying[],
  costs = defaultTrustParameters,
  purl?: string,
): Explanation => explain(graphOf(ledger(...sayings)).view([root('a')], costs), root(who), purl);

/** Narrows, so that a test reads on only when the kind is right. */
function expectKind<Kind extends Explanation['kind']>(
  kind: Kind,
  explanation: Explanation,
): Extract<Explanation, { kind: Kind }> {
  expect(explanation.kind).toBe(kind);
  return explanation as Extract<Explanation, { kind: Kind }>;
}

describe('explaining trust', () => {
  it('shows the path with what it comes to at each step', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'b', level: 'medium' },
      { from: 'b', to: 'c', level: 'high' },
    ];
    const { entry, path, shortest } = expectKind('trusted', why('c', sayings));
    expect([entry.level, entry.distance]).toEqual(['medium', 2]);
    expect(
      path.map((step) => [nameOf(step.to), step.level, step.effective, step.distance, step.index]),
    ).toEqual([
      ['b', 'medium', 'medium', 1, 0],
      ['c', 'high', 'medium', 2, 1],
    ]);
    expect(shortest).toBeUndefined();
  });

  it('shows no path for a root', () => {
    expect(expectKind('trusted', why('a', [])).path).toEqual([]);
  });

  it('shows the shortest path too when the widest is another', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'c', level: 'low' },
      { from: 'a', to: 'b', level: 'high' },
      { from: 'b', to: 'c', level: 'high' },
    ];
    const costs = { ...defaultTrustParameters, high: 4, low: 1, max: 20 };
    const { entry, path, shortest } = expectKind('trusted', why('c', sayings, costs));
    expect([entry.level, entry.distance]).toEqual(['high', 1]);
    expect(path.map((step) => nameOf(step.to))).toEqual(['b', 'c']);
    expect(path.at(-1)).toMatchObject({ effective: 'high', distance: 8 });
    expect(shortest?.map((step) => nameOf(step.to))).toEqual(['c']);
    expect(shortest?.at(-1)).toMatchObject({ effective: 'low', distance: 1 });
  });

  it('has paths that come to exactly the level and the distance of the set, whatever the costs', () => {
    fc.assert(
      fc.property(ledgers(), parameters, (entries, costs) => {
        const view = graphOf(entries).view([root('a')], costs);
        for (const purl of purls) {
          for (const entry of view.entries(purl)) {
            const { path, shortest } = expectKind('trusted', explain(view, entry.id, purl));
            if (entry.id === root('a')) continue;
            expect(path.at(-1)?.effective).toBe(entry.level);
            expect((shortest ?? path).at(-1)?.distance).toBe(entry.distance);
            for (const step of [...path, ...(shortest ?? [])])
              expect(step.distance).toBeLessThanOrEqual(costs.max);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('explaining distrust', () => {
  it('says who bans and how they were reached, also when they are banned themselves', () => {
    const sayings: Saying[] = [
      { from: 'a', to: ['b', 'c'], level: 'medium' },
      { from: 'b', to: 'c', level: 'distrust' },
      { from: 'c', to: 'b', level: 'distrust' },
    ];
    for (const [who, by] of [
      ['b', 'c'],
      ['c', 'b'],
    ] as const) {
      const banned = expectKind('banned', why(who, sayings));
      expect(nameOf(banned.by)).toBe(by);
      expect(banned.path.map((step) => [nameOf(step.from), nameOf(step.to), step.level])).toEqual([
        ['a', by, 'medium'],
        [by, who, 'distrust'],
      ]);
      expect(banned.index).toBe(who === 'c' ? 1 : 2);
    }
  });
});

describe('explaining absence', () => {
  it('says too far, with the nearest edge and its distance', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'b', level: 'high' },
      { from: 'b', to: 'c', level: 'high' },
    ];
    const far = expectKind('too-far', why('c', sayings, directTrustParameters));
    expect([far.distance, far.max]).toEqual([2, 1]);
    expect(far.path.map((step) => [nameOf(step.from), nameOf(step.to), step.distance])).toEqual([
      ['a', 'b', 1],
      ['b', 'c', 2],
    ]);
  });

  it('says overridden, with the trust that is not heard and the statement that silences it', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'b', level: 'medium' },
      { from: 'a', to: 'c', level: 'high' },
      { from: 'b', to: 'd', level: 'high' },
      { from: 'c', to: 'd', level: 'none', override: ['b'] },
    ];
    const silenced = expectKind('overridden', why('d', sayings));
    expect([nameOf(silenced.edge.from), silenced.edge.index]).toEqual(['b', 2]);
    expect([nameOf(silenced.by.from), nameOf(silenced.by.to), silenced.by.index]).toEqual(['c', 'd', 3]);
  });

  it('says out of scope, with the packages for which it would be trusted', () => {
    const sayings: Saying[] = [
      { owner: 'a', name: 'x', members: [{ id: 'b', trust: 'high', scope: ['pkg:npm/*'] }] },
    ];
    const elsewhere = expectKind(
      'out-of-scope',
      why('b', sayings, defaultTrustParameters, 'pkg:cargo/serde'),
    );
    expect(elsewhere.scope).toEqual(['pkg:npm/*']);
    expect(nameOf(elsewhere.edge.from)).toBe('a#x');
  });

  it('names the single edges that would help, nearest first', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'b', level: 'high' },
      { from: 'x', to: 'y', level: 'medium' },
      { from: 'y', to: 'z', level: 'low' },
    ];
    const { missing } = expectKind('unreached', why('z', sayings));
    expect(missing.map((edge) => [nameOf(edge.from), nameOf(edge.to), edge.hops, edge.result.level])).toEqual(
      [
        ['a', 'z', 0, 'high'],
        ['a', 'y', 1, 'low'],
        ['a', 'x', 2, 'low'],
      ],
    );
  });

  it('does not propose people who are banned, nor edges that would not work', () => {
    const sayings: Saying[] = [
      { from: 'a', to: 'b', level: 'high' },
      { from: 'b', to: 'x', level: 'distrust' },
      { from: 'x', to: 'z', level: 'high' },
      { from: 'y', to: 'z', level: 'high' },
      { from: 'y', to: 'z', level: 'none' },
      { from: 'w', to: 'v', level: 'low' },
      { from: 'v', to: 'u', level: 'low' },
      { from: 'u', to: 'z', level: 'low' },
    ];
    const { missing } = expectKind('unreached', why('z', sayings, { ...defaultTrustParameters, max: 12 }));
    expect(missing.map((edge) => nameOf(edge.to))).toEqual(['z', 'u', 'v']);
    const nearer = expectKind('unreached', why('z', sayings, { ...defaultTrustParameters, max: 9 }));
    expect(nearer.missing.map((edge) => nameOf(edge.to))).toEqual(['z', 'u']);
  });

  it('knows nothing of somebody whom nobody names, and says that trusting them would do', () => {
    const { missing } = expectKind('unreached', why('q', [{ from: 'a', to: 'b', level: 'high' }]));
    expect(missing.map((edge) => [nameOf(edge.to), edge.hops])).toEqual([['q', 0]]);
  });

  it('proposes edges that, once made, have the promised result', () => {
    fc.assert(
      fc.property(ledgers(40), (entries) => {
        const view = graphOf(entries).view([root('a')]);
        for (const who of people) {
          const explanation = explain(view, root(who));
          if (explanation.kind !== 'unreached') continue;
          for (const { from, to, level, result } of explanation.missing) {
            const { owner, setName } = splitRoot(to);
            if (setName !== undefined) continue;
            const graph = graphOf(entries);
            graph.addEdge({
              from: splitRoot(from).owner,
              to: owner,
              level,
              date: 10n ** 19n,
              index: 1_000,
              id: 'ff'.repeat(32) as never,
            });
            expect(graph.view([root('a')]).lookup(id(who), undefined)).toEqual(result);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has an explanation for everybody', () => {
    fc.assert(
      fc.property(ledgers(), parameters, (entries, costs) => {
        const view = graphOf(entries).view([root('a'), root('b#x')], costs);
        for (const who of people) {
          for (const purl of purls) {
            const { kind } = explain(view, root(who), purl);
            const standing = view.standing(root(who), purl);
            expect(kind === 'trusted').toBe(standing === 'trusted');
            expect(kind === 'banned').toBe(standing === 'banned');
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
