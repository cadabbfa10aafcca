import { gunzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverySchema, documentLineSchema } from '../../../core/api/ledger.ts';
import { formatVerifierKey, makePrivateKey, parseVerifierKey } from '../../../core/log/note-key.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../../core/log/tile-reader.ts';
import { bundlePath, documentsPath, tilePath } from '../../../core/log/tile.ts';
import { parseWitnessPolicy } from '../../../core/log/witness-policy.ts';
import type { Database } from '../../../db/database.ts';
import { createApp } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { listen, type HttpServer } from '../../../server/http-server.ts';
import type { OpenLog } from '../../../server/log/open-log.ts';
import { createLogger } from '../../../server/logger.ts';
import { createService } from '../../../server/service.ts';
import { createServiceState } from '../../../server/service-state.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder, testLogConfig } from '../../support/log-config.ts';
import { ask, checkContract } from '../support/contract.ts';
import { appendMany, expectedLog, publishedAt, type LogFiles } from '../support/long-ledger.ts';
import { rawGet, type RawAnswer, type RawAsk } from '../support/raw-get.ts';
import { makeWorld, type World } from '../support/world.ts';

const size = 700;
const immutable = 'public, max-age=31536000, immutable';

describeDatabases('the files of the log', (open) => {
  let db: Database;
  let world: World;
  let http: HttpServer;
  let expected: LogFiles;
  const folder = logFolder();

  const get = (path: string, asked?: RawAsk): Promise<RawAnswer> => rawGet(http.address, path, asked);

  beforeAll(async () => {
    db = await open();
    world = await makeWorld(db, { folder });
    http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    await appendMany(db, 0, size);
    await publishedAt(world.service, size);
    expected = await expectedLog(db);
  }, 60_000);
  afterAll(async () => {
    await http.stop(0);
  });

  it('gives the checkpoint, signed by a key that discovery names, with the root that the entries have', async () => {
    const { headers, json } = await ask(world.app, 'GET /.well-known/trust-ledger');
    expect(headers['access-control-allow-origin']).toBe('*');
    const { keys, origin, policy } = discoverySchema.parse(json);
    const answer = await ask(world.app, 'GET /checkpoint');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const checkpoint = await openCheckpoint(answer.text, keys.map(parseVerifierKey));
    expect([checkpoint.origin, checkpoint.size]).toEqual([origin, size]);
    expect(parseWitnessPolicy(policy).logs.map(({ key }) => formatVerifierKey(key))).toEqual(
      keys.slice(0, 1),
    );
    // Reads every leaf hash by its way to the root of that checkpoint.
    const tree = new VerifiedTree(checkpoint, {
      tile: async (tile) => (await get(`/${tilePath(tile)}`)).body,
    });
    for (const [index, hash] of expected.leafHashes.entries()) {
      expect(Buffer.compare(await tree.leafHash(index), hash)).toBe(0);
    }
  });

  it('gives every tile and bundle as the entries make it, byte for byte, to be kept for ever', async () => {
    expect(expected.files.size).toBe(3 + 1 + 3);
    for (const [path, bytes] of expected.files) {
      const { status, headers, body } = await get(`/${path}`);
      expect([path, status, body.equals(bytes)]).toEqual([path, 200, true]);
      expect(headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': immutable,
        'content-length': String(bytes.length),
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      });
      expect(headers).not.toHaveProperty('content-encoding');
    }
  });

  it('gives every narrower width of a tile or bundle, as the beginning of the wider one', async () => {
    const tile = expected.files.get('tile/0/001')!;
    for (const width of [1, 2, 127, 128, 255]) {
      const { body } = await get(`/${tilePath({ level: 0, index: 1, width })}`);
      expect(body.equals(tile.subarray(0, 32 * width))).toBe(true);
      const bundle = await get(`/${bundlePath({ index: 1, width })}`);
      const whole = Buffer.from(expected.files.get('tile/entries/001')!);
      expect(whole.subarray(0, bundle.body.length).equals(bundle.body)).toBe(true);
      expect(bundle.body.length).toBe(
        expected.leaves.slice(256, 256 + width).reduce((sum, leaf) => sum + 2 + leaf.length, 0),
      );
    }
  });

  it.each([
    [{ index: 0, width: 256 }],
    [{ index: 0, width: 1 }],
    [{ index: 1, width: 33 }],
    [{ index: 2, width: size - 512 }],
  ])('gives the documents of bundle %o, one line each, not for ever', async (bundle) => {
    const line = `GET /${documentsPath(bundle)}` as const;
    const { status, headers, body } = await get(`/${documentsPath(bundle)}`);
    checkContract(line, status, headers, body.toString());
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    });
    const lines = body
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((text) => documentLineSchema.parse(JSON.parse(text)));
    const first = bundle.index * 256;
    expect(lines).toEqual(expected.documents.slice(first, first + bundle.width));
  });

  it('packs bundles and documents for those who can unpack them, and says that it depends', async () => {
    for (const path of ['/tile/entries/000', '/documents/000']) {
      const plain = await get(path);
      expect(plain.headers['vary']).toContain('Accept-Encoding');
      for (const accept of ['identity', 'gzip;q=0', 'br', 'zstd, identity']) {
        const other = await get(path, { headers: { 'Accept-Encoding': accept } });
        expect([accept, other.headers['content-encoding']]).toEqual([accept, undefined]);
        expect(other.body.equals(plain.body)).toBe(true);
      }
      for (const accept of ['gzip', 'gzip, identity', 'br, gzip;q=0.5', '*']) {
        const packed = await get(path, { headers: { 'Accept-Encoding': accept } });
        expect([accept, packed.headers['content-encoding']]).toEqual([accept, 'gzip']);
        expect(packed.body.length).toBeLessThan(plain.body.length);
        expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
      }
    }
    const tile = await get('/tile/0/000', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(tile.headers).not.toHaveProperty('content-encoding');
  });

  it('answers HEAD with the headers of GET and nothing else', async () => {
    for (const path of [
      '/checkpoint',
      '/.well-known/trust-ledger',
      '/tile/0/000',
      '/tile/entries/002.p/3',
      '/documents/000',
    ]) {
      const [head, full] = [await get(path, { method: 'HEAD' }), await get(path)];
      expect([path, head.status, head.body.length]).toEqual([path, 200, 0]);
      for (const name of ['content-type', 'cache-control', 'access-control-allow-origin', 'content-length']) {
        expect([name, head.headers[name]]).toEqual([name, full.headers[name]]);
      }
    }
    expect((await get('/tile/0/9', { method: 'HEAD' })).status).toBe(404);
  });

  it('does not mind a query', async () => {
    const plain = await get('/tile/1/000.p/2');
    expect((await get('/tile/1/000.p/2?v=1&x=../../..')).body.equals(plain.body)).toBe(true);
    expect((await get('/checkpoint?x=%zz')).status).toBe(200);
  });

  it.each([
    ...['/tile', '/tile/', '/tile/0', '/tile/0/', '/tile/0/0', '/tile/0/00', '/tile/0/0000', '/tile/0/000/'],
    ...['//tile/0/000', '/tile//0/000', '/tile/0//000', '/./tile/0/000', '/tile/../tile/0/000'],
    ...[
      '/tile%2F0%2F000',
      '/tile/0%2F000',
      '/tile/0/%30%30%30',
      '/tile/0/000%00',
      '/tile/%zz',
      '/%74ile/0/000',
    ],
    ...['/TILE/0/000', '/Tile/0/000', '/tile/0/000.P/1', '/tile/ENTRIES/000', '/tile/00/000', '/tile/+0/000'],
    ...['/tile/-1/000', '/tile/64/000', '/tile/0/x001/x234', '/tile/0/001/002', '/tile/0/x001/0002'],
    ...['/tile/0/x000/001', '/tile/0/X001/000', '/tile/0/000.p', '/tile/0/000.p/', '/tile/0/000.p/0'],
    ...['/tile/0/000.p/256', '/tile/0/000.p/01', '/tile/0/000.p/1/', '/tile/0/000.p/-1', '/tile/0/000.p/1.0'],
    ...['/tile/entries', '/tile/entries/', '/tile/entries/0', '/tile/entries/000.p/256', '/tile/8/0/000'],
    ...[
      '/documents',
      '/documents/',
      '/documents/0',
      '/documents/000/',
      '/documents/000.p/',
      '/documents/entries/000',
    ],
    ...[
      '/documents/%30%30%30',
      '/documents/x000/000',
      '/DOCUMENTS/000',
      '/checkpoint/',
      '/CHECKPOINT',
      '/checkpoint.',
    ],
    ...['/.well-known/trust-ledger/', '/.well-known/Trust-Ledger', '/.well-known/'],
  ])('has nothing at %s', async (path) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['/tile/0/000', 200],
    ['/tile/0/002', 404],
    ['/tile/0/002.p/188', 200],
    ['/tile/0/002.p/189', 404],
    ['/tile/0/003', 404],
    ['/tile/0/003.p/1', 404],
    ['/tile/0/x001/000', 404],
    ['/tile/1/000', 404],
    ['/tile/1/000.p/2', 200],
    ['/tile/1/000.p/3', 404],
    ['/tile/2/000.p/1', 404],
    ['/tile/63/000.p/1', 404],
    ['/tile/0/x999/x999/x999/x999/x999/999', 404],
    ['/tile/entries/002', 404],
    ['/tile/entries/002.p/188', 200],
    ['/tile/entries/002.p/189', 404],
    ['/documents/002', 404],
    ['/documents/002.p/188', 200],
    ['/documents/002.p/189', 404],
  ])('answers %s of a log of 700 entries with %i', async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' });
    checkContract(`GET ${path}`, status, answer.headers, answer.body.toString());
  });

  it('takes no other method', async () => {
    for (const path of ['/checkpoint', '/tile/0/000', '/documents/000', '/.well-known/trust-ledger']) {
      const { status, headers } = await get(path, { method: 'POST' });
      expect([path, status, headers['allow']]).toEqual([path, 405, 'GET, HEAD']);
    }
  });

  it('has a limit of its own, which the other routes do not share', async () => {
    const app = createApp({
      config: { ...readConfig({}).http, rateLimits: { submit: 0, check: 0, read: 1, tiles: 3, login: 0 } },
      log: createLogger('silent'),
      state: world.state,
      clock: () => new Date(),
    });
    for (const path of ['/checkpoint', '/documents/000.p/1', '/.well-known/trust-ledger'] as const) {
      expect((await ask(app, `GET ${path}`)).status).toBe(200);
    }
    const refused = await ask(app, 'GET /tile/0/000');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect((await ask(app, 'GET /api/v1/ledger')).status).toBe(200);
  });

  // Last, because it stops this service's publisher.
  it('gives nothing that is committed and not published, and at once what another process has published', async () => {
    await (world.service.log as OpenLog).close();
    await appendMany(db, size, 10);
    const wider = `/tile/0/002.p/${size - 512 + 10}`;
    const document = `/documents/002.p/${size - 512 + 10}`;
    expect((await get(wider)).status).toBe(404);
    expect((await get(document)).status).toBe(404);
    const other = await makeWorld(db, { folder });
    expect(other.service.log.published()?.size).toBe(size + 10);
    expect(world.service.log.published()?.size).toBe(size);
    const { body } = await get(wider);
    expect(body.equals((await expectedLog(db)).files.get(wider.slice(1))!)).toBe(true);
    expect((await get(document)).status).toBe(200);
    await (other.service.log as OpenLog).close();
  });
});

