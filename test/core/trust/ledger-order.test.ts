// Following the ledger: which statement counts, whatever order they come in, and growth without a rebuild.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultTrustParameters } from '../../../core/trust/types.ts';
import { TrustGraph } from '../../../core/trust/graph.ts';
import { identityOf } from '../../../core/statement/statement.ts';
import { parseInstant } from '../../../core/time.ts';
import { expectCode } from '../../support/matchers.ts';
import { graphOf, id, ledger, root, shown } from './support/identities.ts';
import { ledgers, parameters, people, purls, setNames } from './support/random-ledgers.ts';

const level = (graph: TrustGraph, who = 'b'): string | undefined =>
  graph.view([root('a')], { ...defaultTrustParameters, none: 0 }).lookup(id(who), undefined)?.level;

describe('which statement counts', () => {
  it('is the newest by its own date, to the nanosecond, not the last in the ledger', () => {
    const graph = graphOf(
      ledger(
        { from: 'a', to: 'b', level: 'high', date: '2026-01-01T00:00:00.000000002Z' },
        { from: 'a', to: 'b', level: 'low', date: '2026-01-01T00:00:00.000000001Z' },
      ),
    );
    expect(level(graph)).toBe('high');
  });

  it('compares instants, not texts: offsets are applied first', () => {
    const graph = graphOf(
      ledger(
        { from: 'a', to: 'b', level: 'high', date: '2026-01-01T02:00:00+02:00' },
        { from: 'a', to: 'b', level: 'low', date: '2026-01-01T00:30:00Z' },
      ),
    );
    expect(level(graph)).toBe('low');
  });

  it('holds dates far outside 64 bits of nanoseconds apart', () => {
    const graph = graphOf(
      ledger(
        { from: 'a', to: 'b', level: 'high', date: '9999-12-31T23:59:59.999999999Z' },
        { from: 'a', to: 'b', level: 'low', date: '9999-12-31T23:59:59.999999998Z' },
        { from: 'a', to: 'b', level: 'medium', date: '1970-01-01T00:00:00+14:00' },
      ),
    );
    expect(level(graph)).toBe('high');
  });

  it('is the later in the ledger when the dates are equal, applied in either order', () => {
    const date = '2026-01-01T00:00:00Z';
    const entries = ledger(
      { from: 'a', to: 'b', level: 'high', date },
      { from: 'a', to: 'b', level: 'low', date },
    );
    expect(level(graphOf(entries))).toBe('low');
    expect(level(graphOf([...entries].reverse()))).toBe('low');
  });

  it('is judged for each subject of a statement on its own', () => {
    const graph = graphOf(
      ledger({ from: 'a', to: ['b', 'c'], level: 'high' }, { from: 'a', to: 'c', level: 'low' }),
    );
    expect([level(graph, 'b'), level(graph, 'c')]).toEqual(['high', 'low']);
  });

  it('is withdrawn by level none', () => {
    const graph = graphOf(
      ledger({ from: 'a', to: 'b', level: 'distrust' }, { from: 'a', to: 'b', level: 'none' }),
    );
    expect(graph.view([root('a')]).standing(root('b'), undefined)).toBe('unreached');
  });
});

describe('a retraction', () => {
  const entries = ledger({ from: 'a', to: 'b', level: 'high' }, { from: 'a', to: 'b', level: 'low' });
  const [, second] = entries;

  it('makes the statement before it current again', () => {
    expect(level(graphOf([...entries, ...ledger({ by: 'a', statement: second!.id, index: 2 })]))).toBe(
      'high',
    );
  });

  it('has no effect from anybody else', () => {
    expect(level(graphOf([...entries, ...ledger({ by: 'b', statement: second!.id, index: 2 })]))).toBe('low');
  });

  it('hits earlier statements only, also when it is applied first', () => {
    const early = ledger({ from: 'a', to: 'b', level: 'high', index: 5 });
    const retractionBefore = ledger({ by: 'a', statement: early[0]!.id, index: 4 });
    const retractionAfter = ledger({ by: 'a', statement: early[0]!.id, index: 6 });
    expect(level(graphOf([...retractionBefore, ...early]))).toBe('high');
    expect(level(graphOf([...retractionAfter, ...early]))).toBeUndefined();
  });

  it('cannot be withdrawn: the statement is made again instead', () => {
    const [retraction] = ledger({ by: 'a', statement: second!.id, index: 2 });
    const again = ledger({ by: 'a', statement: retraction!.id, index: 3 });
    expect(level(graphOf([...entries, retraction!, ...again]))).toBe('high');
  });
});

describe('a revoked key', () => {
  const entries = ledger(
    { from: 'a', to: 'b', level: 'high' },
    { from: 'b', to: 'c', level: 'high' },
    { from: 'b', to: 'd', level: 'high' },
    { owner: 'b', name: 'team', members: [{ id: 'e', trust: 'high' }] },
  );

  it('voids everything when the revocation is hard', () => {
    const graph = graphOf(entries);
    graph.revoke(id('b'), 'all');
    expect(shown(graph.view([root('a')]))).toBe('a 0 high, b 0 high');
    expect(graph.size).toBe(1);
  });

  it('voids what came at the index or later when it is soft, retractions included', () => {
    const [, trusted] = entries;
    const graph = graphOf([...entries, ...ledger({ by: 'b', statement: trusted!.id, index: 4 })]);
    expect(shown(graph.view([root('a')]))).toBe('a 0 high, b 0 high, b#team 0 high, d 0 high, e 0 high');
    graph.revoke(id('b'), 2);
    expect(shown(graph.view([root('a')]))).toBe('a 0 high, b 0 high, c 0 high');
  });

  it('may be revoked before its statements come', () => {
    const graph = new TrustGraph();
    graph.revoke(id('b'), 3);
    graph.revoke(id('b'), 2);
    for (const entry of entries) graph.apply(entry);
    expect(shown(graph.view([root('a')]))).toBe('a 0 high, b 0 high, c 0 high');
  });
});

