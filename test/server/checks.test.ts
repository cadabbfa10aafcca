import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import type { CheckResponse } from '../../core/api/checks.ts';
import type { Identity } from '../../core/identity.ts';
import { describeDatabases } from '../support/database.ts';
import { ask, type Answer } from './support/contract.ts';
import { bytesOf, makeAuthor, review, sign, trustIn, type Author } from './support/authors.ts';
import { makeWorld, type World } from './support/world.ts';

const input = (purl: string, sha512 = bytesOf(purl)): object => ({
  purl,
  artefacts: [{ digests: { sha512 } }],
  places: [],
  groups: [],
  dependencies: [],
});
const closure = (...inputs: object[]): object => ({ format: 'test', inputs });
const words = ({ json }: Answer): Record<string, string> =>
  Object.fromEntries(
    (json as CheckResponse).report.verdicts.map(({ purl, result }) => [purl, result.verdict]),
  );

describeDatabases('checks and trust sets', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;
  let eve: Author;
  let ids: Record<string, string>;

  const check = (body: object): Promise<Answer> => ask(world.app, 'POST /api/v1/checks', { body });
  const trustSet = (query: string): Promise<Answer> => ask(world.app, `GET /api/v1/trust-set?${query}`);
  const submit = async (document: Promise<string>): Promise<string> =>
    (await world.service.ingest.submitStatement(await document)).id;

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben, eve] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben'), makeAuthor('Eve')]);
    for (const { certificate } of [ada, ben, eve])
      await world.service.ingest.submitCertificate(certificate.armored);
    ids = {
      trust: await submit(sign(ada, trustIn(ben.identity, 'medium'))),
      distrust: await submit(sign(ada, trustIn(eve.identity, 'distrust'))),
      good: await submit(sign(ben, review('pkg:npm/good@1.0.0'))),
      bad: await submit(
        sign(
          ada,
          review('pkg:npm/bad@1.0.0', {
            review: { thoroughness: 'high', understanding: 'high', rating: 'negative' },
          }),
        ),
      ),
      banned: await submit(sign(eve, review('pkg:npm/banned@1.0.0'))),
      other: await submit(sign(ada, review('pkg:npm/other@1.0.0'))),
    };
  });

  it('gives a verdict for every input, with who said what by which path', async () => {
    const answer = await check({
      closure: closure(
        input('pkg:npm/good@1.0.0'),
        input('pkg:npm/bad@1.0.0'),
        input('pkg:npm/banned@1.0.0'),
        input('pkg:npm/other@1.0.0', 'cd'.repeat(64)),
        input('pkg:npm/unheard@1.0.0'),
      ),
      policy: { roots: [ada.identity] },
    });
    expect(words(answer)).toEqual({
      'pkg:npm/good@1.0.0': 'reviewed',
      'pkg:npm/bad@1.0.0': 'flagged',
      'pkg:npm/banned@1.0.0': 'unreviewed',
      'pkg:npm/other@1.0.0': 'mismatch',
      'pkg:npm/unheard@1.0.0': 'unreviewed',
    });
    const { report, ledger, at, evidence } = answer.json as CheckResponse;
    expect(report.met).toBe(false);
    expect(ledger).toEqual({ size: 9 });
    expect(at).toBe('2026-11-22T12:00:00Z');
    expect(evidence).toBeUndefined();
    const good = report.verdicts.find(({ purl }) => purl === 'pkg:npm/good@1.0.0')!.result;
    expect(good).toMatchObject({
      chains: [
        [
          {
            statement: ids['good'],
            author: ben.identity,
            level: 'medium',
            path: [{ from: ada.identity, to: ben.identity }],
          },
        ],
      ],
    });
  });

  it('lists every statement that was heard, whoever wrote it, when it is asked to', async () => {
    const answer = await check({
      closure: closure(input('pkg:npm/good@1.0.0'), input('pkg:npm/banned@1.0.0')),
      policy: { roots: [ada.identity] },
      evidence: true,
    });
    const { evidence } = answer.json as CheckResponse;
    expect(new Set(evidence?.statements)).toEqual(new Set([ids['good'], ids['banned']]));
    expect(new Set(evidence?.trust)).toEqual(new Set([ids['trust'], ids['distrust']]));
  });

  it('reads an uploaded lockfile, compressed or not', async () => {
    const integrity = `sha512-${Buffer.from(bytesOf('pkg:npm/good@1.0.0'), 'hex').toString('base64')}`;
    const lockfile = JSON.stringify({
      name: 'mine',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'mine', version: '1.0.0' },
        'node_modules/good': {
          version: '1.0.0',
          resolved: 'https://registry.example/good-1.0.0.tgz',
          integrity,
        },
      },
    });
    const body = { closure: { name: 'package-lock.json', lockfile }, policy: { roots: [ada.identity] } };
    const plain = await check(body);
    expect(words(plain)).toMatchObject({ 'pkg:npm/good@1.0.0': 'reviewed' });
    const packed = await ask(world.app, 'POST /api/v1/checks', {
      type: 'application/json',
      headers: { 'Content-Encoding': 'gzip' },
      body: gzipSync(JSON.stringify(body)),
    });
    expect(packed.json).toEqual(plain.json);
  });

  it('refuses what is no lockfile, no policy and no JSON, each with its code and place', async () => {
    const policy = { roots: [] };
    expect((await check({ closure: { name: 'notes.txt', lockfile: 'hello' }, policy })).json).toMatchObject({
      status: 422,
      code: 'lockfile-unrecognised',
    });
    expect(
      (await check({ closure: { name: 'package-lock.json', lockfile: '{' }, policy })).json,
    ).toMatchObject({
      status: 422,
      code: 'lockfile-invalid',
    });
    const wrong = await check({ closure: closure(), policy: { require: { thorougness: 'high' } } });
    expect(wrong.json).toMatchObject({ status: 400, code: 'request-invalid' });
    expect((wrong.json as { detail: string }).detail).toContain('policy.require');
    const broken = await ask(world.app, 'POST /api/v1/checks', {
      type: 'application/json',
      body: '{"closure":',
    });
    expect(broken.json).toMatchObject({ status: 400, code: 'request-invalid' });
  });

  it('refuses JSON that nests absurdly, before it is parsed', async () => {
    const bomb = `{"closure":${'['.repeat(100_000)}`;
    const answer = await ask(world.app, 'POST /api/v1/checks', { type: 'application/json', body: bomb });
    expect(answer.json).toMatchObject({ status: 400, detail: expect.stringContaining('nests') as string });
  });

  it('refuses a compressed body that unpacks beyond the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const answer = await ask(world.app, 'POST /api/v1/checks', {
      type: 'application/json',
      headers: { 'Content-Encoding': 'gzip' },
      body: bomb,
    });
    expect(answer.json).toMatchObject({ status: 413, code: 'request-too-large' });
  });

  it('takes what was just submitted into account', async () => {
    const purl = 'pkg:npm/fresh@1.0.0';
    const question = { closure: closure(input(purl)), policy: { roots: [ada.identity] } };
    expect(words(await check(question))).toEqual({ [purl]: 'unreviewed' });
    const id = await submit(sign(ada, review(purl)));
    expect(words(await check(question))).toEqual({ [purl]: 'reviewed' });
    await submit(sign(ada, { kind: 'retraction', statement: id as never, reason: 'mistake' }));
    expect(words(await check(question))).toEqual({ [purl]: 'unreviewed' });
  });

  it('gives the trust set of roots, who is banned, and the statements it follows from', async () => {
    const answer = await trustSet(`root=${ada.identity}`);
    expect(answer.json).toMatchObject({
      roots: [ada.identity],
      trusted: [
        { id: ada.identity, level: 'high', distance: 0 },
        { id: ben.identity, level: 'medium', distance: 1 },
      ],
      banned: [{ id: eve.identity, by: [ada.identity] }],
    });
    const { statements } = answer.json as { statements: string[] };
    expect(statements).toEqual(expect.arrayContaining([ids['trust'], ids['distrust']]));
    const near = await trustSet(`root=${ada.identity}&root=${eve.identity}&max=0`);
    const trusted = (near.json as { trusted: { id: Identity }[] }).trusted.map(({ id }) => id);
    expect(new Set(trusted)).toEqual(new Set([ada.identity, eve.identity]));
  });

  it('refuses a trust set without a root, of nobody, or with impossible costs', async () => {
    expect((await trustSet('max=3')).status).toBe(400);
    expect((await trustSet('root=nobody')).status).toBe(400);
    expect((await trustSet(`root=${ada.identity}&high=-1`)).status).toBe(400);
    expect((await trustSet(`root=${ada.identity}&purl=left`)).status).toBe(400);
    expect((await trustSet(`root=${ada.identity}&max=99999999999`)).status).toBe(400);
  });
});
