// Witnesses that lie, dawdle or are gone: what the log makes of them, and how long it waits.

import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatVerifierKey } from '../../../core/log/note-key.ts';
import type { CosignersOptions } from '../../../server/log/cosigners.ts';
import { createLogger } from '../../../server/logger.ts';
import {
  ask,
  cosign,
  cosigners,
  fork,
  key,
  log,
  otherKey,
  policyOf,
  serve,
  type Handler,
} from './support/cosigner-world.ts';

describe('asking a witness that does wrong', () => {
  const one = (url: string, more?: Partial<CosignersOptions>) =>
    cosigners(policyOf([[formatVerifierKey(key.key), url]], 'w1'), more);

  const wrong: [what: string, handler: Handler, says: RegExp][] = [
    [
      'signs another text',
      async (_, response) => response.end(await cosign(key, await fork.note(5 + 2))),
      /does not hold/,
    ],
    [
      'answers with cosignatures of strangers only',
      async (_, response, { checkpoint }) => response.end(await cosign(otherKey, checkpoint)),
      /without a cosignature by witness\.example\.org\/a/,
    ],
    [
      'states no time',
      async (_, response, { checkpoint }) => response.end(await cosign(key, checkpoint, 0)),
      /states no time/,
    ],
    [
      'answers with something else',
      (_, response) => response.end('<html>hello</html>\n'),
      /not a signature line/i,
    ],
    [
      'answers endlessly',
      (_, response) => {
        const timer = setInterval(() => response.write('a'.repeat(16 * 1024)), 1);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
      /longer than 65536 bytes/,
    ],
    ['redirects', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(), /redirects/],
    [
      'does not know us',
      (_, response) => response.writeHead(404).end('unknown log\u001b[31m\n'),
      /status 404, unknown log\\u/,
    ],
    ['has trouble', (_, response) => response.writeHead(503).end(), /status 503/],
    [
      'names a size that is none',
      (_, response) => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('many\n'),
      /status 409, many/,
    ],
    [
      'names the size that we asked from',
      (_, response, { oldSize }) =>
        response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${oldSize}\n`),
      /names the same size/,
    ],
    ['cuts the connection', (request) => request.socket.destroy(), /./],
  ];
  it.each(wrong)('one that %s is a problem and no more', async (_what, handler, says) => {
    const { signatures, problems } = await ask(one(await serve(handler)), 7);
    expect(signatures).toEqual([]);
    expect(problems).toMatchObject([{ code: 'witnesses-unavailable', witness: 'w1' }]);
    expect(problems[0]?.message).toMatch(says);
  });

  it('keeps what is good in an answer with strangers’ lines', async () => {
    const url = await serve(async (_, response, { checkpoint }) => {
      response.end((await cosign(otherKey, checkpoint)) + (await cosign(key, checkpoint)));
    });
    const { signatures, problems } = await ask(one(url), 7);
    expect([signatures.map(({ name }) => name), problems]).toEqual([['witness.example.org/a'], []]);
  });

  it('asks no more often than it is told to, when the size changes each time', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${asked}\n`);
    });
    const { problems } = await ask(one(url, { maxTries: 4 }), 30);
    expect([asked, problems.length, problems[0]?.code]).toEqual([4, 1, 'witnesses-unavailable']);
  });

  const alarms: [what: string, handler: Handler][] = [
    ['a conflict without a size', (_, response) => response.writeHead(409).end('conflict\n')],
    [
      'a conflict with a size larger than ours',
      (_, response) =>
        response.writeHead(409, { 'content-type': 'text/x.tlog.size; charset=utf-8' }).end('8\n'),
    ],
    [
      'a refusal of the same size',
      (_, response, { oldSize }) =>
        oldSize === 7
          ? response.writeHead(422).end()
          : response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('7\n'),
    ],
    [
      'a refusal of our proof from a size that it has seen',
      (_, response, { oldSize }) =>
        oldSize === 4
          ? response.writeHead(422).end()
          : response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('4\n'),
    ],
  ];
  it.each(alarms)('takes %s for an alarm', async (_what, handler) => {
    const { signatures, problems } = await ask(one(await serve(handler)), 7);
    expect([signatures.length, problems.map(({ code }) => code)]).toEqual([0, ['ledger-fork']]);
  });

  it('does not take a refusal from nothing for an alarm: there is no history in it', async () => {
    const { problems } = await ask(one(await serve((_, response) => response.writeHead(422).end())), 7);
    expect(problems.map(({ code }) => code)).toEqual(['witnesses-unavailable']);
  });

  it('says so when our own log can’t be read', async () => {
    const url = await serve((_, response) =>
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('3\n'),
    );
    const { problems } = await one(url).collect(
      { size: 7, note: await log.note(7) },
      () => Promise.reject(new Error('database gone')),
      () => Promise.resolve(7),
    );
    expect(problems).toMatchObject([
      { code: 'witnesses-unavailable', message: 'our own log could not be read: database gone' },
    ]);
  });
});

