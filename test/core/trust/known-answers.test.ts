// crev's own tests and the consequences of its algorithm, one by one (crev.md sections 10.3 and 10.4). `a` is the root.

import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../../core/bytes.ts';
import { identityBytes } from '../../../core/identity.ts';
import type { TrustLevel } from '../../../core/statement/levels.ts';
import { directTrustParameters, type TrustParameters } from '../../../core/trust/types.ts';
import type { View } from '../../../core/trust/view.ts';
import { bannedIn, graphOf, id, ledger, nameOf, root, shown, type Trusts } from './support/identities.ts';

type Arrow = readonly [from: string, level: TrustLevel, to: string, override?: readonly string[]];

function web(arrows: readonly Arrow[], parameters?: TrustParameters, roots = ['a']): View {
  const sayings = arrows.map(([from, level, to, override]): Trusts => ({
    from,
    to,
    level,
    ...(override && { override }),
  }));
  return graphOf(ledger(...sayings)).view(roots.map(root), parameters);
}

const costs = (high: number, medium: number, low: number, rest: number, max: number): TrustParameters => ({
  high,
  medium,
  low,
  none: rest,
  distrust: rest,
  max,
});

describe('crev-wot, known answers', () => {
  const chain: Arrow[] = [
    ['a', 'high', 'b'],
    ['b', 'medium', 'c'],
    ['c', 'low', 'd'],
    ['d', 'high', 'e'],
  ];
  const far = costs(1, 10, 100, 112, 111);
  const wide = costs(1, 10, 100, 10_001, 10_000);

  it('adds up distances by effective level and stops at the maximum', () => {
    expect(shown(web(chain, far))).toBe('a 0 high, b 1 high, c 11 medium, d 111 low');
  });

  it('reaches further when a better edge appears', () => {
    const view = web([...chain, ['b', 'medium', 'd']], far);
    expect(shown(view)).toBe('a 0 high, b 1 high, c 11 medium, d 11 medium, e 21 medium');
  });

  const banned: Arrow[] = [
    ['a', 'high', 'b'],
    ['a', 'high', 'c'],
    ['b', 'low', 'd'],
    ['d', 'distrust', 'c'],
    ['c', 'low', 'e'],
  ];
  it('bans on the word of a less trusted person, and whoever hung on the banned goes too', () => {
    const view = web(banned, wide);
    expect(shown(view)).toBe('a 0 high, b 1 high, d 101 low');
    expect(bannedIn(view)).toBe('c');
    expect(view.computed(undefined).set.passes).toBe(2);
  });

  it('lets two people of one level ban each other, both acting', () => {
    const view = web([...banned, ['e', 'distrust', 'd']], wide);
    expect(shown(view)).toBe('a 0 high, b 1 high');
    expect(bannedIn(view)).toBe('c d');
  });

  it('lets an override from a strictly higher level silence an edge', () => {
    const arrows: Arrow[] = [
      ['a', 'medium', 'b'],
      ['a', 'high', 'c'],
      ['b', 'high', 'd'],
      ['c', 'none', 'd', ['b']],
    ];
    expect(shown(web(arrows, wide))).toBe('a 0 high, b 10 medium, c 1 high');
  });

  it('does not let an override silence its equals', () => {
    const arrows: Arrow[] = [
      ['a', 'high', 'b'],
      ['a', 'high', 'c'],
      ['b', 'high', 'd'],
      ['c', 'none', 'd', ['b']],
    ];
    expect(shown(web(arrows, wide))).toBe('a 0 high, b 1 high, c 1 high, d 2 high');
  });
});

