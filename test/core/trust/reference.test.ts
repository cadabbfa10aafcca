// The fast implementation against a slow literal one, on random ledgers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Root } from '../../../core/identity.ts';
import { matchesPurlPattern } from '../../../core/trust/scope.ts';
import type { View } from '../../../core/trust/view.ts';
import { graphOf, id, root } from './support/identities.ts';
import { ledgers, parameters, people, purls, setNames } from './support/random-ledgers.ts';
import { plainEdges, plainTrust, type PlainEdge } from './support/reference-trust.ts';

const roots = fc
  .uniqueArray(fc.constantFrom(...people, ...setNames), { minLength: 1, maxLength: 3 })
  .map((names) => names.map(root));

function inScope(edges: readonly PlainEdge[], purl: string | undefined): PlainEdge[] {
  return edges.filter(
    ({ scope }) =>
      scope === undefined ||
      (purl !== undefined && scope.some((pattern) => matchesPurlPattern(pattern, purl))),
  );
}

function setOf(view: View, purl: string | undefined): Map<Root, object> {
  return new Map(view.entries(purl).map(({ id: who, distance, level }) => [who, { distance, level }]));
}

describe('the trust set on typed arrays', () => {
  it('equals a literal implementation of crev’s algorithm, bans, overrides, sets and scopes included', () => {
    fc.assert(
      fc.property(ledgers(), roots, parameters, (entries, from, costs) => {
        const view = graphOf(entries).view(from, costs);
        const edges = plainEdges(entries);
        for (const purl of purls) {
          const expected = plainTrust(inScope(edges, purl), from, costs, edges);
          expect(setOf(view, purl)).toEqual(new Map(expected.trusted));
          // A set that no edge leads to is not in reach; the literal one bans it too, with its owner.
          const reachable = [...expected.banned].filter(
            (who) => view.computed(purl).reach.find(who) !== undefined,
          );
          expect(
            view
              .banned(purl)
              .map((ban) => ban.id)
              .sort(),
          ).toEqual(reachable.sort());
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('agrees after key revocations, hard and soft, whenever they come', () => {
    const revocation = fc.record({
      who: fc.constantFrom(...people),
      from: fc.integer({ min: -1, max: 60 }),
      at: fc.nat(60),
    });
    fc.assert(
      fc.property(
        ledgers(),
        fc.array(revocation, { maxLength: 4 }),
        parameters,
        (entries, revocations, costs) => {
          const graph = graphOf([]);
          const voidFrom = new Map<ReturnType<typeof id>, number>();
          const revoke = (at: number): void => {
            for (const revoked of revocations.filter((one) => one.at === at)) {
              graph.revoke(id(revoked.who), revoked.from === -1 ? 'all' : revoked.from);
            }
          };
          for (const { who, from } of revocations) {
            voidFrom.set(id(who), Math.min(from, voidFrom.get(id(who)) ?? Infinity));
          }
          for (let at = 0; at <= 60; at++) {
            const entry = entries[at];
            if (entry !== undefined) graph.apply(entry);
            revoke(at);
          }
          const expected = plainTrust(inScope(plainEdges(entries, voidFrom), undefined), [root('a')], costs);
          expect(setOf(graph.view([root('a')], costs), undefined)).toEqual(new Map(expected.trusted));
        },
      ),
      { numRuns: 500 },
    );
  });
});
