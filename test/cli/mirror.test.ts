// trust-check mirror: a copy that is the same bytes, that refuses what does not hold, and that goes on where it was.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatLeaf, parseLeaf } from '../../core/log/leaf.ts';
import { leafOfCertificate } from '../../core/log/leaf-of.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import { makeReviewer as makeRevocable } from '../support/reviewers.ts';
import { manyEntries, type ManyEntries } from './support/many-entries.ts';
import { contentOf, LedgerBuilder, serveLog, staticPaths, writeStatic } from './support/static-ledger.ts';
import { makeReviewer, review, sign, World, type Outcome } from './support/world.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('trust-check mirror', () => {
  const world = new World();
  let many: ManyEntries;
  let counter = 0;

  beforeAll(async () => {
    many = await manyEntries(700);
  });
  afterAll(() => {
    world.remove();
  });

  /** A machine that has seen none of these logs: they share a key, and the mirror has to find out by itself. */
  const noMemory = (): Record<string, string> => ({
    XDG_STATE_HOME: join(world.folder, `state-${counter++}`),
  });
  const fresh = (): string => join(world.folder, `mirror-${counter++}`);
  const from = (folder: string, into: string, more: string[] = []): Promise<Outcome> =>
    world.run(['mirror', into, '--from', folder, '--json', ...more], { env: noMemory() });
  const staticFolder = async (builder: LedgerBuilder): Promise<string> => {
    const folder = join(world.folder, `ledger-${counter++}`);
    await writeStatic(builder.log, folder);
    return folder;
  };

  it('makes the very same files out of a server, and says what it did', async () => {
    const served = await serveLog(many.builder.log);
    const into = fresh();
    const { exit, stdout } = await world.run(['mirror', into, '--server', served.url, '--json'], {
      env: noMemory(),
    });
    await served.close();
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'grown', size: 700, added: 700 });
    const folder = await staticFolder(many.builder);
    expect([...contentOf(into).keys()].sort()).toEqual(staticPaths(many.builder.log).sort());
    expect(contentOf(into)).toEqual(contentOf(folder));
  });

  it('follows growth from a size within a bundle, fetches only what is new, and leaves no narrower files', async () => {
    const grows = await manyEntries(300);
    const served = await serveLog(grows.builder.log);
    const into = fresh();
    const env = noMemory();
    expect((await world.run(['mirror', into, '--server', served.url], { env })).exit).toBe(0);
    await grows.more(250);
    served.requests.length = 0;
    const second = await world.run(['mirror', into, '--server', served.url, '--json'], { env });
    const asked = [...served.requests];
    await served.close();
    expect(JSON.parse(second.stdout)).toMatchObject({ status: 'grown', size: 550, added: 250 });
    expect(asked).not.toContain('tile/entries/000');
    expect(asked).toContain('tile/entries/001');
    expect([...contentOf(into).keys()].sort()).toEqual(staticPaths(grows.builder.log).sort());
    expect(contentOf(into)).toEqual(contentOf(await staticFolder(grows.builder)));
  });

  it('has nothing to do when nothing is new', async () => {
    const folder = await staticFolder(many.builder);
    const into = fresh();
    await from(folder, into);
    const { exit, stdout } = await from(folder, into);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'current', added: 0, size: 700 });
  });

  it('takes an empty ledger', async () => {
    const folder = await staticFolder(new LedgerBuilder());
    const { exit, stdout } = await from(folder, fresh());
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ size: 0 });
  });

  it('refuses a folder that holds something else', async () => {
    const folder = await staticFolder(many.builder);
    const into = fresh();
    mkdirSync(into);
    writeFileSync(join(into, 'notes.txt'), 'mine');
    const { exit, stdout } = await from(folder, into);
    expect(exit).toBe(2);
    expect(stdout).toContain('is no mirror');
  });

  /** A log that tells a lie in one entry, with all tiles and signatures over it as they should be. */
  const refused = async (
    tell: (builder: LedgerBuilder) => Promise<void> | void,
  ): Promise<{ outcome: Outcome; into: string }> => {
    const { builder } = await manyEntries(20);
    await tell(builder);
    const into = fresh();
    const outcome = await from(await staticFolder(builder), into);
    expect(() => readFileSync(join(into, 'checkpoint'))).toThrow();
    return { outcome, into };
  };

  it('refuses a document that was changed, with its entry', async () => {
    const { outcome } = await refused(({ log }) => {
      const entry = log.entries[12]!;
      log.entries[12] = { ...entry, document: entry.document.replace('positive', 'negative') };
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout).toContain('Entry 12 of the ledger does not hold');
  });

  it('refuses a statement whose signature does not hold, though every hash fits', async () => {
    const { outcome } = await refused(({ log }) => {
      const entry = log.entries[12]!;
      const document = entry.document.replace('positive', 'negative');
      const hash = createHash('sha256').update(document).digest('hex');
      const leaf = formatLeaf({ ...parseLeaf(text(entry.leaf)), documentHash: hash });
      log.entries[12] = { leaf: Buffer.from(leaf), document, documentHash: hash };
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout).toMatch(
      /Entry 12 of the ledger does not hold: The OpenPGP signature does not fit/,
    );
  });

  it('refuses a leaf record that says another author, kind, time order or subjects than the document', async () => {
    for (const change of [
      (leaf: string) => leaf.replace(/^subject .*\n/m, ''),
      (leaf: string) => leaf.replace('kind package review', 'kind source'),
      (leaf: string) =>
        leaf.replace(/^statement ./m, (found) => `${found.slice(0, -1)}${found.endsWith('0') ? '1' : '0'}`),
      (leaf: string) => leaf.replace('time 2026-11-22T20', 'time 2026-11-22T19'),
    ]) {
      const { outcome } = await refused(({ log }) => {
        const entry = log.entries[15]!;
        log.entries[15] = { ...entry, leaf: Buffer.from(change(text(entry.leaf))) };
      });
      expect(outcome.stdout).toContain('Entry 15 of the ledger does not hold');
      expect(outcome.exit).toBe(3);
    }
  });

  it('refuses a statement that stands there twice', async () => {
    const { outcome } = await refused((builder) => {
      const entry = builder.log.entries[7]!;
      builder.append({ ...parseLeaf(text(entry.leaf)), recordedAt: builder.now }, entry.document);
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout).toContain(
      'Entry 20 of the ledger does not hold: it has the same statement as entry 7',
    );
  });

  it('refuses a statement before the certificate that it needs', async () => {
    const { outcome } = await refused(async (builder) => {
      const late = await makeReviewer('Late');
      const certificate = await parseCertificate(late.armored);
      builder.certificates.set(late.identity, certificate);
      await builder.statement(await sign(late, review('pkg:npm/late@1.0.0', 'a'.repeat(128))));
      builder.certificate(certificate);
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout).toContain('Entry 20 of the ledger does not hold');
    expect(outcome.stdout).toContain('is not known');
  });

  it('refuses a certificate that forgets a revocation, and takes one that adds it', async () => {
    const person = await makeRevocable('Person');
    const revoked = await person.revoked('hard', new Date('2026-11-22T12:00:00Z'));
    const { outcome } = await refused((builder) => {
      builder.certificate(person.certificate);
      builder.certificate(revoked);
      builder.append(leafOfCertificate(person.certificate, builder.now), person.certificate.armored);
    });
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout).toContain('Entry 22 of the ledger does not hold');
    const { builder } = await manyEntries(10);
    builder.certificate(person.certificate);
    builder.certificate(revoked);
    expect((await from(await staticFolder(builder), fresh())).exit).toBe(0);
  });

  it('refuses tiles, bundles and documents that a copy has damaged', async () => {
    const folder = await staticFolder(many.builder);
    for (const [path, at] of [
      ['tile/0/001', 40],
      ['tile/1/000.p/2', 3],
      ['tile/entries/001', 5000],
      ['documents/001', 90_000],
      ['checkpoint', 40],
    ] as const) {
      const bytes = readFileSync(join(folder, path));
      const broken = Buffer.from(bytes);
      broken[at]! ^= 1;
      writeFileSync(join(folder, path), broken);
      const { exit, stdout } = await from(folder, fresh());
      expect({ path, exit }, stdout).toEqual({ path, exit: 3 });
      writeFileSync(join(folder, path), bytes);
    }
  });

  it('keeps what it has when the ledger shows another history, and prints both notes', async () => {
    const { builder } = await manyEntries(40);
    const folder = await staticFolder(builder);
    const into = fresh();
    await from(folder, into);
    const before = contentOf(into);
    const other = await manyEntries(50);
    await writeStatic(other.builder.log, folder);
    const { exit, stdout } = await from(folder, into);
    expect(exit).toBe(3);
    const { error } = JSON.parse(stdout) as { error: { code: string; notes: Record<string, string> } };
    expect(error.code).toBe('ledger-fork');
    expect(error.notes['known']).toContain('\n40\n');
    expect(error.notes['contradicting']).toContain('\n50\n');
    expect(contentOf(into)).toEqual(before);
  });

  it('keeps what it has when the ledger shows an older state of the same history', async () => {
    const { builder } = await manyEntries(400);
    const into = fresh();
    const folder = await staticFolder(builder);
    await from(folder, into);
    const before = contentOf(into);
    builder.log.published = 300;
    await writeStatic(builder.log, folder);
    const { exit, stdout } = await from(folder, into);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'behind', size: 400, added: 0 });
    expect(contentOf(into)).toEqual(before);
  });

  it('makes its index anew', async () => {
    const into = fresh();
    await from(await staticFolder(many.builder), into);
    rmSync(join(into, '.mirror/index'), { recursive: true });
    mkdirSync(join(into, '.mirror/index'));
    const broken = await world.run(['mirror', into, '--from', into], { env: noMemory() });
    expect(broken.stderr).toContain('--reindex');
    const { exit, stdout } = await world.run(['mirror', into, '--reindex', '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ schema: 1, status: 'reindexed', size: 700 });
    const after = await from(await staticFolder(many.builder), into);
    expect(JSON.parse(after.stdout)).toMatchObject({ status: 'current', size: 700 });
  });

  it('keeps following with --follow, and ends when it is interrupted', async () => {
    const grows = await manyEntries(30);
    const served = await serveLog(grows.builder.log);
    const into = fresh();
    let interrupt: () => void = () => undefined;
    const running = world.run(['mirror', into, '--server', served.url, '--json', '--follow', '1'], {
      env: noMemory(),
      onInterrupt: (handler) => {
        interrupt = handler;
        return () => undefined;
      },
    });
    const until = async (size: number): Promise<void> => {
      while (
        !existsSync(join(into, 'checkpoint')) ||
        !readFileSync(join(into, 'checkpoint'), 'utf8').includes(`\n${size}\n`)
      )
        await sleep(50);
    };
    await until(30);
    await grows.more(12);
    await until(42);
    interrupt();
    const { exit } = await running;
    await served.close();
    expect(exit).toBe(130);
  });
});
