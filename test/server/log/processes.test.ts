// The sequencer in real processes: killed under load, restored from old backups, and two on one database.

import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { consistencySchema } from '../../../core/api/ledger.ts';
import { fromBase64, fromHex } from '../../../core/bytes.ts';
import { verifyConsistency } from '../../../core/log/merkle-proof.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import { policyKeys, type WitnessPolicy } from '../../../core/log/witness-policy.ts';
import { openDatabase } from '../../../db/connect.ts';
import { lockLedger, lockPublishing } from '../../../db/entries.ts';
import { checkLog, type CheckedLog } from '../../support/check-log.ts';
import { databaseKinds, usePlaces, type TestPlace } from '../../support/database.ts';
import { runSql } from '../../support/global-setup.ts';
import { makeAuthor, review, sign } from '../support/authors.ts';
import { discoverPolicy, Receipts, submit, submitAll } from '../support/load.ts';
import { endOf, startMain, startServer, type ServerProcess } from '../support/server-process.ts';

// A service takes seconds to start from its sources, and longer on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const running = new Set<ServerProcess>();
const noLimits = { RATE_LIMIT_SUBMIT: '0', RATE_LIMIT_READ: '0' };
const start = async (
  place: TestPlace,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> => {
  const server = await startServer(place, { ...noLimits, ...env });
  running.add(server);
  return server;
};
const stop = async (server: ServerProcess): Promise<void> => {
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
};
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});

let certificate: string;
let documents: string[];
beforeAll(async () => {
  const ada = await makeAuthor('Ada');
  certificate = ada.certificate.armored;
  documents = await Promise.all(
    Array.from({ length: 240 }, (_, i) => sign(ada, review(`pkg:npm/sequenced-${i}@1.0.0`))),
  );
});

async function submitCertificate(address: string): Promise<void> {
  const response = await fetch(`${address}/api/v1/certificates`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: certificate,
  });
  expect(response.ok, await response.clone().text()).toBe(true);
}

/** Checks a ledger that no process is at work on. */
async function check(
  place: TestPlace,
  policy: WitnessPolicy,
  fences: readonly string[],
): Promise<CheckedLog> {
  const db = await openDatabase(place);
  try {
    return await db.transaction(async (transaction) => {
      // What a killed process had begun may be ending right now.
      await lockLedger(transaction);
      await lockPublishing(transaction);
      return checkLog(transaction, { keys: policyKeys(policy).logs, fences });
    });
  } finally {
    await db.close();
  }
}

function compare(log: CheckedLog, receipts: Receipts): void {
  for (const { id, index } of receipts.byId.values())
    expect(log.indices.get(id), 'what was acknowledged').toBe(index);
  for (const [size, root] of receipts.roots) expect(root).toBe(log.rootAt(size));
  for (const note of receipts.notes)
    expect(log.notes, 'published before anybody was answered').toContain(note);
}

async function readCheckpoint(address: string, policy: WitnessPolicy) {
  const note = await (await fetch(`${address}/checkpoint`)).text();
  return openCheckpoint(note, policyKeys(policy).logs);
}

const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);

describe.each(databaseKinds)('a process that sequences (%s)', (kind) => {
  const makePlace = usePlaces(kind);

  it('killed at random moments under load, three times: one history, and nothing acknowledged is lost', async () => {
    const place = await makePlace();
    const fence = join(place.dataDir, 'log-fence');
    let receipts: Receipts | undefined;
    let policy: WitnessPolicy | undefined;
    for (let round = 0; round < 3; round++) {
      const server = await start(place);
      policy ??= await discoverPolicy(server.address);
      receipts ??= new Receipts(policy);
      if (round === 0) await submitCertificate(server.address);
      const { size, root } = await readCheckpoint(server.address, policy);
      receipts.note(size, root);
      const enough = 5 + Math.floor(Math.random() * 40);
      let answered = 0;
      let killed = false;
      const kill = (): void => {
        killed = true;
        server.child.kill('SIGKILL');
      };
      const told = receipts;
      await submitAll(
        server.address,
        shuffled(documents),
        24,
        (receipt) => {
          told.add(receipt);
          if (++answered === enough) setTimeout(kill, Math.random() * 40);
        },
        () => killed,
      );
      expect(await server.ended).toBe('SIGKILL');
      await receipts.settle();
      expect(receipts.byId.size).toBeGreaterThan(0);
      compare(await check(place, policy, [fence]), receipts);
    }
    const last = await start(place);
    await submitAll(last.address, shuffled(documents), 24, receipts!.add);
    await receipts!.settle();
    expect(receipts!.byId.size).toBe(documents.length);
    await stop(last);
    const log = await check(place, policy!, [fence]);
    expect(log).toMatchObject({ size: documents.length + 1, published: documents.length + 1 });
    compare(log, receipts!);
  });

  it('restored from an old backup does not start: it says why and what to do, with status 1', async () => {
    const place = await makePlace();
    const first = await start(place);
    await submitCertificate(first.address);
    expect(await submit(first.address, documents[0]!)).toBeDefined();
    await stop(first);
    const backup = await backUp(place);
    const second = await start(place);
    expect(await submit(second.address, documents[1]!)).toBeDefined();
    await stop(second);
    await backup.restore();
    const child = startMain({ DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl ?? '' });
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.stdout?.resume();
    expect(await endOf(child)).toBe(1);
    expect(complaint).toContain('The database holds a log of 2 entries, and one of 3 was signed');
    expect(complaint).toMatch(/help: .*newer backup.*recover.*successor/);
    expect(complaint).not.toContain('    at ');
    // The way out: the newer database again.
    await backup.undo();
    const again = await start(place);
    expect(await submit(again.address, documents[1]!)).toMatchObject({ status: 'known', index: 2 });
    await stop(again);
  });
});

