// Importing crev proof repositories: what is found, what is bad and why, what happens on interruption. And publish, digest.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signCrevProof, type CrevContent } from '../../core/statement/crev/sign.ts';
import { readStatement } from '../../core/statement/canonical.ts';
import { serveLedger } from './support/memory-ledger.ts';
import { World } from './support/world.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';

const seed = new Uint8Array(32).fill(0x42);
const from = { 'id-type': 'crev', id: 'IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI' };

async function proof(version: string): Promise<string> {
  const statement = readStatement({
    kind: 'package review',
    version: -1,
    date: '2026-04-05T12:00:00+00:00',
    from,
    package: { purl: `pkg:cargo/hex@${version}`, digests: { crevDigest: 'ab'.repeat(32) } },
    review: { thoroughness: 'low', understanding: 'low', rating: 'positive' },
  });
  return signCrevProof(statement as CrevContent, seed);
}

describe('trust-check import crev', () => {
  const world = new World();
  let server: { url: string; close: () => Promise<void> };
  const repository = 'proofs';

  beforeAll(async () => {
    server = await serveLedger(world.ledger);
    const [one, two, three, hidden] = await Promise.all(['1.0.0', '2.0.0', '3.0.0', '4.0.0'].map(proof));
    const forged = (await proof('5.0.0')).replace('rating: positive', 'rating: strong');
    world.write(`${repository}/a/one.proof.crev`, `${one!}\n${two!}`);
    world.write(`${repository}/b/mixed.proof.crev`, `${forged}\nnonsense\n${three!}`);
    world.write(`${repository}/.git/hidden.proof.crev`, hidden!);
    world.write(`${repository}/README.md`, 'not a proof');
    world.write('outside.proof.crev', hidden!);
    symlinkSync(
      join(world.project, 'outside.proof.crev'),
      join(world.project, repository, 'link.proof.crev'),
    );
  });
  afterAll(async () => {
    await server.close();
    world.remove();
  });

  const run = (...argv: string[]) =>
    world.run(['import', 'crev', repository, '--server', server.url, ...argv]);

  it('only verifies with --dry-run, without any server', async () => {
    const { exit, stdout } = await world.run(['import', 'crev', repository, '--dry-run']);
    expect(exit).toBe(3);
    expect(stdout).toContain('2 files: 3 good, 2 refused; nothing was published');
    expect(world.ledger.entries).toHaveLength(0);
  });

  it('reports bad proofs one by one with file, line and reason, and publishes the rest', async () => {
    const { exit, stdout } = await run();
    expect(exit).toBe(3);
    expect(stdout).toMatchInlineSnapshot(`
      "✗ proofs/b/mixed.proof.crev:1: The Ed25519 signature does not fit the text and the author’s key. [signature-invalid]
      ✗ proofs/b/mixed.proof.crev:21: Line 21: text outside of a proof: nonsense. [text-outside-signature]
      2 files: 3 created, 0 known, 2 refused
      "
    `);
    expect(world.ledger.entries).toHaveLength(3);
  });

  it('can be run again, and says what the ledger knew', async () => {
    const { exit, stdout } = await run('--no-fail', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, finished: true, created: 0, known: 3, refused: 2 });
  });

  it('says what was done when it is interrupted', async () => {
    let interrupt = (): void => undefined;
    const outcome = await world.run(['import', 'crev', repository, '--server', server.url], {
      onInterrupt: (handler) => {
        interrupt = handler;
        return () => undefined;
      },
      fetch: async (input, init) => {
        interrupt();
        init?.signal?.throwIfAborted();
        return fetch(input, init);
      },
    });
    expect(outcome.exit).toBe(130);
    expect(outcome.stdout).toContain('stopped after 0 of 3');
    expect(outcome.stderr).toContain('Interrupted');
  });

  it('refuses a folder that is not there', async () => {
    const { exit, stderr } = await world.run(['import', 'crev', 'nowhere', '--dry-run']);
    expect(exit).toBe(2);
    expect(stderr).toContain('nowhere');
  });

  it('publishes single files, crev proofs of several too, and names what is none', async () => {
    const { exit, stdout } = await world.run([
      'publish',
      `${repository}/a/one.proof.crev`,
      `${repository}/README.md`,
      '--server',
      server.url,
    ]);
    expect(stdout.match(/already known: package review/g)).toHaveLength(2);
    expect(stdout).toContain('README.md is no signed statement and no certificate');
    expect(exit).toBe(3);
  });

  describeWithCorpus('on the real proofs', () => {
    it('verifies all 1685 of them', async () => {
      const { exit, stdout } = await world.run([
        'import',
        'crev',
        corpusPath('corpus', 'crev-proofs'),
        '--dry-run',
      ]);
      expect(stdout).toContain('1685 good, 0 refused');
      expect(exit).toBe(0);
    });
  });
});

describe('trust-check digest', () => {
  const world = new World();
  afterAll(() => {
    world.remove();
  });

  it('gives the known digests of the sample tree and of a file, as text and as JSON', async () => {
    const root = join(world.project, 'sample');
    mkdirSync(join(root, 'sub'), { recursive: true });
    mkdirSync(join(root, 'emptydir'));
    writeFileSync(join(root, 'a.txt'), 'hello\n', { mode: 0o644 });
    writeFileSync(join(root, 'run.sh'), '#!/bin/sh\necho hi\n', { mode: 0o755 });
    writeFileSync(join(root, 'sub.c'), 'int x;\n', { mode: 0o644 });
    writeFileSync(join(root, 'sub/b'), 'b\n', { mode: 0o644 });
    symlinkSync('a.txt', join(root, 'link'));
    const { exit, stdout } = await world.run(['digest', 'sample', 'sample/a.txt']);
    expect(exit).toBe(0);
    // Made by nix 2.8, git and two implementations of crev.
    expect(stdout).toContain('03079854018afa08f6ea66a8113efe21b6c5351d38fa6a69fa595faaf662b294');
    expect(stdout).toContain('90549c26538746972b21fea91a13920212f3646e');
    expect(stdout).toContain('5b8408d3611b979331ee24b434a33f596483e4ba');
    expect(stdout).toContain('ce013625030ba8dba906f756967f9e9ca394464a');
    const json = await world.run(['digest', '--json', 'sample', 'nowhere']);
    expect(json.exit).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      exit: 2,
      results: [
        { path: 'sample', kind: 'folder', digests: { gitTree: '90549c26538746972b21fea91a13920212f3646e' } },
        { path: 'nowhere', error: { code: 'usage' } },
      ],
    });
  });
});
