import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { parseNote } from '../../../core/log/note.ts';
import { startExporter } from '../../../server/export/exporter.ts';
import { createLogger } from '../../../server/logger.ts';
import { createService } from '../../../server/service.ts';
import { describeDatabases, usePlaces } from '../../support/database.ts';
import { logFolder, testLogConfig } from '../../support/log-config.ts';
import { runTypeScript } from '../../support/run-typescript.ts';
import { makeAuthor, review, sign } from '../support/authors.ts';
import { appendMany, publishedAt } from '../support/long-ledger.ts';
import { endOf, startServer } from '../support/server-process.ts';
import { digestsOf, filesIn, memoryTarget } from '../support/target-files.ts';

const clock = (): Date => new Date('2026-11-22T12:00:00Z');
const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size;

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`It never came about: ${what}`);
    await sleep(20);
  }
}

describeDatabases('exporting in the service', (open, kind) => {
  const root = mkdtempSync(join(tmpdir(), 'trust-ledger-exporter-'));
  const makePlace = usePlaces(kind);
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const exportedSize = (folder: string): number => {
    try {
      return sizeOf(readFileSync(join(folder, 'checkpoint'), 'utf8'));
    } catch {
      return -1;
    }
  };

  it('follows every publication, and the receipt does not wait for it', async () => {
    const folder = join(root, 'followed');
    const service = await createService({
      ...{ db: await open(), clock, workers: 0, log: createLogger('silent') },
      ledgerLog: testLogConfig(logFolder()),
      exportTo: { folder },
    });
    await until('the first export', () => exportedSize(folder) === 0);
    const ada = await makeAuthor('Ada');
    await service.ingest.submitCertificate(ada.certificate.armored);
    const { index } = await service.ingest.submitStatement(await sign(ada, review('pkg:npm/a@1.0.0')));
    await until('the export of two entries', () => exportedSize(folder) === index + 1);
    expect(filesIn(folder).has('tile/entries/000.p/2')).toBe(true);
    await service.close();
  });

  it('tries again what has failed, says so each time, and stops when it is closed', async () => {
    const db = await open();
    const config = testLogConfig(logFolder());
    const service = await createService({
      db,
      clock,
      workers: 0,
      ledgerLog: config,
      log: createLogger('silent'),
    });
    const target = memoryTarget(new Map());
    let failures = 3;
    const told: string[] = [];
    const exporter = startExporter({
      db,
      ledger: service.log,
      log: Object.assign(createLogger('silent'), { error: (_: unknown, line: string) => told.push(line) }),
      openTarget: () => (failures-- > 0 ? Promise.reject(new Error('no storage')) : Promise.resolve(target)),
      pauses: { least: 1, first: 5, longest: 10 },
    });
    await until('an export', () => target.files.has('checkpoint'));
    expect(told).toEqual(Array(3).fill('The ledger was not exported: no storage'));
    await appendMany(db, 0, 5);
    await publishedAt(service, 5);
    exporter.wake();
    await until('the next export', () => target.files.has('tile/0/000.p/5'));
    await exporter.close();
    const { length } = target.writes;
    exporter.wake();
    await sleep(50);
    expect(target.writes.length).toBe(length);
    await service.close();
  });

  it('is done by hand with the same result, also when it is killed on the way', async () => {
    const place = await makePlace();
    const [byService, byHand] = [join(root, 'by-service'), join(root, 'by-hand')];
    // The log's key is in the data folder, also beside a PostgreSQL.
    const dataDir = kind === 'embedded' ? place.dataDir : logFolder();
    const env = { DATA_DIR: dataDir, DATABASE_URL: place.databaseUrl ?? '', LOG_ORIGIN: 'ledger.test' };
    const server = await startServer({ ...place, dataDir }, { ...env, EXPORT_DIR: byService });
    await until('the export of the service', () => exportedSize(byService) === 0);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);

    const script = join(import.meta.dirname, '../../../server/export-ledger.ts');
    const run = async (
      args: readonly string[],
      kill?: (child: ReturnType<typeof runTypeScript>) => Promise<void>,
    ): Promise<{ status: number | string; said: string }> => {
      const child = runTypeScript(script, args, { env, stderr: 'pipe' });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (text: Buffer) => (said += text.toString()));
      const ended = endOf(child);
      await kill?.(child);
      return { status: await ended, said };
    };
    expect((await run([])).status).toBe(2);
    expect((await run(['--force', byHand])).status).toBe(2);
    const killed = await run([byHand], async (child) => {
      await until('the first file', () => {
        try {
          return filesIn(byHand).size > 0;
        } catch {
          return false;
        }
      });
      child.kill('SIGKILL');
    });
    expect(['SIGKILL', 0]).toContain(killed.status);
    const again = await run([byHand]);
    expect([again.status, again.said]).toEqual([0, expect.stringContaining('holds 0 entries') as string]);
    expect(digestsOf(filesIn(byHand))).toEqual(digestsOf(filesIn(byService)));
  }, 120_000);
});
