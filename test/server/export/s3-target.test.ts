// Against a real S3-compatible server: versitygw, on a folder of its own. Built with Go; where there is none, that is said.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { S3mini } from 's3mini';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../db/connect.ts';
import type { Database } from '../../../db/database.ts';
import { exportLedger } from '../../../server/export/export-ledger.ts';
import { openS3Target, type S3Options } from '../../../server/export/s3-target.ts';
import { createProver, type Prover } from '../../../server/log/prover.ts';
import type { Discovery } from '../../../core/api/ledger.ts';
import { formatVerifierKey } from '../../../core/log/note-key.ts';
import { formatWitnessPolicy } from '../../../core/log/format-witness-policy.ts';
import { policyOfLogs } from '../../../core/log/witness-policy.ts';
import { usePlaces } from '../../support/database.ts';
import { buildTimeout, describeWithGo } from '../../support/go.ts';
import { expectCode } from '../../support/matchers.ts';
import { publish, testKey, testOrigin } from '../../support/signed-log.ts';
import { appendMany } from '../support/long-ledger.ts';
import { digestsOf, filesIn, memoryTarget } from '../support/target-files.ts';

const gateway = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const credentials = { accessKeyId: 'test-access', secretAccessKey: 'test-secret-key' };
const bucket = 'ledger';
// Another than the usual one, which would be taken for granted.
const region = 'eu-test-1';

