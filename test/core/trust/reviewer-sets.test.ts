// Reviewer sets: nodes of their own between an organisation and the people it lists. `a` is the root; capital letters
// are OpenPGP identities, small ones crev's: both live in one web.

import { describe, expect, it } from 'vitest';
import { defaultTrustParameters } from '../../../core/trust/types.ts';
import type { ReviewerSet } from '../../../core/statement/statement.ts';
import type { View } from '../../../core/trust/view.ts';
import { bannedIn, graphOf, id, ledger, nameOf, root, shown, type Saying } from './support/identities.ts';

const web = (roots: string[], ...sayings: Saying[]): View =>
  graphOf(ledger(...sayings)).view(roots.map(root));

describe('a reviewer set', () => {
  const team: Saying = {
    owner: 'O',
    name: 'team',
    members: [
      { id: 'b', trust: 'high' },
      { id: 'c', trust: 'low' },
    ],
  };

  it('is reached through its owner at level high, and its members at their own level', () => {
    const view = web(['a'], { from: 'a', to: 'O', level: 'medium' }, team);
    expect(shown(view)).toBe('O 1 medium, O#team 2 medium, a 0 high, b 3 medium, c 7 low');
  });

  it('costs what an edge at its level costs', () => {
    const graph = graphOf(ledger(team));
    const view = graph.view([root('O')], { ...defaultTrustParameters, high: 3 });
    expect(shown(view)).toBe('O 0 high, O#team 3 high, b 6 high, c 8 low');
  });

  it('can be a root, which trusts its members and not its owner', () => {
    expect(shown(web(['O#team'], team))).toBe('O#team 0 high, b 0 high, c 5 low');
  });

  it('gives a path through its own node, with the ledger index of the set but for its own edge', () => {
    const view = web(['a'], { from: 'a', to: 'O', level: 'medium' }, team);
    expect(
      view
        .path(id('b'), undefined)
        .map(({ from, to, level, index }) => [nameOf(from), nameOf(to), level, index]),
    ).toEqual([
      ['a', 'O', 'medium', 0],
      ['O', 'O#team', 'high', undefined],
      ['O#team', 'b', 'high', 1],
    ]);
  });

  it('replaces an older set of the same owner and name entirely', () => {
    const newer: Saying = { owner: 'O', name: 'team', members: [{ id: 'd', trust: 'medium' }] };
    expect(shown(web(['O'], team, newer))).toBe('O 0 high, O#team 0 high, d 1 medium');
  });

  it('does not replace a set of another name or owner', () => {
    const other: Saying = { owner: 'O', name: 'other', members: [{ id: 'd', trust: 'medium' }] };
    const stranger: Saying = { owner: 'P', name: 'team', members: [{ id: 'e', trust: 'high' }] };
    expect(shown(web(['O'], team, other, stranger))).toBe(
      'O 0 high, O#other 0 high, O#team 0 high, b 0 high, c 5 low, d 1 medium',
    );
  });

  it('disappears when it is retracted, and the one before counts again', () => {
    const [first, second] = ledger(team, { owner: 'O', name: 'team', members: [{ id: 'd', trust: 'high' }] });
    const retractSecond = ledger({ by: 'O', statement: second!.id, index: 2 });
    const retractFirst = ledger({ by: 'O', statement: first!.id, index: 3 });
    const graph = graphOf([first!, second!, ...retractSecond]);
    expect(shown(graph.view([root('O')]))).toBe('O 0 high, O#team 0 high, b 0 high, c 5 low');
    graph.apply(retractFirst[0]!);
    expect(shown(graph.view([root('O')]))).toBe('O 0 high');
    expect(graph.size).toBe(0);
  });

  it('bans a member that it lists as distrusted, as a person would', () => {
    const view = web(
      ['a'],
      { from: 'a', to: ['O', 'b'], level: 'high' },
      { owner: 'O', name: 'team', members: [{ id: 'b', trust: 'distrust' }] },
    );
    expect(shown(view)).toBe('O 0 high, O#team 0 high, a 0 high');
    expect(view.banned().map((ban) => [nameOf(ban.id), nameOf(ban.by), ban.index])).toEqual([
      ['b', 'O#team', 1],
    ]);
  });

  it('falls with its owner: who is distrusted has no say through a set either', () => {
    const view = web(
      ['a'],
      { from: 'a', to: 'P', level: 'high' },
      { owner: 'P', name: 'all', includes: [{ set: 'O#team', cap: 'high' }] },
      { from: 'a', to: 'O', level: 'distrust' },
      team,
    );
    expect(shown(view)).toBe('P 0 high, P#all 0 high, a 0 high');
    expect(bannedIn(view)).toBe('O O#team');
  });

  it('stays when it is itself a root, or its owner is one', () => {
    const distrust: Saying[] = [team, { from: 'b', to: 'O', level: 'distrust' }];
    expect(shown(web(['O#team'], ...distrust))).toBe('O#team 0 high, b 0 high, c 5 low');
    expect(shown(web(['O'], ...distrust))).toBe('O 0 high, O#team 0 high, b 0 high, c 5 low');
  });

  it('may list one person twice, with scopes of their own', () => {
    const view = web(['O'], {
      owner: 'O',
      name: 'team',
      members: [
        { id: 'b', trust: 'low' },
        { id: 'b', trust: 'high', scope: ['pkg:cargo/serde'] },
      ],
    });
    expect(view.lookup(id('b'), 'pkg:cargo/tokio')?.level).toBe('low');
    expect(view.lookup(id('b'), 'pkg:cargo/serde')?.level).toBe('high');
  });
});

