// Random ledgers for property tests: a dozen people, three sets, every kind of statement that trust knows, dates that
// collide, and retractions that hit, miss, and come from strangers.

import fc from 'fast-check';
import { trustLevels } from '../../../../core/statement/levels.ts';
import type { TrustLedgerEntry } from '../../../../core/trust/graph.ts';
import type { TrustParameters } from '../../../../core/trust/types.ts';
import { ledger, type Sets, type Trusts } from './identities.ts';

export const people = [...'abcdefgh'.split(''), ...'ABC'.split('')];
export const setNames = ['a#x', 'b#x', 'B#y'];
export const scopes = [['pkg:npm/*'], ['pkg:cargo/serde', 'pkg:npm/left-pad'], ['pkg:npm/%40acme/**']];
/** Packages that the scopes tell apart in every way. */
export const purls = [
  undefined,
  'pkg:npm/left-pad@1.3.0',
  'pkg:npm/right-pad',
  'pkg:cargo/serde@1.0.0',
  'pkg:npm/%40acme/a',
  'pkg:golang/example.org/x',
];

const person = fc.constantFrom(...people);
const level = fc.constantFrom(...trustLevels, 'high' as const, 'medium' as const);
const date = fc
  .nat(20)
  .map(
    (seconds) =>
      `2026-01-01T00:00:${String(seconds).padStart(2, '0')}.${seconds % 3 === 0 ? '000000001' : '5'}Z`,
  );
const scope = fc.option(fc.constantFrom(...scopes), { nil: undefined });

const trusts = fc.record({
  from: person,
  to: fc.uniqueArray(person, { minLength: 1, maxLength: 3 }),
  level,
  date,
  override: fc.uniqueArray(person, { maxLength: 2 }),
});
const sets = fc.record({
  set: fc.constantFrom(...setNames),
  date,
  members: fc.array(fc.record({ id: person, trust: level, scope }), { maxLength: 4 }),
  includes: fc.array(fc.record({ set: fc.constantFrom(...setNames), cap: level, scope }), { maxLength: 2 }),
});
const retraction = fc.record({ target: fc.nat(), stranger: fc.option(person, { freq: 4 }), date });

const saying = fc.oneof(
  { weight: 12, arbitrary: trusts.map((value) => ({ kind: 'trust' as const, value })) },
  { weight: 3, arbitrary: sets.map((value) => ({ kind: 'set' as const, value })) },
  { weight: 2, arbitrary: retraction.map((value) => ({ kind: 'retraction' as const, value })) },
);

/** Ledger entries with indices 0, 1, 2 …, in order. */
export const ledgers = (most = 60): fc.Arbitrary<TrustLedgerEntry[]> =>
  fc.array(saying, { maxLength: most }).map((drawn) => {
    const entries: TrustLedgerEntry[] = [];
    for (const [index, { kind, value }] of drawn.entries()) {
      const nonce = String(index);
      if (kind === 'trust') entries.push(...ledger({ ...value, index, nonce } satisfies Trusts));
      else if (kind === 'set') entries.push(...ledger(setSaying(value, index)));
      else {
        const target = entries[value.target % Math.max(1, entries.length)];
        if (target === undefined) continue;
        const by = value.stranger ?? personOf(target);
        entries.push(...ledger({ by, statement: target.id, date: value.date, index, nonce }));
      }
    }
    return entries;
  });

function setSaying(
  value: typeof sets extends fc.Arbitrary<infer Value> ? Value : never,
  index: number,
): Sets {
  const [owner = '', name = ''] = value.set.split('#');
  const tidy = <Item extends { scope: string[] | undefined }>({ scope: where, ...item }: Item) => ({
    ...item,
    ...(where && { scope: where }),
  });
  return {
    owner,
    name,
    date: value.date,
    index,
    nonce: String(index),
    members: value.members.map(tidy),
    includes: value.includes.map(tidy),
  };
}

function personOf(entry: TrustLedgerEntry): string {
  return (
    people.find((name) => ledger({ from: name, to: 'a', level: 'none' })[0]?.author === entry.author) ?? 'a'
  );
}

/** Parameters of every kind: crev's, and costs that turn its quirks out. */
export const parameters: fc.Arbitrary<TrustParameters> = fc.oneof(
  fc.constant({ max: 20, high: 0, medium: 1, low: 5, none: 21, distrust: 21 }),
  fc.constant({ max: 1, high: 1, medium: 1, low: 1, none: 1000, distrust: 1000 }),
  fc.record({
    max: fc.nat(12),
    high: fc.nat(4),
    medium: fc.nat(4),
    low: fc.nat(4),
    none: fc.nat(15),
    distrust: fc.nat(15),
  }),
);
