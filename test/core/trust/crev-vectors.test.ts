// The trust sets that the upstream crate computed for a hundred random graphs, under three sets of parameters.

import { sha256 } from '@noble/hashes/sha2.js';
import { expect, it } from 'vitest';
import { toHex, utf8 } from '../../../core/bytes.ts';
import { makeIdentity, makeRoot } from '../../../core/identity.ts';
import type { TrustLevel } from '../../../core/statement/levels.ts';
import { statementSchema, type StatementId } from '../../../core/statement/statement.ts';
import { TrustGraph } from '../../../core/trust/graph.ts';
import type { TrustParameters } from '../../../core/trust/types.ts';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';

interface Vectors {
  readonly params: Readonly<Record<string, TrustParameters>>;
  readonly cases: readonly {
    readonly root: string;
    readonly trust: readonly {
      readonly date: string;
      readonly from: string;
      readonly ids: readonly string[];
      readonly trust: TrustLevel;
      readonly override: readonly string[];
    }[];
    readonly expected: Readonly<
      Record<
        string,
        {
          readonly trusted: Readonly<Record<string, { readonly distance: number; readonly level: string }>>;
          readonly distrusted: readonly string[];
        }
      >
    >;
  }[];
}

describeWithCorpus('crev-wot on a hundred random graphs', () => {
  const vectors = JSON.parse(corpusText('vectors', 'crev', 'wot-random-100.json')) as Vectors;
  const crev = (id: string) => ({ 'id-type': 'crev', id });

  it('holds the hundred graphs and three parameter sets that it should', () => {
    expect(vectors.cases).toHaveLength(100);
    expect(Object.keys(vectors.params)).toEqual(['cli-default', 'direct', 'lib-default']);
  });

  for (const [number, { root, trust, expected }] of vectors.cases.entries()) {
    it(`agrees on graph ${number}`, () => {
      const graph = new TrustGraph();
      trust.forEach(({ date, from, ids, trust: level, override }, index) => {
        const statement = statementSchema.parse({
          kind: 'trust',
          version: '-1',
          date,
          from: crev(from),
          ids: ids.map(crev),
          trust: level,
          override: override.map(crev),
        });
        const id = toHex(sha256(utf8(JSON.stringify(statement)))) as StatementId;
        graph.apply({ id, index, author: makeIdentity('crev', from), statement });
      });
      for (const [name, parameters] of Object.entries(vectors.params)) {
        const view = graph.view([makeRoot(makeIdentity('crev', root))], parameters);
        const trusted = view
          .entries()
          .map(({ id, level, distance }) => [id.slice('crev:'.length), { distance, level }] as const);
        expect(Object.fromEntries(trusted), name).toEqual(expected[name]?.trusted);
        const banned = view.banned().map(({ id }) => id.slice('crev:'.length));
        expect(banned.sort(), name).toEqual([...(expected[name]?.distrusted ?? [])].sort());
      }
    });
  }
});