describe('sets that include sets', () => {
  const chain: Saying[] = [
    { owner: 'O', name: 'x', includes: [{ set: 'P#y', cap: 'medium' }] },
    { owner: 'P', name: 'y', includes: [{ set: 'Q#z', cap: 'high' }], members: [{ id: 'b', trust: 'high' }] },
    { owner: 'Q', name: 'z', members: [{ id: 'c', trust: 'high' }] },
  ];

  it('trust the included no further than the cap, along the whole chain', () => {
    expect(shown(web(['O#x'], ...chain))).toBe(
      'O#x 0 high, P#y 1 medium, Q#z 2 medium, b 2 medium, c 3 medium',
    );
  });

  it('do not trust the owner of an included set', () => {
    const view = web(['O#x'], ...chain);
    expect(view.lookup(id('P'), undefined)).toBeUndefined();
  });

  it('may go in circles', () => {
    const circle: Saying[] = [...chain, { owner: 'Q', name: 'z', includes: [{ set: 'O#x', cap: 'high' }] }];
    expect(shown(web(['O#x'], ...circle))).toBe('O#x 0 high, P#y 1 medium, Q#z 2 medium, b 2 medium');
  });

  it('may include one that nobody published yet, and pick it up when it comes', () => {
    const graph = graphOf(ledger(chain[0]!));
    expect(shown(graph.view([root('O#x')]))).toBe('O#x 0 high, P#y 1 medium');
    graph.apply(ledger({ ...chain[1]!, index: 1 })[0]!);
    expect(shown(graph.view([root('O#x')]))).toBe('O#x 0 high, P#y 1 medium, Q#z 2 medium, b 2 medium');
  });

  it('ban an included set with a cap of distrust', () => {
    const view = web(
      ['O#x', 'P'],
      { owner: 'O', name: 'x', includes: [{ set: 'P#y', cap: 'distrust' }] },
      chain[1]!,
    );
    expect(shown(view)).toBe('O#x 0 high, P 0 high');
    expect(bannedIn(view)).toBe('P#y');
  });
});

describe('scoped edges', () => {
  const npm: Saying = {
    owner: 'O',
    name: 'npm',
    members: [
      { id: 'b', trust: 'high', scope: ['pkg:npm/*', 'pkg:npm/%40acme/*'] },
      { id: 'c', trust: 'high' },
    ],
    includes: [{ set: 'P#rust', cap: 'high', scope: ['pkg:cargo/*'] }],
  };
  const rust: Saying = {
    owner: 'P',
    name: 'rust',
    members: [{ id: 'd', trust: 'medium', scope: ['pkg:cargo/serde*'] }],
  };

  it('count only for packages that a pattern matches', () => {
    const view = web(['O#npm'], npm, rust);
    expect(shown(view, 'pkg:npm/left-pad@1.0.0')).toBe('O#npm 0 high, b 0 high, c 0 high');
    expect(shown(view, 'pkg:npm/%40acme/x')).toBe('O#npm 0 high, b 0 high, c 0 high');
    expect(shown(view, 'pkg:npm/%40other/x')).toBe('O#npm 0 high, c 0 high');
    expect(shown(view, 'pkg:cargo/serde_json@1')).toBe('O#npm 0 high, P#rust 0 high, c 0 high, d 1 medium');
    expect(shown(view, 'pkg:cargo/tokio')).toBe('O#npm 0 high, P#rust 0 high, c 0 high');
  });

  it('do not count when no package is named', () => {
    expect(shown(web(['O#npm'], npm, rust))).toBe('O#npm 0 high, c 0 high');
  });

  it('ban only within their scope', () => {
    const view = web(
      ['a'],
      { from: 'a', to: ['O', 'b'], level: 'high' },
      { owner: 'O', name: 'npm', members: [{ id: 'b', trust: 'distrust', scope: ['pkg:npm/*'] }] },
    );
    expect(view.isBanned(id('b'), 'pkg:npm/left-pad')).toBe(true);
    expect(view.lookup(id('b'), 'pkg:npm/left-pad')).toBeUndefined();
    expect(view.isBanned(id('b'), 'pkg:cargo/serde')).toBe(false);
    expect(view.lookup(id('b'), 'pkg:cargo/serde')?.level).toBe('high');
  });

  it('are refused in a statement when a pattern cannot be read', () => {
    const bad = { id: 'b', trust: 'high', scope: ['pkg:cargo/*', 'not a purl'] } as const;
    expect(() => ledger({ owner: 'O', name: 'npm', members: [bad] })).toThrow('Not a purl pattern');
  });

  it('match nothing by a pattern that this version cannot read, and the ledger is followed on', () => {
    const [entry] = ledger({ owner: 'O', name: 'npm', members: [{ id: 'b', trust: 'high' }] });
    const set = entry!.statement as ReviewerSet;
    const [member] = set.members;
    const scope = ['not a purl', 'pkg:cargo/*'];
    const view = graphOf([{ ...entry!, statement: { ...set, members: [{ ...member!, scope }] } }]).view([
      root('O#npm'),
    ]);
    expect(view.lookup(id('b'), 'pkg:npm/left-pad')).toBeUndefined();
    expect(view.lookup(id('b'), 'pkg:cargo/serde')?.level).toBe('high');
  });
});
