// The witness as a server: exact answers, many requests at once, what survives a kill, and who may not start.

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../cli/witness/folder-lock.ts';
import { parseVerifierKey } from '../../core/log/note-key.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { exchange, exchangeKey } from '../core/log/support/witness-exchange.ts';
import { GrowingLog, growingOrigin } from '../support/growing-log.ts';
import {
  addCheckpoint,
  scratchFolder,
  spawnWitness,
  startWitness,
  submit,
  type RunningWitness,
} from './support/witness-runner.ts';

/** For tests that start processes, on a machine that is busy. */
const processTimeout = 240_000;

const name = ['--name', 'witness.example.org/test'];
const log = await GrowingLog.make(300);
const withLog = [...name, '--log', log.vkey];
const hash = createHash('sha256').update(growingOrigin).digest('hex');

const running: RunningWitness[] = [];
async function start(...args: Parameters<typeof startWitness>): Promise<RunningWitness> {
  const witness = await startWitness(...args);
  running.push(witness);
  return witness;
}
afterEach(async () => {
  for (const witness of running.splice(0)) await witness.stop();
});

describe('trust-check log witness', () => {
  it('answers the exchange that litewitness is tested with, byte for byte', async () => {
    const { address } = await start(scratchFolder(), [...name, '--log', exchangeKey]);
    for (const { what, request, status, body, contentType } of exchange) {
      const reply = await addCheckpoint(address, request);
      expect([reply.status, reply.body], what).toEqual([status, body ?? reply.body]);
      if (contentType !== undefined) expect(reply.type, what).toBe(contentType);
    }
  });

  it('signs with Ed25519 and ML-DSA-44, and both hold on the checkpoint', async () => {
    const witness = await start(scratchFolder(), [...withLog, '--ml-dsa']);
    const keys = witness.keys.map(parseVerifierKey);
    expect(keys.map(({ type }) => type)).toEqual(['cosignature', 'mlDsa']);
    const { status, body } = await submit(witness.address, log, 0, 7);
    expect(status).toBe(200);
    const { signatures } = await openCheckpoint((await log.note(7)) + body, [log.key], keys);
    expect(signatures.map(({ key }) => key.type)).toEqual(['ed25519', 'cosignature', 'mlDsa']);
    expect(signatures.slice(1).every(({ time }) => Math.abs(time! - Date.now() / 1000) < 60)).toBe(true);
  });

  it('gives monitors the newest checkpoint with both signatures, and 404 where it has signed nothing', async () => {
    const witness = await start(scratchFolder(), withLog);
    const url = `${witness.address}/${hash}/checkpoint`;
    expect((await fetch(url)).status).toBe(404);
    await submit(witness.address, log, 0, 7);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const opened = await openCheckpoint(await answer.text(), [log.key], witness.keys.map(parseVerifierKey));
    expect([opened.size, opened.signatures.length]).toEqual([7, 2]);
    expect((await fetch(`${witness.address}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
    const about = await (await fetch(witness.address)).text();
    for (const expected of [...witness.keys, growingOrigin, '7 entries', hash])
      expect(about).toContain(expected);
  });

  it('never lets a size go back, however many ask at once', async () => {
    const folder = scratchFolder();
    const { address } = await start(folder, withLog);
    let known = 0;
    let answered = 0;
    const client = async (): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const from = known;
        const to = Math.min(300, from + 1 + Math.floor(Math.random() * 20));
        const before = answered;
        const { status, body } = await submit(address, log, from, to);
        if (status === 200) {
          // Whoever was answered before this was asked had a smaller or equal size.
          expect(to).toBeGreaterThanOrEqual(before);
          answered = Math.max(answered, to);
          known = Math.max(known, to);
        } else {
          expect(status).toBe(409);
          expect(Number(body)).toBeGreaterThanOrEqual(before);
          known = Math.max(known, Number(body));
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(answered).toBeGreaterThan(20);
    const stored = readFileSync(join(folder, hash, 'checkpoint'), 'utf8');
    expect(Number(stored.split('\n')[1])).toBe(answered);
    expect(readdirSync(join(folder, hash))).toEqual(['checkpoint']);
  });

  it('tells the same old size to one only, when two histories race', async () => {
    const fork = await GrowingLog.make(300, 50);
    const { address } = await start(scratchFolder(), withLog);
    expect((await submit(address, log, 0, 40)).status).toBe(200);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => submit(address, i % 2 === 0 ? log : fork, 40, 100)),
    );
    // One wins; the others are told its size, and from there only that history goes on.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 409 && body === '100\n')).toHaveLength(19);
    const next = [await submit(address, log, 100, 120), await submit(address, fork, 120, 130)];
    const other = [await submit(address, fork, 100, 140), await submit(address, log, 120, 140)];
    expect([...next, ...other].filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect([...next, ...other].some(({ status }) => status === 422)).toBe(true);
  });

  it('refuses, after a restart, a fork of what it has signed', async () => {
    const folder = scratchFolder();
    const first = await start(folder, withLog);
    await submit(first.address, log, 0, 100);
    expect(await first.stop()).toBe(0);
    const second = await start(folder, ['--log', log.vkey]);
    expect(second.keys).toEqual(first.keys);
    const fork = await GrowingLog.make(300, 60);
    expect((await submit(second.address, fork, 100, 100)).status).toBe(422);
    expect((await submit(second.address, fork, 100, 150)).status).toBe(422);
    expect(await submit(second.address, fork, 0, 150)).toMatchObject({ status: 409, body: '100\n' });
    expect((await submit(second.address, log, 100, 150)).status).toBe(200);
  });

  it('states no time before one that it has stated, also over a restart', async () => {
    const folder = scratchFolder();
    const first = await start(folder, withLog, () => new Date('2026-11-22T20:00:00Z'));
    expect((await submit(first.address, log, 0, 5)).status).toBe(200);
    await first.stop();
    let now = new Date('2026-11-22T19:59:59Z');
    const second = await start(folder, withLog, () => now);
    expect(await submit(second.address, log, 5, 9)).toMatchObject({ status: 503 });
    now = new Date('2026-11-22T20:00:00Z');
    expect(await submit(second.address, log, 5, 9)).toMatchObject({ status: 200 });
  });

  it('answers 500 and signs nothing when it can’t store', async () => {
    const folder = scratchFolder();
    const witness = await start(folder, withLog);
    // A file where the log's folder has to be: the state can't be written.
    writeFileSync(join(folder, hash), '');
    const refused = await submit(witness.address, log, 0, 5);
    expect([refused.status, refused.body]).toEqual([
      500,
      'This witness could not store what it was about to sign.\n',
    ]);
    expect(witness.stderr.some((line) => line.includes('"status":500') && line.includes('"failure":'))).toBe(
      true,
    );
    expect((await fetch(`${witness.address}/${hash}/checkpoint`)).status).toBe(404);
  });

  it('refuses bodies over 128 KiB, with and without a length, bodies that are no UTF-8, and other methods', async () => {
    const { address } = await start(scratchFolder(), withLog);
    const { port, hostname } = new URL(address);
    const big = 'a'.repeat(128 * 1024 + 1);
    const raw = async (head: string, body: string): Promise<string> => {
      const socket = connect(Number(port), hostname);
      socket.write(`POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n${head}\r\n\r\n${body}`);
      return readText(socket).catch(() => 'cut off');
    };
    expect(await raw(`Content-Length: ${big.length}`, '')).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
    const chunk = `${big.length.toString(16)}\r\n${big}\r\n`;
    expect(await raw('Transfer-Encoding: chunked', chunk)).toMatch(/^HTTP\/1\.1 413 /);
    expect((await addCheckpoint(address, new Uint8Array([0xff, 0xfe]))).status).toBe(400);
    expect((await fetch(`${address}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${address}/${hash}`)).status).toBe(404);
    expect((await submit(address, log, 0, 5)).status).toBe(200);
  });

  it('writes one JSON line a request', async () => {
    const witness = await start(scratchFolder(), withLog);
    await submit(witness.address, log, 0, 5);
    await submit(witness.address, log, 0, 9);
    const lines = witness.stderr.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ event }) => event)).toEqual(['key-made', 'request', 'request']);
    expect(lines[1]).toMatchObject({ status: 200, origin: growingOrigin, oldSize: 0, size: 5 });
    expect(lines[2]).toMatchObject({ status: 409, origin: growingOrigin, oldSize: 0, size: 9, reason: '5' });
  });
});

describe('the folder of a witness', () => {
  it('has a key that only its owner can open, made once', async () => {
    const folder = scratchFolder();
    const witness = await start(folder, withLog);
    await witness.stop();
    const path = join(folder, 'witness-key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^PRIVATE\+KEY\+witness\.example\.org\/test\+[0-9a-f]{8}\+B/m);
    const more = await start(folder, [...withLog, '--ml-dsa']);
    expect(more.keys[0]).toBe(witness.keys[0]);
    expect(more.keys).toHaveLength(2);
    await more.stop();
    chmodSync(path, 0o640);
    await expect(startWitness(folder, withLog)).rejects.toThrow('Others than its owner');
  });

  it('refuses another name, a missing name, a log’s key, and no log at all', async () => {
    const folder = scratchFolder();
    await expect(startWitness(folder, ['--log', log.vkey])).rejects.toThrow('needs a name');
    const witness = await start(folder, withLog);
    await witness.stop();
    await expect(startWitness(folder, ['--name', 'other.example.org', '--log', log.vkey])).rejects.toThrow(
      'not of other.example.org',
    );
    await expect(startWitness(folder, name)).rejects.toThrow('at least one log');
    await expect(startWitness(folder, ['--log', witness.keys[0]!])).rejects.toThrow('the key of a witness');
    const logsOwn = join(folder, 'logs-key');
    writeFileSync(
      logsOwn,
      'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n',
      { mode: 0o600 },
    );
    await expect(startWitness(folder, ['--key', logsOwn, '--log', log.vkey])).rejects.toThrow('key of a log');
  });

  it('reads its logs from a policy file', async () => {
    const folder = scratchFolder();
    const policy = join(folder, 'policy');
    writeFileSync(policy, `log ${log.vkey}\nlog ${exchangeKey}\nquorum none\n`);
    const { address } = await start(folder, [...name, '--log-policy', policy]);
    expect((await submit(address, log, 0, 5)).status).toBe(200);
    expect((await addCheckpoint(address, exchange[0]!.request)).status).toBe(200);
  });

  it(
    'is held by one process, and free again after a kill',
    async () => {
      const folder = scratchFolder();
      const first = await spawnWitness(folder, withLog);
      await expect(startWitness(folder, withLog)).rejects.toThrow('Another witness is using');
      first.child.kill('SIGKILL');
      await first.ended;
      const second = await start(folder, withLog);
      expect(second.keys).toEqual(first.keys);
    },
    processTimeout,
  );

  it(
    'is had by one of many that want it at once',
    async () => {
      for (let round = 0; round < 5; round++) {
        const folder = scratchFolder();
        const locks = await Promise.all(Array.from({ length: 6 }, () => lockFolder(folder)));
        const held = locks.filter((lock) => lock !== undefined);
        expect(held).toHaveLength(1);
        expect(await lockFolder(folder)).toBeUndefined();
        await held[0]?.release();
        const next = await lockFolder(folder);
        expect(next).toBeDefined();
        await next?.release();
      }
    },
    processTimeout,
  );

  it('is refused when what was signed last was changed', async () => {
    const folder = scratchFolder();
    const witness = await start(folder, withLog);
    await submit(witness.address, log, 0, 5);
    await witness.stop();
    const path = join(folder, hash, 'checkpoint');
    const good = readFileSync(path, 'utf8');
    for (const damaged of [good.replace('\n5\n', '\n4\n'), '', good.slice(0, -30), `${good}x`]) {
      writeFileSync(path, damaged);
      await expect(startWitness(folder, withLog)).rejects.toThrow('is damaged');
    }
    writeFileSync(path, good);
    await start(folder, withLog);
  });

  it(
    'keeps every answered state through kill -9, and clears what was half-written',
    async () => {
      const folder = scratchFolder();
      let answered = 0;
      let cutOff = 0;
      for (let round = 0; round < 3; round++) {
        const { address, child, ended } = await spawnWitness(folder, withLog);
        const at = await submit(address, log, 0, 1);
        // The first round starts from nothing; later ones are told what was stored, which is at least what was answered.
        const stored = at.status === 200 ? 1 : Number(at.body);
        expect(stored).toBeGreaterThanOrEqual(answered);
        const timer = setTimeout(() => child.kill('SIGKILL'), 20 + Math.random() * 60);
        let known = stored;
        try {
          for (;;) {
            const { status } = await submit(address, log, known, Math.min(300, known + 1));
            expect(status).toBe(200);
            known = Math.min(300, known + 1);
            answered = Math.max(answered, known);
          }
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          cutOff++;
        }
        clearTimeout(timer);
        expect(await ended).toBe('SIGKILL');
      }
      expect([cutOff, answered > 3]).toEqual([3, true]);
      writeFileSync(join(folder, hash, 'checkpoint.left.new'), 'half');
      const last = await start(folder, withLog);
      expect(existsSync(join(folder, hash, 'checkpoint.left.new'))).toBe(false);
      expect(Number((await submit(last.address, log, 0, 1)).body)).toBeGreaterThanOrEqual(answered);
      const fork = await GrowingLog.make(300, 1);
      expect(
        (await submit(last.address, fork, Number((await submit(last.address, log, 0, 1)).body), 300)).status,
      ).toBe(422);
    },
    processTimeout,
  );

  it(
    'ends cleanly on SIGTERM, and answers first what is under way',
    async () => {
      const folder = scratchFolder();
      const { address, child, ended } = await spawnWitness(folder, withLog, true);
      const { port, hostname } = new URL(address);
      const request = `old 0\n\n${await log.note(5)}`;
      const socket = connect(Number(port), hostname);
      const answer = readText(socket);
      socket.write(
        `POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: ${Buffer.byteLength(request)}\r\n\r\n${request.slice(0, 20)}`,
      );
      await fetch(address);
      child.kill('SIGTERM');
      await new Promise((done) => setTimeout(done, 100));
      socket.write(request.slice(20));
      expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(await ended).toBe(0);
    },
    processTimeout,
  );

  it('is refused when it can’t be written to', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'plain'), '');
    await expect(
      startWitness(join(folder, 'plain', 'below'), [...withLog, '--key', join(folder, 'k')]),
    ).rejects.toThrow("can't be used");
  });
});