interface Backup {
  /** Puts the backup where the database is. */
  restore(): Promise<void>;
  /** Puts the newer database there again. */
  undo(): Promise<void>;
}

const backups: string[] = [];
afterAll(() => {
  for (const folder of backups) rmSync(folder, { recursive: true, force: true });
});

/** A backup of the database alone, as an operator makes it. No process may be at work on it. */
async function backUp({ dataDir, databaseUrl }: TestPlace): Promise<Backup> {
  if (databaseUrl === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-backup-'));
    backups.push(folder);
    const files = join(dataDir, 'postgres');
    const copy = (from: string, to: string): Promise<void> => {
      rmSync(to, { recursive: true, force: true });
      cpSync(from, to, { recursive: true });
      return Promise.resolve();
    };
    await copy(files, join(folder, 'older'));
    return {
      async restore() {
        await copy(files, join(folder, 'newer'));
        await copy(join(folder, 'older'), files);
        expect(existsSync(join(dataDir, 'log-fence'))).toBe(true);
      },
      undo: () => copy(join(folder, 'newer'), files),
    };
  }
  const name = new URL(databaseUrl).pathname.slice(1);
  const sql = async (text: string): Promise<void> => {
    await runSql(inject('postgresUrl'), text);
  };
  await sql(`create database ${name}_older template ${name}`);
  return {
    async restore() {
      await sql(`alter database ${name} rename to ${name}_newer`);
      await sql(`alter database ${name}_older rename to ${name}`);
    },
    async undo() {
      await sql(`drop database ${name} with (force)`);
      await sql(`alter database ${name}_newer rename to ${name}`);
    },
  };
}

describe('two processes on one PostgreSQL', () => {
  const makePlace = usePlaces('postgresql');

  it('under load, with one key and a fence each, make one history', async () => {
    const place = await makePlace();
    const folders = ['a', 'b'].map((name) => join(place.dataDir, name));
    const keyFile = join(place.dataDir, 'key');
    const [a, b] = await Promise.all(
      folders.map((folder) => start(place, { DATA_DIR: folder, LOG_KEY_FILE: keyFile })),
    );
    const policy = await discoverPolicy(a!.address);
    expect(await discoverPolicy(b!.address)).toEqual(policy);
    await submitCertificate(a!.address);
    const receipts = new Receipts(policy);
    await Promise.all(
      [a!, b!].map(({ address }) => submitAll(address, shuffled(documents), 24, receipts.add)),
    );
    await receipts.settle();
    expect(receipts.byId.size).toBe(documents.length);
    const created = [...receipts.byId.values()].filter(({ status }) => status === 'created');
    expect(created).toHaveLength(documents.length);
    expect(new Set(created.map(({ index }) => index)).size).toBe(documents.length);

    await expect
      .poll(
        async () => {
          const notes = await Promise.all([a!, b!].map(({ address }) => readCheckpoint(address, policy)));
          return notes.map(({ note }) => note).every((note) => note === notes[0]!.note) && notes[0]!.size;
        },
        { timeout: 20_000 },
      )
      .toBe(documents.length + 1);
    const sizes = [...receipts.roots.keys()].sort((one, other) => one - other);
    expect(sizes.length).toBeGreaterThan(3);
    for (const [position, from] of sizes.slice(0, -1).entries()) {
      const to = sizes[position + 1]!;
      const { address } = position % 2 === 0 ? a! : b!;
      const answer = await fetch(`${address}/api/v1/consistency?from=${from}&to=${to}`);
      const { proof } = consistencySchema.parse(await answer.json());
      verifyConsistency({
        ...{ oldSize: from, newSize: to, proof: proof.map(fromBase64) },
        oldRoot: fromHex(receipts.roots.get(from)!),
        newRoot: fromHex(receipts.roots.get(to)!),
      });
    }
    await Promise.all([stop(a!), stop(b!)]);
    const log = await check(
      place,
      policy,
      folders.map((folder) => join(folder, 'log-fence')),
    );
    expect(log).toMatchObject({ size: documents.length + 1, published: documents.length + 1 });
    compare(log, receipts);
  });
});
