import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeFolderSource } from '../../../cli/ledger/folder-source.ts';
import { parseVerifierKey } from '../../../core/log/note-key.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { VerifiedTree } from '../../../core/log/tile-reader.ts';
import type { Database } from '../../../db/database.ts';
import { exportLedger } from '../../../server/export/export-ledger.ts';
import { openFolderTarget } from '../../../server/export/folder-target.ts';
import { listen, type HttpServer } from '../../../server/http-server.ts';
import type { OpenLog } from '../../../server/log/open-log.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';
import { bundleFiles, sourceOf, tileFiles } from '../../support/memory-log.ts';
import { appendMany, expectedLog, publishedAt } from '../support/long-ledger.ts';
import { rawGet } from '../support/raw-get.ts';
import { digestsOf, filesIn, memoryTarget } from '../support/target-files.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('the ledger as static files', (open) => {
  let db: Database;
  let world: World;
  let http: HttpServer;
  let files: HttpServer;
  const root = mkdtempSync(join(tmpdir(), 'trust-ledger-export-'));
  const served = join(root, 'served');
  /** The export of 300 entries, and of all 700 on top of it. */
  const [small, large] = [join(root, 'small'), join(root, 'large')];
  let counter = 0;
  let folder: string;

  const run = async (into: string) => exportLedger(db, world.service.log, await openFolderTarget(into));

  beforeAll(async () => {
    db = await open();
    world = await makeWorld(db, { folder: logFolder() });
    http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    files = await serveFolder(served);
    await run(served);
    let before = 0;
    for (const size of [1, 300, 301, 700]) {
      await appendMany(db, before, size - before);
      await publishedAt(world.service, size);
      await run(served);
      before = size;
      if (size === 300) {
        await run(small);
        cpSync(small, large, { recursive: true });
      }
    }
    await run(large);
    await (world.service.log as OpenLog).close();
  }, 120_000);
  afterAll(async () => {
    await http.stop(0);
    await files.stop(0);
    rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => {
    folder = join(root, `run-${++counter}`);
  });

  it('holds exactly the files of a log of this size, byte for byte as they are by definition', async () => {
    const { leafHashes, leaves, documents } = await expectedLog(db);
    const lines = (from: number, to: number): Buffer =>
      Buffer.from(
        documents
          .slice(from, to)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      );
    const expected = new Map<string, Uint8Array>([
      ...tileFiles(leafHashes),
      ...bundleFiles(leaves),
      ['documents/000', lines(0, 256)],
      ['documents/001', lines(256, 512)],
      ['documents/002.p/188', lines(512, 700)],
      ['checkpoint', Buffer.from(world.service.log.published()!.note)],
      ['.well-known/trust-ledger', Buffer.from(JSON.stringify(world.service.log.discovery()))],
      // What a level that is not full yet was at the sizes that were exported before.
      ['tile/1/000.p/1', tileFiles(leafHashes.slice(0, 300)).get('tile/1/000.p/1')!],
    ]);
    const found = filesIn(large);
    expect([...found.keys()]).toEqual([...expected.keys()].sort());
    for (const [path, bytes] of expected)
      expect([path, found.get(path)?.equals(bytes)]).toEqual([path, true]);
  });

  it('gives by any web server the bytes that the service gives', async () => {
    const paths = [...filesIn(served).keys()];
    expect(paths.length).toBeGreaterThan(12);
    for (const path of paths) {
      const [ours, theirs] = [
        await rawGet(http.address, `/${path}`),
        await rawGet(files.address, `/${path}`),
      ];
      expect([path, ours.status, theirs.status]).toEqual([path, 200, 200]);
      expect([path, ours.body.equals(theirs.body)]).toEqual([path, true]);
    }
  });

  it('is what the command line reads as a ledger: every leaf and document under its checkpoint', async () => {
    const source = makeFolderSource(large);
    const keys = (await source.discovery()).keys.map(parseVerifierKey);
    const tree = new VerifiedTree(await openCheckpoint(await source.checkpoint(), keys), source);
    const expected = await expectedLog(db);
    expect(tree.checkpoint.size).toBe(700);
    for (const [index, hash] of expected.leafHashes.entries()) {
      expect(Buffer.compare(await tree.leafHash(index), hash)).toBe(0);
    }
    expect(await source.documents({ index: 2, width: 188 })).toEqual(expected.documents.slice(512));
  });

  it('writes nothing where nothing has changed', async () => {
    expect(await run(large)).toEqual({ size: 700, written: 0, removed: 0 });
  });

  it('keeps partial files until the full one is there, and not longer', () => {
    expect([...filesIn(small).keys()]).toContain('tile/0/001.p/44');
    const grown = filesIn(served);
    const partial = [...grown.keys()].filter((path) => path.includes('.p/'));
    expect(partial.filter((path) => path.includes('/000.p') && !path.startsWith('tile/1/'))).toEqual([]);
    expect(partial.filter((path) => path.includes('/001.p'))).toEqual([]);
    expect(partial).toContain('tile/0/002.p/188');
    expect(existsSync(join(served, 'tile/entries/001.p'))).toBe(false);
  });

  it('is the same after a crash at any write and another run, and whole for its checkpoint in between', async () => {
    const [before, after] = [filesIn(small), filesIn(large)];
    const counting = memoryTarget(before);
    await exportLedger(db, world.service.log, counting);
    expect(digestsOf(counting.files)).toEqual(digestsOf(after));
    // Two bundles with their documents, two tiles below and one above, and the checkpoint as the last.
    expect(counting.writes.length).toBe(2 + 2 + 2 + 1 + 1);
    expect(counting.writes.at(-1)).toBe('checkpoint');
    for (const when of ['before', 'after'] as const) {
      for (let at = 0; at < counting.writes.length; at++) {
        const crashed = memoryTarget(before, at, when);
        await expect(exportLedger(db, world.service.log, crashed)).rejects.toThrow('crashed');
        await requireWhole(crashed.files);
        const next = memoryTarget(crashed.files);
        await exportLedger(db, world.service.log, next);
        expect(digestsOf(next.files)).toEqual(digestsOf(after));
      }
    }
  });

  it('removes later what a crash left half-written, and leaves alone what may be under way', async () => {
    cpSync(large, folder, { recursive: true });
    const [old, young] = [join(folder, '.writing/old'), join(folder, '.writing/young')];
    for (const path of [old, young]) writeFileSync(path, 'half');
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(old, hourAgo, hourAgo);
    await run(folder);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it.each(['tile/0/001', 'tile/entries/002.p/188', 'tile/1/000.p/2'])(
    'calls it a fork when %s is there with other bytes, and changes nothing',
    async (path) => {
      cpSync(small, folder, { recursive: true });
      await (
        await openFolderTarget(folder)
      ).write(path, Buffer.from('other'), { contentType: '', cacheControl: '' });
      const error = await expectCode('ledger-fork', () => run(folder));
      expect(error.message).toContain(path);
      expect(error.message).toContain(folder);
      expect(readFileSync(join(folder, path), 'utf8')).toBe('other');
      expect(readFileSync(join(folder, 'checkpoint'))).toEqual(readFileSync(join(small, 'checkpoint')));
      await requireWhole(filesIn(folder));
    },
  );

  it('writes nothing into a folder that belongs to another log', async () => {
    cpSync(small, folder, { recursive: true });
    for (const other of [
      'not a note',
      readFileSync(join(small, 'checkpoint'), 'utf8').replaceAll('ledger.test', 'other.test'),
    ]) {
      writeFileSync(join(folder, 'checkpoint'), other);
      const before = digestsOf(filesIn(folder));
      const error = await expectCode('ledger-fork', () => run(folder));
      expect(error.message).toContain('is not one of ledger.test');
      expect(digestsOf(filesIn(folder))).toEqual(before);
    }
  });

  it('writes nothing when the ledger itself is damaged', async () => {
    const damaged = (column: string, change: (row: Record<string, unknown>) => void): Database => ({
      ...db,
      query: async (text, values) => {
        const answer = await db.query<Record<string, unknown>>(text, values);
        answer.rows.forEach((row, i) => {
          if (i === 5 && row[column] !== undefined) change(row);
        });
        return answer as never;
      },
    });
    const flip = (row: Record<string, unknown>): void => {
      const leaf = Uint8Array.from(row['leaf'] as Uint8Array);
      leaf[30]! ^= 1;
      row['leaf'] = leaf;
    };
    const change = (row: Record<string, unknown>): void => {
      row['document'] = `${String(row['document'])} `;
    };
    for (const sick of [damaged('leaf', flip), damaged('document', change)]) {
      const target = await openFolderTarget(folder);
      const error = await expectCode('ledger-corrupt', () => exportLedger(sick, world.service.log, target));
      expect(error.message).toContain('entry');
      expect([...filesIn(folder).keys()]).not.toContain('checkpoint');
      rmSync(folder, { recursive: true });
    }
  });

  it('stops when it is told to', async () => {
    const target = await openFolderTarget(folder);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(exportLedger(db, world.service.log, target, { signal })).rejects.toThrow('enough');
    expect(filesIn(folder).size).toBe(0);
  });

  it('tells how far it is', async () => {
    const told: string[] = [];
    await exportLedger(db, world.service.log, await openFolderTarget(folder), {
      progress: (done, total) => told.push(`${done}/${total}`),
    });
    expect(told.at(-1)).toBe('700/700');
    expect(told.length).toBe(3);
  });

  it("refuses a folder that can't be written to", async () => {
    writeFileSync(folder, 'a file');
    await expectCode('config-invalid', () => openFolderTarget(folder));
  });

  /** Whatever checkpoint is there, every tile that it implies is there too. */
  async function requireWhole(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const keys = world.service.log.discovery().keys.map(parseVerifierKey);
    const checkpoint = await openCheckpoint(Buffer.from(files.get('checkpoint')!).toString(), keys);
    const tree = new VerifiedTree(checkpoint, sourceOf(files));
    for (let index = 0; index < checkpoint.size; index++) await tree.leafHash(index);
  }
});

/** Any web server: it knows nothing of ledgers. */
async function serveFolder(folder: string): Promise<HttpServer> {
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, request.url ?? '')));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
