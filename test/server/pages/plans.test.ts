// No page of the site may read a whole table that grows with the ledger: the SQL that pages really run, explained over 20,000
// reviews.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unsigned } from '../../../bench/unsigned.ts';
import { toBase64Url } from '../../../core/bytes.ts';
import { makeIdentity, splitIdentity, type Identity } from '../../../core/identity.ts';
import type { Statement } from '../../../core/statement/statement.ts';
import { appendStatements } from '../../../db/append.ts';
import { openDatabase } from '../../../db/connect.ts';
import type { Database, Queryable } from '../../../db/database.ts';
import { usePlaces } from '../../support/database.ts';
import { makeAuthor } from '../support/authors.ts';
import { openPage } from '../support/open-page.ts';
import { makeWorld, type World } from '../support/world.ts';

const reviews = 20_000;
const authors = 2000;
const growing = [
  ...['entries', 'statements', 'subjects', 'subject_digests', 'documents', 'trust_edges', 'certificates'],
  ...['identities', 'reviewer_sets', 'reviewer_set_members', 'retractions'],
];
const at = new Date('2026-11-22T12:00:00Z');
const identity = (i: number): Identity => {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setUint32(0, i + 1);
  return makeIdentity('crev', toBase64Url(key));
};
const common = (
  i: number,
): { version: 1; date: string; from: { 'id-type': 'openpgp' | 'crev'; id: string; url: string } } => ({
  version: 1,
  date: '2026-11-01T00:00:00Z',
  from: { ...splitIdentity(identity(i % authors)), url: `https://example.org/${i % authors}` },
});
const digest = (i: number): string => (i + 1).toString(16).padStart(128, '0');

interface Asked {
  readonly text: string;
  readonly values: unknown[] | undefined;
}

/** A database that notes what it is asked. */
function recording(db: Database, asked: Asked[]): Database {
  const note = (source: Queryable): Queryable => ({
    query: (text, values) => {
      asked.push({ text, values });
      return source.query(text, values);
    },
  });
  return {
    ...{ kind: db.kind, version: db.version },
    ...note(db),
    transaction: (work) => db.transaction((transaction) => work(note(transaction))),
    close: () => db.close(),
  };
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}
const explained = z.array(
  z.object({
    'QUERY PLAN': z.array(z.object({ Plan: z.custom<Plan>((value) => typeof value === 'object') })),
  }),
);

function scansIn(plan: Plan): string[] {
  const relation = plan['Relation Name'] ?? '';
  const type = plan['Node Type'];
  // The index of revoked certificates holds few, and is read whole where that is quicker.
  const isSmall = plan['Index Name'] === 'certificates_revoked';
  const isWhole =
    type === 'Seq Scan' || (type.includes('Index') && plan['Index Cond'] === undefined && !isSmall);
  const own = growing.includes(relation) && isWhole ? [`${type} on ${relation}`] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansIn)];
}