describe('the time that it takes', () => {
  const silent: Handler = () => undefined;
  const good: Handler = async (_, response, { checkpoint }) => response.end(await cosign(key, checkpoint));

  it('is bounded for witnesses that say nothing, or too little too slowly', async () => {
    const slow = await serve((_, response) => {
      const timer = setInterval(() => response.write('a'), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    for (const url of [await serve(silent), slow]) {
      const started = performance.now();
      const { problems } = await ask(
        cosigners(policyOf([[formatVerifierKey(key.key), url]], 'w1'), { timeoutMs: 300 }),
        7,
      );
      expect(problems).toMatchObject([{ message: 'it did not answer in time' }]);
      expect(performance.now() - started).toBeLessThan(1500);
    }
  });

  it('is bounded when our own database hangs', async () => {
    const url = await serve((_, response) =>
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('3\n'),
    );
    const policy = policyOf([[formatVerifierKey(key.key), url]], 'w1');
    const { problems } = await cosigners(policy, { timeoutMs: 300 }).collect(
      { size: 7, note: await log.note(7) },
      () => new Promise(() => undefined),
      () => Promise.resolve(7),
    );
    expect(problems).toMatchObject([{ code: 'witnesses-unavailable' }]);
  });

  it('ends a grace after the quorum is met, without waiting for the rest', async () => {
    const policy = policyOf(
      [
        [formatVerifierKey(key.key), await serve(good)],
        [formatVerifierKey(otherKey.key), await serve(silent)],
      ],
      'any',
    );
    const started = performance.now();
    const { signatures, problems } = await ask(cosigners(policy, { timeoutMs: 10_000, graceMs: 50 }), 7);
    expect(performance.now() - started).toBeLessThan(3000);
    expect([signatures.length, problems]).toEqual([1, []]);
  });

  it('still lets a slow witness in within the grace', async () => {
    const later: Handler = async (_, response, { checkpoint }) => {
      await new Promise((done) => setTimeout(done, 100));
      response.end(await cosign(otherKey, checkpoint));
    };
    const policy = policyOf(
      [
        [formatVerifierKey(key.key), await serve(good)],
        [formatVerifierKey(otherKey.key), await serve(later)],
      ],
      'any',
    );
    expect((await ask(cosigners(policy, { graceMs: 2500 }), 7)).signatures).toHaveLength(2);
  });

  it('ends for all, before the time is over, when all have answered without a quorum', async () => {
    const policy = policyOf(
      [
        [formatVerifierKey(key.key), await serve(good)],
        [formatVerifierKey(otherKey.key), await serve((_, response) => response.writeHead(503).end())],
      ],
      'all',
    );
    const started = performance.now();
    const { signatures, problems } = await ask(cosigners(policy, { timeoutMs: 10_000 }), 7);
    expect(performance.now() - started).toBeLessThan(3000);
    expect([signatures.length, problems.map(({ witness }) => witness)]).toEqual([1, ['w2']]);
  });

  it('logs an alarm as fatal that came after the answer', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    let told = (): void => undefined;
    const late = new Promise<void>((done) => (told = done));
    const url = await serve((_, response) => {
      setTimeout(() => {
        response.writeHead(409).end(told);
      }, 250);
    });
    const policy = policyOf(
      [
        [formatVerifierKey(key.key), await serve(good)],
        [formatVerifierKey(otherKey.key), url],
      ],
      'any',
    );
    const { problems } = await ask(cosigners(policy, { graceMs: 20, log: createLogger('info', sink) }), 7);
    expect(problems).toEqual([]);
    await late;
    await expect.poll(() => lines.length).toBe(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'fatal', event: 'witness-alarm', witness: 'w2' });
  });
});