describeWithGo('an S3-compatible object storage as a target of the export', () => {
  const root = mkdtempSync(join(tmpdir(), 'trust-ledger-s3-'));
  const storage = join(root, 'storage');
  const makePlace = usePlaces('embedded');
  let child: ChildProcess | undefined;
  let db: Database;
  let log: { discovery: () => Discovery; prover: Prover };
  let options: S3Options;
  let closeDatabase = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    await promisify(execFile)('go', ['install', gateway], {
      cwd: root,
      env: { ...process.env, GOBIN: join(root, 'bin') },
      timeout: buildTimeout,
    });
    const port = await freePort();
    mkdirSync(storage);
    child = spawn(
      join(root, 'bin/versitygw'),
      [
        '--port',
        `127.0.0.1:${port}`,
        '--region',
        region,
        '--quiet',
        'posix',
        '--sidecar',
        makeFolder('sidecar'),
        storage,
      ],
      {
        stdio: 'ignore',
        env: {
          ...process.env,
          ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
          ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      },
    );
    const endpoint = `http://127.0.0.1:${port}`;
    options = { endpoint, bucket, prefix: '', region, ...credentials };
    await createBucket();

    db = await openDatabase(await makePlace());
    closeDatabase = () => db.close();
    const key = await testKey();
    const discovery: Discovery = {
      schema: 1,
      origin: testOrigin,
      keys: [formatVerifierKey(key.key)],
      policy: formatWitnessPolicy(policyOfLogs([key.key])),
      refreshSeconds: 600,
    };
    log = { discovery: () => discovery, prover: createProver(db) };
    await appendMany(db, 0, 300);
    await publish(db, [key], new Date());
  }, buildTimeout);
  afterAll(async () => {
    if (child?.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    await closeDatabase();
    rmSync(root, { recursive: true, force: true });
  });

  it('holds the very files of an export to a folder, below its prefix, grown and cleared in the same way', async () => {
    const place = join(storage, bucket, 'logs/one');
    const target = await openS3Target({ ...options, prefix: 'logs/one' });
    const twin = memoryTarget(new Map());
    const first = await exportLedger(db, log, target);
    expect(first).toEqual(await exportLedger(db, log, twin));
    expect(digestsOf(filesIn(place))).toEqual(digestsOf(twin.files));
    expect([...filesIn(place).keys()]).toContain('tile/0/001.p/44');

    await appendMany(db, 300, 400);
    await publish(db, [await testKey()], new Date());
    const second = await exportLedger(db, log, target);
    expect(second).toEqual(await exportLedger(db, log, twin));
    expect(second.removed).toBe(3);
    expect(digestsOf(filesIn(place))).toEqual(digestsOf(twin.files));
    expect(await exportLedger(db, log, target)).toEqual({ size: 700, written: 0, removed: 0 });
  });

  it('keeps with every file its type and how long it may be kept', async () => {
    await exportLedger(db, log, await openS3Target(options));
    const client = new S3mini({
      ...credentials,
      region,
      endpoint: `${options.endpoint}/${bucket}`,
    });
    const immutable = 'public, max-age=31536000, immutable';
    for (const [path, type, caching] of [
      ['tile/0/000', 'application/octet-stream', immutable],
      ['tile/entries/002.p/188', 'application/octet-stream', immutable],
      ['documents/000', 'application/x-ndjson', 'public, max-age=3600'],
      ['checkpoint', 'text/plain; charset=utf-8', 'no-cache'],
      ['.well-known/trust-ledger', 'application/json; charset=utf-8', 'no-cache'],
    ] as const) {
      const response = await client.getObjectResponse(path);
      expect([path, response?.headers.get('content-type'), response?.headers.get('cache-control')]).toEqual([
        ...[path, type, caching],
      ]);
      expect(response?.headers.get('content-encoding')).toBeNull();
    }
  });

  it('goes on after a crash at any write', async () => {
    const twin = memoryTarget(new Map());
    await exportLedger(db, log, twin);
    const target = await openS3Target({ ...options, prefix: 'crashing' });
    for (let at = 0; at < twin.writes.length; at += 3) {
      let writes = 0;
      const crashing = {
        ...target,
        write: (...file: Parameters<typeof target.write>) =>
          writes++ === at ? Promise.reject(new Error('crashed')) : target.write(...file),
      };
      // What earlier rounds have written is not written again, so that a later crash may not come about.
      await exportLedger(db, log, crashing).catch((error: unknown) => {
        expect(String(error)).toContain('crashed');
      });
    }
    await exportLedger(db, log, target);
    expect(digestsOf(filesIn(join(storage, bucket, 'crashing')))).toEqual(digestsOf(twin.files));
  });

  it('calls another file in the place of ours a fork', async () => {
    const target = await openS3Target({ ...options, prefix: 'forked' });
    await target.write('tile/0/001', Buffer.from('other'), {
      contentType: 'text/plain',
      cacheControl: 'no-cache',
    });
    const error = await expectCode('ledger-fork', () => exportLedger(db, log, target));
    expect(error.message).toContain('tile/0/001');
    expect(error.message).toContain(`/${bucket}/forked`);
    expect(await target.read('checkpoint')).toBeUndefined();
  });

  it('removes no more than it is asked to', async () => {
    const target = await openS3Target({ ...options, prefix: 'clear' });
    const form = { contentType: 'text/plain', cacheControl: 'no-cache' };
    for (const path of ['a.p/1', 'a.p/2', 'a.p/3', 'a.q/1', 'a'])
      await target.write(path, Buffer.from(path), form);
    expect(await target.clear('a.p', 2)).toBe(2);
    expect(await target.clear('a.p', 100)).toBe(1);
    expect(await target.clear('a.p', 100)).toBe(0);
    expect([...filesIn(join(storage, bucket, 'clear')).keys()]).toEqual(['a', 'a.q/1']);
  });

  it('fails, and writes nothing, with a wrong secret or without its bucket', async () => {
    const wrong = await openS3Target({ ...options, prefix: 'wrong', secretAccessKey: 'not-the-secret' });
    await expectCode('network', () => exportLedger(db, log, wrong));
    const nowhere = await openS3Target({ ...options, bucket: 'nowhere' });
    const error = await expectCode('network', () => exportLedger(db, log, nowhere));
    expect(error.message).toContain('NoSuchBucket');
    expect(readdirSync(join(storage, bucket))).not.toContain('wrong');
  });

  function makeFolder(name: string): string {
    const folder = join(root, name);
    mkdirSync(folder);
    return folder;
  }

  /** Waits for the server, and makes the bucket as a person would. */
  async function createBucket(): Promise<void> {
    const client = new S3mini({
      ...credentials,
      region,
      endpoint: `${options.endpoint}/${bucket}`,
    });
    for (let tries = 0; ; tries++) {
      const isThere = await client.createBucket().catch(() => false);
      if (isThere) return;
      if (tries > 100) throw new Error('The object storage does not answer');
      await sleep(200);
    }
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