describe('the pages to read, over 20,000 reviews', () => {
  const makePlace = usePlaces('postgresql');
  const asked: Asked[] = [];
  let db: Database;
  let world: World;
  let statement = '';
  let fingerprint = '';

  beforeAll(async () => {
    db = await openDatabase(await makePlace());
    const add = async (statements: Statement[]): Promise<void> => {
      for (let start = 0; start < statements.length; start += 1000) {
        await appendStatements(db, statements.slice(start, start + 1000).map(unsigned), at);
      }
    };
    await add(
      Array.from({ length: reviews }, (_, i) => ({
        ...common(i),
        kind: 'package review',
        package: {
          purl: `pkg:npm/package-${i % 5000}@1.${Math.floor(i / 5000)}.0`,
          digests: { sha512: digest(i) },
        },
        review: { thoroughness: 'low', understanding: 'low', rating: i % 50 === 0 ? 'negative' : 'positive' },
      })),
    );
    await add(
      Array.from({ length: 4000 }, (_, i) => ({
        ...common(i),
        kind: 'trust',
        date: `2026-11-0${1 + Math.floor(i / authors)}T00:00:00Z`,
        ids: [splitIdentity(identity((i * 7) % authors))],
        trust: 'medium',
      })),
    );
    await add(
      Array.from({ length: 1500 }, (_, i) => ({
        ...common(i),
        kind: 'reviewer set',
        name: 'set',
        title: `Set ${i}`,
        members: [{ id: splitIdentity(identity(i + 1)), trust: 'medium' }],
      })),
    );
    await db.query(
      `insert into certificates (identity, idx, id, armored, algorithm, created, signing_keys, user_ids)
      select
        'openpgp:' || upper(lpad(to_hex(i), 40, '0')), i, sha256(i::text::bytea), '', 'ed25519', now(),
        array[upper(lpad(to_hex(i), 40, '0'))], array['Somebody <somebody' || i || '@example.org>']
      from generate_series(1, 5000) as i`,
    );
    world = await makeWorld(recording(db, asked), {});
    const ada = await makeAuthor('Ada');
    await world.service.ingest.submitCertificate(ada.certificate.armored);
    fingerprint = ada.identity.slice(8);
    await db.query('vacuum analyze');
    const { rows } = await db.query<{ id: string }>(
      `select encode(id, 'hex') as id from statements where idx = 12345`,
    );
    statement = rows[0]?.id ?? '';
  }, 300_000);
  afterAll(async () => {
    await db.close();
  });

  it('read no table as a whole', async () => {
    asked.length = 0;
    const roots = `roots=${encodeURIComponent(`${identity(3)} ${identity(5)}#set`)}`;
    const who = encodeURIComponent(identity(7));
    const paths = [
      '/',
      '/roots',
      `/statements/${statement}`,
      '/entries/100',
      '/packages/npm/package-17',
      '/packages/npm/package-17@1.2.0',
      '/packages/npm/package-17?before=9000',
      '/packages/npm/nobody-reviewed-this',
      `/identities/${who}`,
      `/identities/${who}?before=9000`,
      `/identities/openpgp%3A${fingerprint}`,
      '/search',
      ...[
        ...['package-1', 'PACKAGE', 'pkg:npm/package-1', 'no-such-name', digest(12), 'somebody7@example.org'],
        ...[fingerprint, fingerprint.slice(-16), identity(9), statement, '77', 'https://example.org/1'],
      ].map((q) => `/search?q=${encodeURIComponent(q)}`),
    ];
    for (const cookie of [undefined, roots]) {
      for (const path of paths)
        expect((await openPage(world.app, path, cookie)).status, path).toBeLessThan(400);
    }
    const trust = [...(await idsOf(db, 'trust')), ...(await idsOf(db, 'reviewer set'))];
    for (const id of trust) expect((await openPage(world.app, `/statements/${id}`)).status).toBe(200);

    const queries = new Map(asked.map((one) => [one.text, one]));
    expect(queries.size).toBeGreaterThan(20);
    const scans: string[] = [];
    for (const { text, values } of queries.values()) {
      // The last entry is the end of an index, whatever its length.
      if (!/^\s*(?:select|with)/i.test(text) || /from entries\s+order by idx desc\s+limit 1\s*$/.test(text))
        continue;
      const { rows } = await db.query(`explain (format json) ${text}`, values);
      for (const { 'QUERY PLAN': plans } of explained.parse(rows)) {
        for (const { Plan: plan } of plans) {
          const found = scansIn(plan);
          if (found.length > 0) scans.push(`${found.join(', ')}: ${text}`);
        }
      }
    }
    expect(scans).toEqual([]);
  }, 120_000);
});

async function idsOf(db: Database, kind: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select encode(id, 'hex') as id from statements where kind = $1 order by idx limit 1`,
    [kind],
  );
  return rows.map(({ id }) => id);
}