describe("the files of a log that can't publish", () => {
  it('are refused with 503 while the service starts', async () => {
    const app = createApp({
      config: readConfig({}).http,
      log: createLogger('silent'),
      state: createServiceState(),
      clock: () => new Date(),
    });
    for (const path of [
      '/checkpoint',
      '/tile/0/000',
      '/documents/000',
      '/.well-known/trust-ledger',
    ] as const) {
      expect((await ask(app, `GET ${path}`)).status).toBe(503);
    }
  });
});

describeDatabases('a log whose witnesses have not answered yet', (open) => {
  it('has no checkpoint, says so, and says who it is all the same', async () => {
    const db = await open();
    const folder = logFolder();
    const witness = await makePrivateKey('witness.test', 'cosignature', new Uint8Array(32).fill(7));
    const policy = join(folder, 'policy');
    writeFileSync(policy, `witness w ${formatVerifierKey(witness.key)} http://127.0.0.1:1/\nquorum w\n`);
    const clock = (): Date => new Date('2026-11-22T12:00:00Z');
    const service = await createService({
      ...{ db, clock, workers: 0, log: createLogger('silent') },
      ledgerLog: { ...testLogConfig(folder), witnessPolicy: policy },
    });
    const state = createServiceState();
    state.setReady(service);
    const app = createApp({ config: readConfig({}).http, log: createLogger('silent'), state, clock });
    const refused = await ask(app, 'GET /checkpoint');
    expect(refused.status).toBe(404);
    expect(refused.json).toMatchObject({ code: 'not-found' });
    expect(refused.text).toContain('few seconds');
    expect((await ask(app, 'GET /api/v1/consistency?from=0')).status).toBe(404);
    const { json } = await ask(app, 'GET /.well-known/trust-ledger');
    expect(discoverySchema.parse(json).policy).toContain('quorum w');
    await (service.log as OpenLog).close();
  });
});