describe('following the ledger', () => {
  const everything = (graph: TrustGraph, costs = defaultTrustParameters): unknown =>
    [...people, ...setNames].map((name) => {
      const view = graph.view([root(name)], costs);
      return purls.map((purl) => [view.entries(purl), view.banned(purl), view.usedStatements()]);
    });

  it('ends in the same state in whatever order the entries are applied, and however often', () => {
    fc.assert(
      fc.property(
        ledgers(40).chain((entries) =>
          fc.tuple(
            fc.constant(entries),
            fc.shuffledSubarray([...entries, ...entries], { minLength: 2 * entries.length }),
          ),
        ),
        ([entries, shuffled]) => {
          const [inOrder, mixed] = [graphOf(entries), graphOf(shuffled)];
          expect(everything(mixed)).toEqual(everything(inOrder));
          expect([mixed.size, mixed.lastIndex]).toEqual([inOrder.size, inOrder.lastIndex]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('regression: a ban of somebody reaches their sets before the one who bans can follow them, in either order', () => {
    // `a` distrusts itself and owns a set that bans another: whichever came first, the set is banned before it is heard.
    const entries = ledger(
      { from: 'c', to: 'a', level: 'high' },
      { owner: 'b', name: 'x' },
      { owner: 'a', name: 'x', includes: [{ set: 'b#x', cap: 'distrust' }] },
      { from: 'a', to: 'a', level: 'distrust' },
    );
    const banned = (order: typeof entries): unknown =>
      graphOf(order)
        .view([root('c')])
        .banned()
        .map((one) => one.id);
    expect(banned(entries)).toEqual([root('a'), root('a#x')]);
    expect(banned([...entries].reverse())).toEqual([root('a'), root('a#x')]);
  });

  it('gives after every step what a graph built anew gives, and leaves older views as they were', () => {
    fc.assert(
      fc.property(ledgers(25), parameters, (entries, costs) => {
        const graph = new TrustGraph();
        const made: { view: ReturnType<TrustGraph['view']>; count: number }[] = [];
        entries.forEach((entry, at) => {
          graph.apply(entry);
          made.push({ view: graph.view([root('a'), root('b#x')], costs), count: at + 1 });
        });
        // Asked only now, when the graph has grown: most sets are computed late, on the frozen part.
        for (const { view, count } of made) {
          const anew = graphOf(entries.slice(0, count)).view([root('a'), root('b#x')], costs);
          for (const purl of purls) {
            expect(view.entries(purl)).toEqual(anew.entries(purl));
            expect(view.banned(purl)).toEqual(anew.banned(purl));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes edges without statement objects, with the same result', () => {
    fc.assert(
      fc.property(ledgers(40), (entries) => {
        const lean = new TrustGraph();
        for (const entry of entries) {
          const { author, statement, index } = entry;
          if (statement.kind !== 'trust') lean.apply(entry);
          else {
            for (const ref of [...statement.ids].reverse()) {
              lean.addEdge({
                from: author,
                to: identityOf(ref),
                level: statement.trust,
                date: parseInstant(statement.date),
                index,
                id: entry.id,
                overrides: statement.override?.map(identityOf),
              });
            }
          }
        }
        expect(everything(lean)).toEqual(everything(graphOf(entries)));
      }),
      { numRuns: 60 },
    );
  });

  it('ignores statements that say nothing about trust, but counts them as seen', () => {
    const graph = graphOf(ledger({ from: 'a', to: 'b', level: 'high' }));
    const [trust] = ledger({ from: 'a', to: 'c', level: 'high', index: 7 });
    const { date, from } = trust!.statement;
    graph.apply({
      ...trust!,
      statement: {
        kind: 'package review',
        version: 1,
        date,
        from,
        package: { purl: 'pkg:npm/left-pad@1.3.0', digests: { sha256: 'ab'.repeat(32) } },
      } as never,
    });
    expect([graph.size, graph.lastIndex]).toEqual([1, 7]);
  });

  it('counts the edges in force', () => {
    const entries = ledger(
      { from: 'a', to: ['b', 'c'], level: 'high' },
      { from: 'a', to: 'b', level: 'low' },
      { owner: 'a', name: 'x', members: [{ id: 'b', trust: 'low' }] },
    );
    expect(graphOf(entries).size).toBe(4);
  });

  it('refuses one statement id at two places of the ledger', async () => {
    const [first] = ledger({ from: 'a', to: 'b', level: 'high' });
    const graph = graphOf([first!]);
    await expectCode('ledger-corrupt', () => {
      graph.apply({ ...first!, index: 9 });
    });
    await expectCode('ledger-corrupt', () => {
      graph.apply({ ...first!, author: id('z') });
    });
  });
});
