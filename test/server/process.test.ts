// The service as a process: how it starts, stops, and what is left when it is killed.

import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BatchResult } from '../../core/api/statements.ts';
import { databaseKinds, usePlaces } from '../support/database.ts';
import { makeAuthor, review, sign, type Author } from './support/authors.ts';
import { endOf, startMain, startServer, type ServerProcess } from './support/server-process.ts';

const running = new Set<ServerProcess>();
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});
const start: typeof startServer = async (...args) => {
  const server = await startServer(...args);
  running.add(server);
  return server;
};

let ada: Author;
let documents: string[];
beforeAll(async () => {
  ada = await makeAuthor('Ada');
  documents = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => sign(ada, review(`pkg:npm/process-${i}@1.0.0`))),
  );
});

interface OpenBatch {
  readonly sending: ClientRequest;
  /** Results as they come. */
  readonly results: BatchResult[];
  /** Resolves when the answer has ended, however it did. */
  readonly ended: Promise<'whole' | 'cut'>;
}

/** Begins a batch with a certificate and the documents, and leaves it open. */
async function openBatch(address: string): Promise<OpenBatch> {
  const sending = httpRequest(new URL('/api/v1/batches', address), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  sending.on('error', () => undefined);
  const results: BatchResult[] = [];
  const responding = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.write(`${JSON.stringify({ certificate: ada.certificate.armored })}\n`);
  for (const document of documents) sending.write(`${JSON.stringify({ document })}\n`);
  const [response] = await responding;
  const ended = (async () => {
    let text = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        text += String(chunk);
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) results.push(JSON.parse(line) as BatchResult);
      }
      return 'whole';
    } catch {
      return 'cut';
    }
  })();
  return { sending, results, ended };
}

/** Ledger indices of those of the statements that the service holds. */
async function indicesOf(address: string, ids: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let start = 0; start < ids.length; start += 1000) {
    const response = await fetch(`${address}/api/v1/statements/lookup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ids: ids.slice(start, start + 1000) }),
    });
    const { statements } = (await response.json()) as { statements: { id: string; index: number }[] };
    for (const { id, index } of statements) found.set(id, index);
  }
  return found;
}

const acknowledged = (results: readonly BatchResult[]) =>
  results.flatMap((result) => ('receipt' in result ? [result.receipt] : []));

async function expectHeld(address: string, results: readonly BatchResult[]): Promise<void> {
  const receipts = acknowledged(results);
  expect(receipts).toHaveLength(results.length);
  const statements = receipts.filter(({ kind }) => kind !== 'certificate');
  const held = await indicesOf(
    address,
    statements.map(({ id }) => id),
  );
  expect(held).toEqual(new Map(statements.map(({ id, index }) => [id, index])));
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe.each(databaseKinds)('the process on a database (%s)', (kind) => {
  const makePlace = usePlaces(kind);

  it('says where it listens, serves, and ends with status 0 on SIGTERM', async () => {
    const server = await start(await makePlace());
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.address}/readyz`)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.log.slice(-2)).toEqual(['Stopping on SIGTERM', 'Stopped']);
  });

  it('stopped in the middle of a batch: has committed all that it acknowledged, and ends by itself', async () => {
    const place = await makePlace();
    const server = await start(place);
    const batch = await openBatch(server.address);
    await until(() => batch.results.length > 50);
    server.child.kill('SIGTERM');
    expect(await batch.ended).toBe('cut');
    expect(await server.ended).toBe(0);
    const again = await start(place);
    await expectHeld(again.address, batch.results);
  });

  it('killed in the middle of a batch: loses nothing acknowledged, and starts again', async () => {
    const place = await makePlace();
    const server = await start(place);
    const batch = await openBatch(server.address);
    await until(() => batch.results.length > 50);
    server.child.kill('SIGKILL');
    expect(await batch.ended).toBe('cut');
    await server.ended;
    const again = await start(place);
    await expectHeld(again.address, batch.results);
    // The whole batch again: what was there is known, the rest is new, and nothing stands twice.
    const rest = await openBatch(again.address);
    rest.sending.end();
    expect(await rest.ended).toBe('whole');
    const receipts = acknowledged(rest.results);
    expect(receipts).toHaveLength(documents.length + 1);
    expect(new Set(receipts.map(({ index }) => index)).size).toBe(documents.length + 1);
    expect(Math.max(...receipts.map(({ index }) => index))).toBe(documents.length);
  });
});

describe('a process that cannot start', () => {
  const complaint = async (
    env: Record<string, string>,
  ): Promise<{ status: number | string; text: string }> => {
    const child = startMain(env);
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.stdout?.resume();
    const status = await endOf(child);
    return { status, text };
  };

  it('names every problem of its configuration, and ends with status 2', async () => {
    const { status, text } = await complaint({ PORT: 'many', LOG_LEVEL: 'loud' });
    expect(status).toBe(2);
    expect(text).toMatch(/PORT: .*\n.*LOG_LEVEL: /);
    expect(text).not.toContain('    at ');
  });

  it('says that its port is taken, and ends with status 2', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const { status, text } = await complaint({ PORT: String(port), DATA_DIR: '/nonexistent' });
    squatter.close();
    expect(status).toBe(2);
    expect(text).toContain(`port ${port}: another program listens there already`);
    expect(text).toMatch(/help: .*PORT/);
  });

  it('gives up on a database that is not there after the time it was given, with status 1', async () => {
    const { status, text } = await complaint({
      DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:1/none',
      STARTUP_TIMEOUT: '1',
    });
    expect(status).toBe(1);
    expect(text).toContain("can't be reached");
    expect(text).not.toContain('hunter2');
  });
});
