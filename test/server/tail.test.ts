// Several server processes on one PostgreSQL: each follows what the others append.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as openpgp from 'openpgp';
import type { CheckResponse } from '../../core/api/checks.ts';
import { openDatabase } from '../../db/connect.ts';
import { rebuildProjections } from '../../db/rebuild.ts';
import { usePlaces } from '../support/database.ts';
import { logFolder } from '../support/log-config.ts';
import { ask, type Answer } from './support/contract.ts';
import { bytesOf, makeAuthor, review, sign, trustIn, type Author } from './support/authors.ts';
import { makeWorld, type World } from './support/world.ts';

describe('two processes on one PostgreSQL', () => {
  const makePlace = usePlaces('postgresql');
  let here: World;
  let there: World;
  let ada: Author;
  let ben: Author;

  const submit = (world: World, document: string): Promise<Answer> =>
    ask(world.app, 'POST /api/v1/statements', { type: 'text/plain', body: document });
  const verdict = async (world: World, purl: string): Promise<string | undefined> => {
    const answer = await ask(world.app, 'POST /api/v1/checks', {
      body: {
        closure: {
          format: 'test',
          inputs: [
            {
              purl,
              artefacts: [{ digests: { sha512: bytesOf(purl) } }],
              places: [],
              groups: [],
              dependencies: [],
            },
          ],
        },
        policy: { roots: [ada.identity] },
      },
    });
    return (answer.json as CheckResponse).report.verdicts[0]?.result.verdict;
  };

  beforeAll(async () => {
    const place = await makePlace();
    const folder = logFolder();
    here = await makeWorld(await openDatabase(place), { folder });
    there = await makeWorld(await openDatabase(place), { folder });
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
  });
  afterAll(async () => {
    await here.service.close();
    await there.service.close();
  });

  it('know each other’s certificates', async () => {
    // Each has been asked for the key before it was there, and must not remember that it was not.
    for (const world of [here, there]) {
      expect((await submit(world, await sign(ada, review('pkg:npm/early@1.0.0')))).json).toMatchObject({
        code: 'key-unknown',
      });
    }
    for (const author of [ada, ben]) await here.service.ingest.submitCertificate(author.certificate.armored);
    expect((await submit(there, await sign(ada, review('pkg:npm/early@1.0.0')))).status).toBe(201);
  });

  it('know each other’s trust and reviews as soon as they are committed', async () => {
    const purl = 'pkg:npm/shared@1.0.0';
    expect(await verdict(there, purl)).toBe('unreviewed');
    await submit(here, await sign(ben, review(purl)));
    expect(await verdict(there, purl)).toBe('unreviewed');
    await submit(here, await sign(ada, trustIn(ben.identity, 'high')));
    expect(await verdict(there, purl)).toBe('reviewed');
    await submit(there, await sign(ada, trustIn(ben.identity, 'distrust'), new Date('2026-11-21T00:00:00Z')));
    expect(await verdict(here, purl)).toBe('unreviewed');
  });

  it('append side by side without gaps or doubles', async () => {
    const documents = await Promise.all(
      Array.from({ length: 120 }, (_, i) => sign(ada, review(`pkg:npm/side-${i % 100}@1.0.0`))),
    );
    const receipts = await Promise.all(
      documents.map((document, i) => (i % 2 === 0 ? here : there).service.ingest.submitStatement(document)),
    );
    expect(new Set(receipts.map(({ index }) => index)).size).toBe(100);
    const { size } = await here.service.readLedger();
    const leaves = await ask(there.app, `GET /api/v1/entries?limit=1000`);
    expect((leaves.json as { entries: { index: number }[] }).entries.map(({ index }) => index)).toEqual(
      Array.from({ length: size }, (_, i) => i),
    );
  });

  it('refuse a key that the other has just learnt is revoked, although they used it a moment ago', async () => {
    const eve = await makeAuthor('Eve');
    await there.service.ingest.submitCertificate(eve.certificate.armored);
    expect((await submit(there, await sign(eve, review('pkg:npm/trusted@1.0.0')))).status).toBe(201);
    const { publicKey } = await openpgp.revokeKey({
      key: eve.signer.key,
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keyCompromised, string: 'stolen' },
      date: new Date('2026-11-21T00:00:00Z'),
      format: 'armored',
    });
    await here.service.ingest.submitCertificate(publicKey);
    expect((await submit(there, await sign(eve, review('pkg:npm/stolen@1.0.0')))).json).toMatchObject({
      code: 'key-revoked',
    });
  });

  it('take a statement although the other’s clock is ahead, at the ledger’s time', async () => {
    here.time.now += 30_000;
    const ahead = await here.service.ingest.submitStatement(await sign(ada, review('pkg:npm/ahead@1.0.0')));
    const behind = await there.service.ingest.submitStatement(
      await sign(ada, review('pkg:npm/behind@1.0.0')),
    );
    expect(ahead.recordedAt).toBe('2026-11-22T12:00:30Z');
    expect(behind.recordedAt).toBe(ahead.recordedAt);
    expect(behind.index).toBe(ahead.index + 1);
  });

  it('leave a ledger that replays to the same judgements', async () => {
    const { size } = await here.service.readLedger();
    expect(await rebuildProjections(here.service.db)).toBe(size);
  });
});