describe('consequences of crev’s algorithm', () => {
  it('gives the level of the widest path', () => {
    const view = web([
      ['a', 'low', 'd'],
      ['a', 'high', 'b'],
      ['b', 'medium', 'c'],
      ['c', 'high', 'd'],
    ]);
    expect(shown(view)).toBe('a 0 high, b 0 high, c 1 medium, d 2 medium');
  });

  it('charges each step by effective level, not by what the edge says', () => {
    const view = web([
      ['a', 'low', 'b'],
      ['b', 'high', 'c'],
    ]);
    expect(shown(view)).toBe('a 0 high, b 5 low, c 10 low');
  });

  it('takes level and distance from different paths', () => {
    const view = web(
      [
        ['a', 'low', 'c'],
        ['a', 'high', 'b'],
        ['b', 'high', 'c'],
      ],
      costs(10, 10, 1, 1000, 100),
    );
    expect(shown(view)).toBe('a 0 high, b 10 high, c 1 high');
  });

  it('still visits somebody banned during a pass who was waiting, so that two equals ban each other', () => {
    const view = web([
      ['a', 'medium', 'b'],
      ['a', 'medium', 'c'],
      ['b', 'distrust', 'c'],
      ['c', 'distrust', 'b'],
    ]);
    expect(shown(view)).toBe('a 0 high');
    expect(bannedIn(view)).toBe('b c');
  });

  it('lets the bans of a higher level act before a lower one is heard', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['a', 'medium', 'c'],
      ['b', 'distrust', 'c'],
      ['c', 'distrust', 'b'],
    ]);
    expect(shown(view)).toBe('a 0 high, b 0 high');
    expect(bannedIn(view)).toBe('c');
  });

  it('lets somebody less trusted ban somebody more trusted', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['a', 'low', 'c'],
      ['c', 'distrust', 'b'],
    ]);
    expect(shown(view)).toBe('a 0 high, c 5 low');
  });

  it('bans at any distance, once the author is reached', () => {
    const view = web(
      [
        ['a', 'high', 'b'],
        ['a', 'high', 'c'],
        ['b', 'distrust', 'c'],
      ],
      directTrustParameters,
    );
    expect(shown(view)).toBe('a 0 high, b 1 high');
  });

  it('never undoes a ban by banning the one who banned', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['a', 'high', 'd'],
      ['b', 'low', 'c'],
      ['c', 'distrust', 'd'],
      ['a', 'low', 'e'],
      ['e', 'distrust', 'c'],
    ]);
    expect(bannedIn(view)).toBe('c d');
    expect(shown(view)).toBe('a 0 high, b 0 high, e 5 low');
  });

  it('keeps the root although somebody bans it, but not the same person’s other identities', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['a', 'high', 'c'],
      ['b', 'distrust', 'a'],
      ['b', 'distrust', 'c'],
    ]);
    expect(shown(view)).toBe('a 0 high, b 0 high');
    expect(bannedIn(view)).toBe('a c');
    expect(view.standing(root('a'), undefined)).toBe('trusted');
  });

  it('adds nobody over an edge of level none under the default costs', () => {
    expect(shown(web([['a', 'none', 'b']]))).toBe('a 0 high');
  });

  it('adds people at level none when its cost is within the maximum', () => {
    const view = web(
      [
        ['a', 'none', 'b'],
        ['b', 'high', 'c'],
      ],
      { ...costs(0, 1, 5, 2, 20), distrust: 21 },
    );
    expect(shown(view)).toBe('a 0 high, b 2 none, c 4 none');
  });

  it('softens distrust only by an override from strictly above', () => {
    const distrust = (override: Arrow): View =>
      web([['a', 'high', 'b'], ['a', 'medium', 'c'], ['a', 'high', 'd'], ['c', 'distrust', 'd'], override]);
    expect(bannedIn(distrust(['b', 'high', 'd', ['c']]))).toBe('');
    expect(bannedIn(distrust(['c', 'high', 'e', ['c']]))).toBe('d');
  });

  it('never records the override list of a distrust statement', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['a', 'medium', 'c'],
      ['b', 'distrust', 'd', ['c']],
      ['c', 'distrust', 'e'],
      ['b', 'distrust', 'e', ['c']],
    ]);
    expect(view.computed(undefined).set.ignored.size).toBe(0);
    expect(bannedIn(view)).toBe('d e');
  });

  it('never records an override about somebody who is banned already', () => {
    const view = web([
      ['a', 'high', 'b'],
      ['b', 'distrust', 'd'],
      ['a', 'medium', 'c'],
      ['c', 'high', 'd', ['e']],
      ['a', 'low', 'e'],
      ['e', 'high', 'd'],
    ]);
    expect(view.computed(undefined).set.ignored.size).toBe(0);
  });

  it('records an override even when its own subject is too far away', () => {
    const arrows: Arrow[] = [
      ['a', 'high', 'b'],
      ['b', 'none', 'd', ['c']],
      ['a', 'medium', 'c'],
      ['c', 'medium', 'd'],
    ];
    expect(shown(web(arrows))).toBe('a 0 high, b 0 high, c 1 medium');
  });

  it('counts ten identities of one person as ten: there is no flow', () => {
    const many = Array.from({ length: 10 }, (_, at): Arrow[] => [
      ['b', 'medium', `sybil${at}`],
      [`sybil${at}`, 'medium', `sybil${(at + 1) % 10}`],
    ]);
    expect(web([['a', 'medium', 'b'], ...many.flat()]).entries()).toHaveLength(12);
  });

  it('visits somebody twice whose entry that waits is not the one taken out', () => {
    // c is heard of at (low, 1), then at (high, 20): the second takes the first out and waits with its own distance.
    const view = web(
      [
        ['a', 'low', 'c'],
        ['a', 'high', 'b'],
        ['b', 'high', 'c'],
        ['c', 'high', 'd'],
      ],
      costs(10, 10, 1, 1000, 100),
    );
    expect(shown(view)).toBe('a 0 high, b 10 high, c 1 high, d 30 high');
  });

  it('does not depend on the order of the edges of one person', () => {
    const arrows: Arrow[] = [
      ['a', 'medium', 'b'],
      ['a', 'high', 'c'],
      ['c', 'low', 'b'],
      ['c', 'distrust', 'd'],
      ['a', 'low', 'd'],
    ];
    expect(shown(web(arrows))).toBe(shown(web([...arrows].reverse())));
  });

  it('starts from several roots, each at distance 0 and level high', () => {
    const arrows: Arrow[] = [
      ['a', 'low', 'c'],
      ['b', 'high', 'c'],
    ];
    expect(shown(web(arrows, undefined, ['a', 'b', 'b']))).toBe('a 0 high, b 0 high, c 0 high');
  });

  it('trusts a root that nothing in the ledger names', () => {
    const view = web([], undefined, ['z']);
    expect(view.entries().map((entry) => nameOf(entry.id))).toEqual(['z']);
  });

  it('orders equals by raw bytes, so the smaller id speaks first', () => {
    // A friend who speaks first makes c wait, and c is then heard although banned; a banner who speaks first silences c.
    const [first = '', second = ''] = ['b', 'd'].sort((x, y) =>
      compareBytes(identityBytes(id(x)), identityBytes(id(y))),
    );
    const bannedWhen = (banner: string, friend: string): string =>
      bannedIn(
        web([
          ['a', 'medium', banner],
          ['a', 'medium', friend],
          [banner, 'distrust', 'c'],
          [friend, 'medium', 'c'],
          ['c', 'distrust', 'e'],
        ]),
      );
    expect(bannedWhen(first, second)).toBe('c');
    expect(bannedWhen(second, first)).toBe('c e');
  });

  it('sorts crev identities before OpenPGP ones', () => {
    const view = web([
      ['a', 'high', 'B'],
      ['a', 'high', 'c'],
    ]);
    expect(view.entries().map((entry) => entry.id.split(':')[0])).toEqual(['crev', 'crev', 'openpgp']);
  });
});
