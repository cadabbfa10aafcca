// The operator's program against ledgers that a real service has made: each command as a process, like the service.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { discoverySchema } from '../../core/api/ledger.ts';
import { openFreezeNotice } from '../../core/log/freeze-notice.ts';
import { formatVerifierKey, parseVerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { parseNote } from '../../core/log/note.ts';
import { openDatabase } from '../../db/connect.ts';
import { databaseKinds, usePlaces, type DatabaseKind } from '../support/database.ts';
import { logFolder } from '../support/log-config.ts';
import { testKey } from '../support/signed-log.ts';
import { runAdmin, runExport } from './support/admin-process.ts';
import { makeAuthor, review, sign, type Author } from './support/authors.ts';
import { endOf, startMain, startServer, type ServerProcess } from './support/server-process.ts';

// Each test starts a dozen processes, each of which compiles itself first.
vi.setConfig({ testTimeout: 300_000 });

type Env = Readonly<Record<string, string>>;

const running = new Set<ServerProcess>();
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});

let ada: Author;
let documents: string[];
beforeAll(async () => {
  ada = await makeAuthor('Ada');
  documents = await Promise.all(
    Array.from({ length: 12 }, (_, i) => sign(ada, review(`pkg:npm/admin-${i}@1.0.0`))),
  );
});

/** Where a service of this kind keeps everything, with the environment that says so. */
function useLedgers(kind: DatabaseKind): () => Promise<Env> {
  const makePlace = usePlaces(kind);
  return async () => {
    const { dataDir, databaseUrl } = await makePlace();
    return {
      DATA_DIR: kind === 'embedded' ? dataDir : logFolder(),
      DATABASE_URL: databaseUrl ?? '',
      LOG_ORIGIN: 'admin.example.org/log',
    };
  };
}

async function serve(env: Env): Promise<ServerProcess> {
  const started = await startServer(
    { dataDir: env['DATA_DIR'] ?? '', databaseUrl: env['DATABASE_URL'] ?? '' },
    env,
  );
  running.add(started);
  return started;
}

async function stop(server: ServerProcess): Promise<void> {
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  running.delete(server);
}

