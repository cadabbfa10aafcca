import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consistencySchema, discoverySchema } from '../../../core/api/ledger.ts';
import { fromBase64, toHex } from '../../../core/bytes.ts';
import { verifyConsistency } from '../../../core/log/merkle-proof.ts';
import { computeRoot } from '../../../core/log/tree.ts';
import { parseTlogProof, verifyTlogProof } from '../../../core/log/tlog-proof.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../../core/log/witness-policy.ts';
import type { Database } from '../../../db/database.ts';
import type { OpenLog } from '../../../server/log/open-log.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { readerOf, treeLevels } from '../../support/memory-log.ts';
import { ask } from '../support/contract.ts';
import { appendMany, expectedLog, publishedAt, type LogFiles } from '../support/long-ledger.ts';
import { makeWorld, type World } from '../support/world.ts';

const size = 650;
const nothing = 'ab'.repeat(32);

/** The database, with its questions noted. */
function watched(db: Database): { readonly db: Database; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    db: {
      ...db,
      query: (text, values) => {
        asked.push(text);
        return db.query(text, values);
      },
    },
  };
}

describeDatabases('receipts and proofs', (open) => {
  let db: Database;
  let world: World;
  let asked: string[];
  let expected: LogFiles;
  let policy: WitnessPolicy;
  let rootAt: (size: number) => Uint8Array;
  const folder = logFolder();

  /** Questions other than those that the publisher asks every second. */
  const questions = (): number => asked.filter((text) => /\b(?:tiles|entries|documents)\b/.test(text)).length;

  beforeAll(async () => {
    const both = watched(await open());
    ({ db, asked } = both);
    world = await makeWorld(db, { folder });
    await appendMany(db, 0, size);
    await publishedAt(world.service, size);
    expected = await expectedLog(db);
    const read = readerOf(treeLevels(expected.leafHashes));
    rootAt = (at) => computeRoot(at, read);
    const { json } = await ask(world.app, 'GET /.well-known/trust-ledger');
    policy = parseWitnessPolicy(discoverySchema.parse(json).policy);
  }, 60_000);
  afterAll(async () => {
    await (world.service.log as OpenLog).close();
  });

  it('proves every entry, asked for by statement id or by leaf hash', async () => {
    for (let index = 0; index < size; index += 13) {
      const [id, leafHash] = [expected.ids[index]!, expected.leafHashes[index]!];
      const answer = await ask(world.app, `GET /api/v1/receipts/${id}`);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-cache',
        'access-control-allow-origin': '*',
      });
      const proof = parseTlogProof(answer.text);
      expect(proof.index).toBe(index);
      expect((await verifyTlogProof(proof, leafHash, policy)).size).toBe(size);
      const same = await ask(world.app, `GET /api/v1/receipts/by-leaf/${toHex(leafHash)}`);
      expect(same.text).toBe(answer.text);
    }
  });

  it('asks the database nothing for a receipt whose tiles and place it has seen', async () => {
    const [first, other] = [expected.ids[3]!, expected.ids[200]!];
    await ask(world.app, `GET /api/v1/receipts/${first}`);
    await ask(world.app, `GET /api/v1/receipts/${other}`);
    const before = questions();
    await ask(world.app, `GET /api/v1/receipts/${first}`);
    await ask(world.app, `GET /api/v1/receipts/${other}`);
    expect(questions()).toBe(before);
    await ask(world.app, `GET /api/v1/receipts/${expected.ids[4]!}`);
    expect(questions()).toBe(before + 1);
  });

  it.each(['/api/v1/receipts/', '/api/v1/receipts/by-leaf/', '/api/v1/documents/'])(
    'says what %s does not have, and refuses what is no hash',
    async (path) => {
      expect((await ask(world.app, `GET ${path as '/'}${nothing}`)).status).toBe(404);
      for (const wrong of ['x', nothing.toUpperCase(), `${nothing}00`, `${nothing.slice(1)}g`]) {
        expect((await ask(world.app, `GET ${path as '/'}${wrong}`)).status).toBe(400);
      }
      expect((await ask(world.app, `GET ${path as '/'}${nothing}/`)).status).toBe(404);
    },
  );

  it('gives documents by their hash, byte for byte, not to be kept for ever', async () => {
    const { hash, document } = expected.documents[5]!;
    const answer = await ask(world.app, `GET /api/v1/documents/${hash}`);
    expect(answer.text).toBe(document);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    });
  });

  it('proves any two published sizes consistent', async () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }));
    await fc.assert(
      fc.asyncProperty(sizes, async (two) => {
        const [from, to] = [Math.min(...two), Math.max(...two)];
        const answer = await ask(world.app, `GET /api/v1/consistency?from=${from}&to=${to}`);
        const { proof, ...rest } = consistencySchema.parse(answer.json);
        expect(rest).toEqual({ from, to });
        verifyConsistency({
          ...{ oldSize: from, oldRoot: rootAt(from), newSize: to, newRoot: rootAt(to) },
          proof: proof.map(fromBase64),
        });
      }),
      { numRuns: 60 },
    );
    const { json } = await ask(world.app, 'GET /api/v1/consistency?from=600');
    expect(json).toMatchObject({ from: 600, to: size });
  });

  it.each([
    ['', 400],
    ['from=-1', 400],
    ['from=1.5', 400],
    ['from=x', 400],
    ['from=5&to=4', 400],
    ['from=1&to=2&more=3', 400],
    ['from=99999999999999999999', 400],
    ['from=1&to=651', 404],
    ['from=651', 400],
  ])('refuses a proof of consistency for "%s" with %i', async (query, status) => {
    expect((await ask(world.app, `GET /api/v1/consistency?${query}`)).status).toBe(status);
  });

  // Last, because it stops this service's publisher.
  it('gives no receipt before publication, and one at once when another process has published', async () => {
    await (world.service.log as OpenLog).close();
    await appendMany(db, size, 3);
    const later = await expectedLog(db);
    const path = `/api/v1/receipts/${later.ids[size + 1]!}` as const;
    const refused = await ask(world.app, `GET ${path}`);
    expect(refused.status).toBe(404);
    expect(refused.text).toContain('not published yet');
    const other = await makeWorld(db, { folder });
    const proof = parseTlogProof((await ask(world.app, `GET ${path}`)).text);
    expect((await verifyTlogProof(proof, later.leafHashes[size + 1]!, policy)).size).toBe(size + 3);
    await (other.service.log as OpenLog).close();
  });
});
