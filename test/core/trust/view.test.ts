// What a view offers beside levels: who is banned by whom, what a client needs to compute the same, organisations, limits.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrustGraph } from '../../../core/trust/graph.ts';
import { defaultTrustParameters } from '../../../core/trust/types.ts';
import { expectCode } from '../../support/matchers.ts';
import { graphOf, id, ledger, nameOf, named, root, shown, type Saying } from './support/identities.ts';
import { ledgers, parameters, purls } from './support/random-ledgers.ts';

describe('a view', () => {
  it('lists the most trusted first, then the nearest', () => {
    const view = graphOf(
      ledger(
        { from: 'a', to: 'b', level: 'low' },
        { from: 'a', to: 'c', level: 'high' },
        { from: 'c', to: 'd', level: 'medium' },
        { from: 'd', to: 'e', level: 'medium' },
      ),
    ).view([root('a')]);
    expect(
      view
        .entries()
        .map((entry) => nameOf(entry.id))
        .slice(-3),
    ).toEqual(['d', 'e', 'b']);
    expect(
      view
        .entries()
        .slice(0, 2)
        .map((entry) => entry.level),
    ).toEqual(['high', 'high']);
  });

  it('says who banned whom, in which statement, and that a banned root stays', () => {
    const view = graphOf(
      ledger(
        { from: 'a', to: ['b', 'c'], level: 'high' },
        { from: 'b', to: 'c', level: 'distrust' },
        { from: 'b', to: 'a', level: 'distrust' },
      ),
    ).view([root('a')]);
    const banned = view.banned().map((ban) => [nameOf(ban.id), nameOf(ban.by), ban.index, ban.root]);
    expect(banned.sort()).toEqual([
      ['a', 'b', 2, true],
      ['c', 'b', 1, false],
    ]);
    expect(view.isBanned(id('a'), undefined)).toBe(false);
    expect(view.isBanned(id('c'), undefined)).toBe(true);
    expect(view.isBanned(id('z'), undefined)).toBe(false);
  });

  it('gives a path whose weakest edge is the level and whose every step stands in the ledger', () => {
    fc.assert(
      fc.property(ledgers(), parameters, (entries, costs) => {
        const view = graphOf(entries).view([root('a')], costs);
        const words = ['distrust', 'none', 'low', 'medium', 'high'];
        for (const purl of purls) {
          for (const entry of view.entries(purl)) {
            if (entry.id.includes('#') || entry.id === root('a')) continue;
            const path = view.path(entry.id as never, purl);
            const weakest = Math.min(...path.map((step) => words.indexOf(step.level)));
            expect(words[weakest]).toBe(entry.level);
            expect(path[0]?.from).toBe(root('a'));
            expect(path.at(-1)?.to).toBe(entry.id);
            path.forEach((step, at) => {
              expect(step.from).toBe(at === 0 ? root('a') : path[at - 1]?.to);
              if (step.index === undefined) expect(step.to.startsWith(`${step.from}#`)).toBe(true);
              else expect(entries.some((one) => one.index === step.index)).toBe(true);
            });
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names the statements from which somebody else computes the same sets', () => {
    fc.assert(
      fc.property(ledgers(), parameters, (entries, costs) => {
        const view = graphOf(entries).view([root('a'), root('B#y')], costs);
        for (const purl of purls) view.entries(purl);
        const used = view.usedStatements();
        const needed = new Set(used.map((place) => place.index));
        expect(used.map((place) => place.index)).toEqual([...needed].sort((a, b) => a - b));
        const partial = entries.filter((entry) => needed.has(entry.index));
        expect(partial.map((entry) => entry.id)).toEqual(used.map((place) => place.id));
        const again = graphOf(partial).view([root('a'), root('B#y')], costs);
        for (const purl of purls) {
          expect(again.entries(purl)).toEqual(view.entries(purl));
          expect(again.banned(purl).filter((ban) => !ban.id.includes('#'))).toEqual(
            view.banned(purl).filter((ban) => !ban.id.includes('#')),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not need what strangers said, and needs the retractions of those who were heard', () => {
    const entries = ledger(
      { from: 'a', to: 'b', level: 'high' },
      { from: 'x', to: 'y', level: 'high' },
      { from: 'b', to: 'c', level: 'high' },
      { from: 'b', to: 'c', level: 'low' },
    );
    const graph = graphOf([...entries, ...ledger({ by: 'b', statement: entries[3]!.id, index: 4 })]);
    expect(
      graph
        .view([root('a')])
        .usedStatements()
        .map((place) => place.index),
    ).toEqual([0, 2, 4]);
  });

  it('names the organisations of an author, those within reach only', () => {
    const sayings: Saying[] = [
      {
        owner: 'O',
        name: 'x',
        members: [
          { id: 'b', trust: 'high' },
          { id: 'c', trust: 'distrust' },
        ],
      },
      { owner: 'P', name: 'y', members: [{ id: 'b', trust: 'low', scope: ['pkg:npm/*'] }] },
      { owner: 'Q', name: 'stranger', members: [{ id: 'b', trust: 'high' }] },
      { from: 'a', to: ['O', 'P'], level: 'high' },
    ];
    const view = graphOf(ledger(...sayings)).view([root('a')]);
    expect(view.organisationsOf(id('b')).map(nameOf).sort()).toEqual(['O', 'P']);
    expect(view.organisationsOf(id('c'))).toEqual([]);
    expect(view.organisationsOf(id('z'))).toEqual([]);
  });

  it('does not change when the ledger grows, not even for a package first asked about later', () => {
    const graph = graphOf(
      ledger({ owner: 'a', name: 'x', members: [{ id: 'b', trust: 'low', scope: ['pkg:npm/*'] }] }),
    );
    const view = graph.view([root('a')]);
    for (const entry of ledger(
      { owner: 'a', name: 'x', members: [{ id: 'b', trust: 'high' }], index: 1 },
      { from: 'b', to: 'c', level: 'high', index: 2 },
    )) {
      graph.apply(entry);
    }
    graph.revoke(id('a'), 'all');
    expect(shown(view, 'pkg:npm/left-pad')).toBe('a 0 high, a#x 0 high, b 5 low');
    expect(view.usedStatements().map((place) => place.index)).toEqual([0]);
    expect(shown(graph.view([root('a')]))).toBe('a 0 high');
  });
});

describe('the limits of a view', () => {
  it('refuse costs that are no whole numbers from 0 to a million', async () => {
    const graph = new TrustGraph();
    for (const wrong of [-1, 0.5, Number.NaN, Infinity, 1_000_001]) {
      await expectCode('policy-invalid', () =>
        graph.view([root('a')], { ...defaultTrustParameters, low: wrong }),
      );
    }
  });

  it('hold at the largest costs', () => {
    const most = 1_000_000;
    const view = graphOf(
      ledger({ from: 'a', to: 'b', level: 'low' }, { from: 'b', to: 'c', level: 'low' }),
    ).view([root('a')], { max: most, high: most, medium: most, low: most, none: most, distrust: most });
    expect(shown(view)).toBe(`a 0 high, b ${most} low`);
  });

  const scoped = (count: number): Saying => ({
    owner: 'a',
    name: 'x',
    members: Array.from({ length: count }, (_, at) => ({
      id: 'b',
      trust: 'high' as const,
      scope: [`pkg:npm/p${at}`],
    })),
  });

  it('refuse more combinations of scopes than are allowed, and keep answering for the others', async () => {
    const view = graphOf(ledger(scoped(10))).view([root('a')], defaultTrustParameters, { combinations: 3 });
    for (const known of ['p0', 'p1', 'p2'])
      expect(view.lookup(id('b'), `pkg:npm/${known}`)?.level).toBe('high');
    await expectCode('trust-limit-exceeded', () => view.lookup(id('b'), 'pkg:npm/p3'));
    expect(view.lookup(id('b'), 'pkg:npm/p2@1.0.0')?.level).toBe('high');
  });

  it('share one set between packages for which the same scopes count', () => {
    const view = graphOf(ledger(scoped(2))).view([root('a')], defaultTrustParameters, { combinations: 2 });
    for (let at = 0; at < 50; at++) expect(view.lookup(id('b'), `pkg:npm/other${at}`)).toBeUndefined();
    expect(view.lookup(id('b'), 'pkg:npm/p1')?.level).toBe('high');
    expect(view.computed('pkg:npm/other1').set).toBe(view.computed(undefined).set);
  });

  it('refuse more scopes than are allowed', async () => {
    const graph = graphOf(ledger(scoped(10)));
    await expectCode('trust-limit-exceeded', () =>
      graph.view([root('a')], defaultTrustParameters, { scopes: 9 }),
    );
  });

  it('stop a web that is arranged for one pass per ban, and say so', async () => {
    // Everybody's ban is silenced by the next one's override, until that one is banned: n bans need n passes.
    const count = 150;
    const sayings: Saying[] = [];
    const pair = (at: number): [string, string] => [`mid${at}`, `low${at}`];
    for (let at = 0; at < count; at++) {
      const [middle, low] = pair(at);
      const [nextMiddle] = pair(at + 1);
      named(middle, low);
      sayings.push(
        { from: 'a', to: middle, level: 'medium' },
        { from: 'a', to: low, level: 'low' },
        { from: low, to: nextMiddle, level: 'distrust' },
        { from: middle, to: nextMiddle, level: 'medium', override: [low] },
      );
    }
    sayings.push({ from: 'a', to: 'x', level: 'low' }, { from: 'x', to: 'mid0', level: 'distrust' });
    const graph = graphOf(ledger(...sayings));
    const view = graph.view([root('a')]);
    expect(view.computed(undefined).set.passes).toBeGreaterThan(count);
    expect(view.banned()).toHaveLength(count + 1);
    const error = await expectCode('trust-limit-exceeded', () =>
      graph.view([root('a')], defaultTrustParameters, { work: 10_000 }).entries(),
    );
    expect(error.help).toContain('roots');
  });

  it('do not let a long chain of people who each ban somebody cost the square of its length', () => {
    const graph = new TrustGraph();
    const count = 20_000;
    const ids = Array.from({ length: count }, (_, at) => id(`chain${at}`));
    const [victim] = [id('victim')];
    const common = { date: 0n, overrides: undefined };
    for (let at = 0; at + 1 < count; at++) {
      const hex = at.toString(16).padStart(63, '0');
      graph.addEdge({
        ...common,
        from: ids[at]!,
        to: ids[at + 1]!,
        level: 'high',
        index: 2 * at,
        id: `${hex}0` as never,
      });
      const banned = at === 0 ? victim : id(`victim${at}`);
      graph.addEdge({
        ...common,
        from: ids[at]!,
        to: banned,
        level: 'distrust',
        index: 2 * at + 1,
        id: `${hex}1` as never,
      });
    }
    const start = performance.now();
    const view = graph.view([ids[0] as never]);
    expect(view.banned()).toHaveLength(count - 1);
    expect(view.path(ids.at(-1)!, undefined)).toHaveLength(count - 1);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
