import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Receipt } from '../../core/api/statements.ts';
import { describeDatabases } from '../support/database.ts';
import { ask, type Answer } from './support/contract.ts';
import { bytesOf, makeAuthor, review, sign, type Author } from './support/authors.ts';
import { makeWorld, type World } from './support/world.ts';

const listed = z.object({
  statements: z.array(z.object({ id: z.string(), index: z.number() })),
  meta: z.object({ next: z.string().optional() }),
});

describeDatabases('reading', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  const receipts: Receipt[] = [];
  const documents: string[] = [];

  const get = (path: `/${string}`): Promise<Answer> => ask(world.app, `GET ${path}`);
  const indices = async (path: `/${string}`): Promise<number[]> =>
    listed.parse((await get(path)).json).statements.map(({ index }) => index);

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    for (const author of [ada, ben]) await world.service.ingest.submitCertificate(author.certificate.armored);
    documents.push(
      await sign(ada, review('pkg:npm/left@1.0.0')),
      await sign(ada, review('pkg:npm/left@2.0.0')),
      await sign(ben, review('pkg:npm/left@1.0.0', { comment: 'Me too.' })),
      await sign(ben, review('pkg:npm/%40scope/right@1.0.0')),
      await sign(ada, {
        kind: 'source',
        package: {
          purl: 'pkg:npm/left@1.0.0',
          digests: { sha512: bytesOf('pkg:npm/left@1.0.0'), sha256: 'ab'.repeat(32) },
        },
      }),
    );
    for (const document of documents) receipts.push(await world.service.ingest.submitStatement(document));
  });

  it('gives a statement parsed, and its document byte for byte', async () => {
    const { id, index, recordedAt } = receipts[0]!;
    expect((await get(`/api/v1/statements/${id}`)).json).toMatchObject({
      ...{ id, index, recordedAt, author: ada.identity, envelope: 'openpgp', document: documents[0] },
      statement: { kind: 'package review', package: { purl: 'pkg:npm/left@1.0.0' } },
    });
    const document = await get(`/api/v1/statements/${id}/document`);
    expect(document.text).toBe(documents[0]);
    expect(document.headers['cache-control']).toContain('immutable');
  });

  it('finds by package, by version, by digest, by author and by kind, newest first', async () => {
    const [a, b, c, d, e] = receipts.map(({ index }) => index);
    expect(await indices('/api/v1/statements?purl=pkg:npm/left')).toEqual([e, c, b, a]);
    expect(await indices('/api/v1/statements?purl=pkg:npm/left@1.0.0')).toEqual([e, c, a]);
    expect(await indices('/api/v1/statements?purl=pkg%3Anpm%2F%2540scope%2Fright')).toEqual([d]);
    expect(await indices(`/api/v1/statements?digest=sha512:${bytesOf('pkg:npm/left@2.0.0')}`)).toEqual([b]);
    expect(await indices(`/api/v1/statements?digest=sha256:${'AB'.repeat(32)}`)).toEqual([e]);
    expect(await indices(`/api/v1/statements?author=${ben.identity}`)).toEqual([d, c]);
    expect(await indices(`/api/v1/statements?author=${ada.identity}&kind=source`)).toEqual([e]);
  });

  it('pages by key until there is no next page, without skipping or repeating', async () => {
    const seen: number[] = [];
    let query: string | undefined = 'purl=pkg:npm/left&limit=1';
    while (query !== undefined) {
      const page: z.infer<typeof listed> = listed.parse((await get(`/api/v1/statements?${query}`)).json);
      seen.push(...page.statements.map(({ index }) => index));
      query = page.meta.next;
      if (query !== undefined) expect(query).toContain('limit=1');
    }
    expect(seen).toEqual(await indices('/api/v1/statements?purl=pkg:npm/left'));
  });

  it.each([
    '',
    '?kind=trust',
    '?purl=left',
    '?purl=pkg:npm/left&limit=0',
    '?purl=pkg:npm/left&limit=501',
    '?purl=pkg:npm/left&offset=3',
    '?digest=sha512:xyz',
    '?author=somebody',
    '?author=openpgp:ab&author=openpgp:cd',
  ] as const)('refuses the query %j with the reason', async (query) => {
    expect(await get(`/api/v1/statements${query}`)).toMatchObject({
      status: 400,
      json: { code: 'request-invalid' },
    });
  });

  it('looks many up at once, each with its certificate, and names those it lacks', async () => {
    const missing = '0'.repeat(64);
    const ids = [...receipts.map(({ id }) => id), missing, receipts[0]!.id];
    const answer = await ask(world.app, 'POST /api/v1/statements/lookup', { body: { ids } });
    expect(answer.json).toMatchObject({ missing: [missing] });
    const { statements, certificates } = answer.json as {
      statements: { id: string; document: string }[];
      certificates: { identity: string; armored: string }[];
    };
    expect(statements.map(({ document }) => document)).toEqual(documents);
    expect(new Map(certificates.map(({ identity, armored }) => [identity, armored]))).toEqual(
      new Map([ada, ben].map(({ identity, certificate }) => [identity, certificate.armored])),
    );
  });

  it('refuses a lookup of nothing, of too much, and of what is no id', async () => {
    const lookup = (body: object): Promise<Answer> =>
      ask(world.app, 'POST /api/v1/statements/lookup', { body });
    expect((await lookup({ ids: [] })).status).toBe(400);
    expect((await lookup({ ids: ['nonsense'] })).status).toBe(400);
    expect((await lookup({ ids: Array.from({ length: 1001 }, () => '0'.repeat(64)) })).status).toBe(400);
    expect((await lookup({ ids: Array.from({ length: 3000 }, () => '0'.repeat(64)) })).status).toBe(413);
  });

  it('gives a certificate, and its armour alone', async () => {
    const { identity, certificate } = ada;
    expect((await get(`/api/v1/certificates/${identity}`)).json).toMatchObject({
      identity,
      armored: certificate.armored,
      userIds: ['Ada <ada@example.org>'],
      indices: [0],
    });
    expect((await get(`/api/v1/certificates/${identity.toLowerCase()}/document`)).text).toBe(
      certificate.armored,
    );
  });

  it('answers 404 for what it does not hold, and 400 for what cannot be', async () => {
    expect((await get(`/api/v1/statements/${'0'.repeat(64)}`)).json).toMatchObject({
      status: 404,
      code: 'not-found',
    });
    expect((await get(`/api/v1/statements/${'0'.repeat(63)}`)).status).toBe(400);
    expect((await get(`/api/v1/certificates/openpgp:${'AB'.repeat(20)}`)).status).toBe(404);
    expect((await get('/api/v1/certificates/nobody')).status).toBe(400);
    expect((await get(`/api/v1/certificates/crev:${'A'.repeat(43)}`)).json).toMatchObject({
      status: 404,
      help: expect.stringContaining('its own public key') as string,
    });
  });

  it('gives the ledger’s state, and its leaves without gaps', async () => {
    expect((await get('/api/v1/ledger')).json).toEqual({ size: 7, lastRecordedAt: '2026-11-22T12:00:00Z' });
    const { entries } = (await get('/api/v1/entries?start=2&limit=3')).json as {
      entries: { index: number; leaf: string; leafHash: string }[];
    };
    expect(entries.map(({ index }) => index)).toEqual([2, 3, 4]);
    expect(entries[0]).toMatchObject({ leafHash: receipts[0]!.leafHash });
    expect(entries[0]!.leaf).toContain(receipts[0]!.id);
    expect((await get('/api/v1/entries?start=100')).json).toEqual({ entries: [] });
    expect((await get('/api/v1/entries?limit=1001')).status).toBe(400);
  });

  it('shows on the start page how large the ledger is and when it last grew', async () => {
    const page = await request(world.app).get('/');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('>7</a>');
    expect(page.text).toContain('<time datetime="2026-11-22T12:00:00Z">2026-11-22 12:00:00 UTC</time>');
    expect(page.text).not.toMatch(/<script(?! type="module" src="\/assets\/)|style=|undefined|\[object/);
  });
});

describeDatabases('an empty ledger', (open) => {
  it('has size 0, no entries, and a start page that says what to do next', async () => {
    const { app } = await makeWorld(await open());
    expect((await ask(app, 'GET /api/v1/ledger')).json).toEqual({ size: 0 });
    expect((await ask(app, 'GET /api/v1/entries')).json).toEqual({ entries: [] });
    const page = await request(app).get('/');
    expect(page.text).toContain('none yet');
    expect(page.text).toContain('publish the first');
  });
});