async function submit(
  server: ServerProcess,
  path: 'statements' | 'certificates',
  text: string,
): Promise<number> {
  const response = await fetch(`${server.address}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' },
    body: text,
  });
  await response.text();
  return response.status;
}

/** Runs the service for as long as it takes to submit these. */
async function publish(env: Env, texts: readonly string[], certificate?: string): Promise<string> {
  const server = await serve(env);
  if (certificate !== undefined) expect(await submit(server, 'certificates', certificate)).toBe(201);
  for (const text of texts) expect(await submit(server, 'statements', text)).toBe(201);
  const checkpoint = await (await fetch(`${server.address}/checkpoint`)).text();
  await stop(server);
  return checkpoint;
}

describe.each(databaseKinds)('the operator of a ledger (%s)', (kind) => {
  const makeLedger = useLedgers(kind);

  it('sees where it is, examines it, and gets what is wrong with its entry and exit status 3', async () => {
    const env = await makeLedger();
    await publish(env, documents.slice(0, 3), ada.certificate.armored);
    const status = await runAdmin(env, 'status', '--json');
    expect(status).toMatchObject({ status: 0 });
    expect(JSON.parse(status.stdout)).toMatchObject({
      origin: 'admin.example.org/log',
      entries: { count: 4 },
      head: { size: 4 },
      published: { size: 4, witnesses: [] },
      lag: 0,
      fence: { size: 4 },
      warnings: [],
    });
    expect((await runAdmin(env, 'status')).stdout).toMatch(
      /^origin {5}admin\.example\.org\/log\nentries {4}4,/,
    );
    expect(await runAdmin(env, 'fsck')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing is wrong') as string,
    });

    const db = await openDatabase({
      dataDir: env['DATA_DIR'] ?? '',
      databaseUrl: env['DATABASE_URL'] || undefined,
    });
    await db.query(`update subjects set version = '9.9.9' where idx = 2`);
    await db.close();
    const damaged = await runAdmin(env, 'fsck');
    expect(damaged.status).toBe(3);
    expect(damaged.stdout).toContain('subjects, entry 2: ');
    expect(damaged.stdout).toContain('1 finding.');
    const json = await runAdmin(env, 'fsck', '--json');
    expect(json.status).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({
      size: 4,
      total: 1,
      findings: [{ table: 'subjects', index: 2 }],
    });
  });

  it('rotates the key: both sign after `add`, the new one alone after `retire`, and all that was signed stays good', async () => {
    const env = await makeLedger();
    const first = parseNote(await publish(env, documents.slice(0, 1), ada.certificate.armored));
    const [oldKey] = (await runAdmin(env, 'keys', 'list')).stdout.trim().split('\n');
    const old = parseVerifierKey(oldKey!);
    expect(first.signatures.map(({ keyId }) => keyId)).toEqual([old.id]);

    const refused = await runAdmin(env, 'keys', 'retire', old.id);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('the last Ed25519 key');

    const added = await runAdmin(env, 'keys', 'add');
    expect(added.status).toBe(0);
    const next = parseVerifierKey(added.stdout.trim());
    const both = await publish(env, documents.slice(1, 2));
    for (const key of [old, next]) await openCheckpoint(both, [key]);

    expect((await runAdmin(env, 'keys', 'retire', old.id)).status).toBe(0);
    expect((await runAdmin(env, 'keys', 'list')).stdout).toBe(`${added.stdout}${oldKey} (retired)\n`);
    expect(readFileSync(join(env['DATA_DIR']!, 'log-key'), 'utf8').match(/PRIVATE\+KEY\+/g)).toHaveLength(1);
    const last = parseNote(await publish(env, documents.slice(2, 3)));
    expect(last.signatures.map(({ keyId }) => keyId)).toEqual([next.id]);
    expect(await runAdmin(env, 'fsck')).toMatchObject({ status: 0 });
    expect((await runAdmin(env, 'keys', 'retire', next.id)).stderr).toContain('the last Ed25519 key');
    expect((await runAdmin(env, 'keys', 'retire', old.id)).stderr).toContain('retired already');
  });

  it('closes it for ever, by a notice that names the successor and that every reader can check', async () => {
    const env = await makeLedger();
    await publish(env, documents.slice(0, 2), ada.certificate.armored);
    const successor = formatVerifierKey((await testKey(9, 'next.example.org/log')).key);
    const args = ['freeze', '--successor', successor, '--url', 'https://next.example.org/'];
    const asked = await runAdmin(env, ...args);
    expect(asked).toMatchObject({ status: 2, stdout: '' });
    expect(asked.stderr).toContain('--yes');
    const frozen = await runAdmin(env, ...args, '--yes', '--json');
    expect(frozen).toMatchObject({ status: 0 });
    const { frozen: note } = JSON.parse(frozen.stdout) as { frozen: string };
    expect((await runAdmin(env, ...args, '--yes')).stderr).toContain('goes on as next.example.org/log');

    const server = await serve(env);
    const discovery = discoverySchema.parse(
      await (await fetch(`${server.address}/.well-known/trust-ledger`)).json(),
    );
    expect(discovery.frozen).toBe(note);
    const notice = await openFreezeNotice(note, discovery.keys.map(parseVerifierKey));
    expect(notice).toMatchObject({ size: 3, successor: { url: 'https://next.example.org/' } });
    const checkpoint = parseNote(await (await fetch(`${server.address}/checkpoint`)).text());
    expect(checkpoint.text).toContain('\n3\n');
    expect(await submit(server, 'statements', documents[5]!)).toBe(409);
    expect(await submit(server, 'statements', documents[0]!)).toBe(200);
    await stop(server);
    expect(await runAdmin(env, 'fsck')).toMatchObject({ status: 0 });
    expect((await runAdmin(env, 'status')).stdout).toContain('frozen     at 3 entries');
  });
});

describe('a database restored from an old backup (embedded)', () => {
  const makeLedger = useLedgers('embedded');

  it('is refused by the service, and whole again after `recover`', async () => {
    const env = await makeLedger();
    const [data, backup, mirror] = [env['DATA_DIR']!, logFolder(), logFolder()];
    await publish(env, documents.slice(0, 3), ada.certificate.armored);
    cpSync(join(data, 'postgres'), join(backup, 'postgres'), { recursive: true });
    await publish(env, documents.slice(3, 6));
    expect((await runExport(env, mirror)).status).toBe(0);
    const lost = await publish(env, documents.slice(6, 7));
    const later = logFolder();
    expect((await runExport(env, later)).status).toBe(0);
    rmSync(join(data, 'postgres'), { recursive: true });
    cpSync(join(backup, 'postgres'), join(data, 'postgres'), { recursive: true });

    const refused = startMain(env);
    refused.stdout?.resume();
    let complaint = '';
    refused.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    expect(await endOf(refused)).toBe(1);
    expect(complaint).toContain('recover --mirror');
    expect((await runAdmin(env, 'status')).stdout).toContain(
      'WARNING    8 entries were signed, and the database has 4',
    );

    const short = await runAdmin(env, 'recover', '--mirror', mirror);
    expect(short).toMatchObject({ status: 1, stdout: '' });
    expect(short.stderr).toContain('ends at 7 entries, and this log has signed 8');

    const bundle = join(later, 'tile/entries/000.p/8');
    const whole = readFileSync(bundle);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 10]! ^= 1;
    writeFileSync(bundle, damaged);
    expect((await runAdmin(env, 'recover', '--mirror', later)).stderr).toContain(
      'Entry 7 of the mirror is not the one that was signed',
    );
    writeFileSync(bundle, whole);
    expect((await runAdmin(env, 'status')).stdout).toContain('head       4,');

    const recovered = await runAdmin(env, 'recover', '--mirror', later);
    expect(recovered, recovered.stderr).toMatchObject({ status: 0 });
    expect(recovered.stdout).toContain('entries 4 to 7 back');
    expect(await runAdmin(env, 'fsck')).toMatchObject({ status: 0 });
    const server = await serve(env);
    const again = await (await fetch(`${server.address}/checkpoint`)).text();
    expect(parseNote(again).text).toBe(parseNote(lost).text);
    for (const text of documents.slice(0, 7)) expect(await submit(server, 'statements', text)).toBe(200);
    expect(await submit(server, 'statements', documents[7]!)).toBe(201);
    await stop(server);
  });

  it('of which no mirror is left can be closed where it ends, when the operator says so', async () => {
    const env = await makeLedger();
    const [data, backup] = [env['DATA_DIR']!, logFolder()];
    await publish(env, documents.slice(0, 1), ada.certificate.armored);
    cpSync(join(data, 'postgres'), join(backup, 'postgres'), { recursive: true });
    await publish(env, documents.slice(1, 2));
    rmSync(join(data, 'postgres'), { recursive: true });
    cpSync(join(backup, 'postgres'), join(data, 'postgres'), { recursive: true });
    const successor = formatVerifierKey((await testKey(9, 'next.example.org/log')).key);
    const args = ['freeze', '--yes', '--successor', successor];
    const refused = await runAdmin(env, ...args);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('recover --mirror');
    expect((await runAdmin(env, ...args, '--incomplete')).stdout).toContain('\nsize 2\n');
  });
});

describe('the operator’s program', () => {
  it('names what it lacks, with exit status 2, and never shows a key', async () => {
    const folder = logFolder();
    mkdirSync(folder, { recursive: true });
    expect(await runAdmin({ DATA_DIR: folder }, 'status')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('There is no key file') as string,
    });
    expect(await runAdmin({ DATA_DIR: folder }, 'accept-rollback')).toMatchObject({ status: 2 });
    expect(await runAdmin({ DATA_DIR: folder }, 'recover')).toMatchObject({ status: 2 });
    expect(await runAdmin({ DATA_DIR: folder, PORT: 'x' }, 'keys', 'list')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('PORT') as string,
    });
    expect(await runAdmin({ DATA_DIR: folder }, '--help')).toMatchObject({ status: 0, stderr: '' });
  });
});
