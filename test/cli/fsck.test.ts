// trust-check log fsck: any one damaged byte of a ledger is found, in its file and at its entry, and all of several are.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { utf8 } from '../../core/bytes.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { parseTilePath, tileWidth } from '../../core/log/tile.ts';
import { manyEntries, type ManyEntries } from './support/many-entries.ts';
import { logKey, witnessKey } from './support/signed-log.ts';
import { serveLog, staticPaths, writeStatic } from './support/static-ledger.ts';
import { World } from './support/world.ts';

const output = z.object({
  exit: z.number(),
  size: z.number().optional(),
  count: z.number(),
  unjudged: z.number(),
  findings: z.array(
    z.object({
      file: z.string(),
      entries: z.object({ first: z.number(), last: z.number() }).optional(),
      code: z.string(),
      message: z.string(),
    }),
  ),
});

describe('trust-check log fsck', () => {
  const world = new World();
  const folder = join(world.folder, 'ledger');
  let many: ManyEntries;
  let key: string;

  beforeAll(async () => {
    many = await manyEntries(300);
    many.builder.log.witnesses = [witnessKey(1)];
    key = formatVerifierKey((await logKey()).key);
    const witness = formatVerifierKey((await witnessKey(1)).key);
    world.write('policy', `log ${key}\nwitness one ${witness}\nquorum one\n`);
    await writeStatic(many.builder.log, folder);
  });
  afterAll(() => {
    world.remove();
  });

  async function fsck(place: string, ...more: string[]) {
    const { exit, stdout, stderr } = await world.run(['log', 'fsck', place, '--json', ...more]);
    const report = output.parse(JSON.parse(stdout));
    expect(report.exit).toBe(exit);
    return { ...report, stderr };
  }
  const withKeys = ['--log-policy', 'policy'];

  it('finds nothing in a ledger that holds, in a folder and by HTTP', async () => {
    expect(await fsck(folder, ...withKeys)).toMatchObject({ exit: 0, size: 300, count: 0, unjudged: 0 });
    const served = await serveLog(many.builder.log);
    expect(await fsck(served.url, ...withKeys)).toMatchObject({ exit: 0, size: 300, count: 0 });
    await served.close();
  });

  it('says that it takes the keys which the ledger names itself, when no others are known', async () => {
    const { exit, stderr } = await fsck(folder);
    expect(exit).toBe(0);
    expect(stderr).toContain('the ones that it names itself are taken');
  });

  it('finds any one flipped bit, and names the file and the entry', async () => {
    const paths = staticPaths(many.builder.log).filter((path) => !path.startsWith('.'));
    const place = fc.record({
      path: fc.constantFrom(...paths),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(place, async ({ path, at, bit }) => {
        const file = join(folder, path);
        const bytes = readFileSync(file);
        const offset = Math.floor(at * bytes.length);
        const broken = Buffer.from(bytes);
        broken[offset]! ^= 1 << bit;
        writeFileSync(file, broken);
        try {
          const { exit, findings } = await fsck(folder, ...withKeys);
          expect(exit).toBe(3);
          expect(new Set(findings.map((finding) => finding.file))).toEqual(new Set([path]));
          const expected = entriesAt(path, bytes, offset);
          expect(findings[0]?.entries).toEqual(expected);
        } finally {
          writeFileSync(file, bytes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lists every one of several damages, and does not accuse what rests on them', async () => {
    const bigger = await manyEntries(1500);
    const copy = join(world.folder, 'bigger');
    await writeStatic(bigger.builder.log, copy);
    const damages = [
      ['tile/0/002', 77],
      ['tile/1/000.p/5', 10],
      ['tile/entries/001', 20_000],
      ['tile/entries/004', 1],
      ['documents/003', 100_000],
      ['documents/000', 300],
    ] as const;
    interface Expected {
      readonly file: string;
      readonly entries: ReturnType<typeof entriesAt>;
    }
    const expected = damages.map(([path, offset]): Expected => {
      const file = join(copy, path);
      const bytes = readFileSync(file);
      const broken = Buffer.from(bytes);
      broken[offset]! ^= 4;
      writeFileSync(file, broken);
      return { file: path, entries: entriesAt(path, bytes, offset) };
    });
    rmSync(join(copy, 'documents/002'));
    expected.push({ file: 'documents/002', entries: { first: 512, last: 767 } });
    const { exit, findings, unjudged } = await fsck(copy, '--log-key', key);
    expect(exit).toBe(3);
    const found = findings.map(({ file, entries }) => ({ file, entries }));
    for (const one of expected) expect(found).toContainEqual(one);
    const files: readonly string[] = expected.map(({ file }) => file);
    expect(found.filter(({ file }) => !files.includes(file))).toEqual([]);
    // The first document is a certificate: a third of the statements is by its author.
    expect(expected.find(({ file }) => file === 'documents/000')?.entries).toEqual({ first: 0, last: 0 });
    expect(unjudged).toBeGreaterThan(300);
  });

  it('finds damage in older, narrower forms that still lie there, and files that belong to no ledger', async () => {
    const grows = await manyEntries(270);
    const copy = join(world.folder, 'narrow');
    await writeStatic(grows.builder.log, copy);
    await grows.more(20);
    await writeStatic(grows.builder.log, copy);
    expect(await fsck(copy, '--log-key', key)).toMatchObject({ exit: 0, count: 0 });
    const file = join(copy, 'documents/001.p/14');
    const bytes = readFileSync(file);
    bytes[500]! ^= 1;
    writeFileSync(file, bytes);
    writeFileSync(join(copy, 'tile/0/readme.txt'), 'hello');
    const { findings } = await fsck(copy, '--log-key', key);
    expect(findings.map((finding) => finding.file)).toEqual(['tile/0/readme.txt', 'documents/001.p/14']);
  });

  it('finds a checkpoint of another key, and what the log itself got wrong', async () => {
    const { key: other } = await logKey(2);
    const stranger = await fsck(folder, '--log-key', formatVerifierKey(other));
    expect(stranger).toMatchObject({ exit: 3, count: 1, findings: [{ file: 'checkpoint' }] });

    const wrong = await manyEntries(30);
    const { entries } = wrong.builder.log;
    const leaf = Buffer.from(entries[20]!.leaf).toString();
    entries[20] = { ...entries[20]!, leaf: utf8(leaf.replace(/^subject .*\n/m, '')) };
    const copy = join(world.folder, 'wrong');
    await writeStatic(wrong.builder.log, copy);
    const { exit, findings } = await fsck(copy, '--log-key', key);
    expect(exit).toBe(3);
    expect(findings).toMatchObject([
      { file: 'documents/000.p/30', entries: { first: 20, last: 20 }, code: 'evidence-invalid' },
    ]);
  });

  it('tells people the same in words', async () => {
    const file = join(folder, 'documents/000');
    const bytes = readFileSync(file);
    const broken = Buffer.from(bytes);
    broken[50_000]! ^= 1;
    writeFileSync(file, broken);
    const { exit, stdout } = await world.run(['log', 'fsck', folder, ...withKeys]);
    writeFileSync(file, bytes);
    const entry = entriesAt('documents/000', bytes, 50_000)!.first;
    expect(exit).toBe(3);
    expect(stdout).toContain(`documents/000: entry ${entry}: `);
    expect(stdout).toContain('300 entries checked: one finding.');
  });
});

/** The entries that a byte of a file is of. */
function entriesAt(path: string, bytes: Buffer, offset: number): { first: number; last: number } | undefined {
  const named = parseTilePath(path);
  if (named === undefined) return undefined;
  if (named.kind === 'tile') {
    const { level, index } = named.tile;
    const span = tileWidth ** level;
    const first = (index * tileWidth + Math.floor(offset / 32)) * span;
    return { first, last: first + span - 1 };
  }
  let position = 0;
  if (named.kind === 'documents') position = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length;
  else {
    for (let at = 0; at < bytes.length; position++) {
      at += 2 + bytes.readUInt16BE(at);
      if (offset < at) break;
    }
  }
  const entry = named.bundle.index * tileWidth + position;
  return { first: entry, last: entry };
}
