// Webhooks: a real receiver that takes, refuses, hangs or redirects; nothing is lost, and nothing but events is sent.

import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auditEventSchema, type AuditEvent } from '../../../core/api/audit-event.ts';
import { makeIdentity } from '../../../core/identity.ts';
import { deliver, parseWebhookUrl } from '../../../cli/audit/webhook.ts';
import { expectCode } from '../../support/matchers.ts';
import { bodyOf, listen } from '../support/memory-ledger.ts';
import { makeReviewer, review, type Reviewer } from '../support/world.ts';
import { AuditWorld, kinds } from './support/audit-world.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly body: string;
  readonly events: AuditEvent[];
}

let place: AuditWorld;
let alice: Reviewer;
let received: Received[];
/** Status of the next answers; the last one stays. 0 never answers. */
let answers: number[];
let hook: { url: string; close: () => Promise<void> };
const sha = 'ab'.repeat(64);

beforeEach(async () => {
  place = await AuditWorld.make();
  alice = await makeReviewer('Alice');
  received = [];
  answers = [204];
  hook = await listen((request, response) => {
    void bodyOf(request).then((body) => {
      const events = z.array(auditEventSchema).parse(JSON.parse(body));
      received.push({ headers: request.headers, method: request.method ?? '', body, events });
      const status = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (status === 302) response.writeHead(302, { location: `${place.url}/stolen` }).end();
      else if (status !== 0) response.writeHead(status).end('{"secret":"of no interest"}');
    });
  });
});
afterEach(async () => {
  await hook.close();
  await place.close();
});

const watch = (): string[] => ['--webhook', `${hook.url}/in/token-123`, '--watch', alice.identity];
const publish = async (name: string): Promise<void> => {
  await place.ledger.say(alice, review(`pkg:npm/${name}@1.0.0`, sha));
  await place.ledger.publish();
};

test('events are delivered as they are printed, signed over time and body', async () => {
  const secret = 'a secret of some length';
  const file = place.file('secret', `${secret}\n`);
  await publish('one');
  const { events, exit } = await place.audit([...watch(), '--from-start', '--webhook-secret-file', file]);
  expect(exit).toBe(0);
  expect(events).toHaveLength(3);
  expect(received.flatMap((one) => one.events)).toEqual(events);
  for (const { headers, method, body } of received) {
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/json');
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['trust-check-signature']))!;
    expect(Number(seconds)).toBe(place.now.getTime() / 1000);
    expect(mac).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  }
  expect((await place.audit(watch())).exit).toBe(0);
  expect(
    received.flatMap((one) => one.events),
    'delivered once',
  ).toHaveLength(3);
});

test('without a secret nothing is signed, and nothing of this machine is sent', async () => {
  await publish('one');
  await place.audit([...watch(), '--from-start']);
  const [first] = received;
  expect(first!.headers).not.toHaveProperty('trust-check-signature');
  expect(Object.keys(first!.headers).filter((name) => /cookie|authorization|referer/.test(name))).toEqual([]);
  for (const text of [place.state, place.world.home, place.url, 'token-123']) {
    expect(received.map(({ body }) => body).join('')).not.toContain(text);
  }
});

test('what is refused waits, is told without the address, exits 4, and is delivered by the next run', async () => {
  answers = [400];
  await publish('one');
  const refused = await place.audit([...watch(), '--from-start']);
  expect(refused.exit).toBe(4);
  expect(refused.events).toHaveLength(3);
  expect(refused.stderr).toContain('it answers 400');
  expect(refused.stderr).toContain('3 events wait');
  expect(refused.stderr).not.toContain('token-123');
  expect(received).toHaveLength(1);

  await publish('two');
  answers = [200];
  received = [];
  const taken = await place.audit(watch());
  expect(taken.exit).toBe(0);
  expect(kinds(taken.events), 'printed once').toEqual(['statement']);
  expect(received.flatMap((one) => one.events)).toEqual([...refused.events, ...taken.events]);
});

test('a receiver that fails for a while is asked again in the same run', async () => {
  answers = [503, 500, 200];
  await publish('one');
  const { events, exit } = await place.audit([...watch(), '--from-start']);
  expect(exit).toBe(0);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received[2]!.events).toEqual(events);
});

test('a redirect is not followed', async () => {
  answers = [302];
  await publish('one');
  const { exit, stderr } = await place.audit([...watch(), '--from-start']);
  expect(exit).toBe(4);
  expect(stderr).toContain('it answers 302');
  expect(place.ledger.requests).not.toContain('stolen');
});

test('an alarm goes before a receiver that fails', async () => {
  answers = [400];
  await place.audit(watch());
  place.ledger.addRecord('gossip');
  await place.ledger.publish();
  expect((await place.audit(watch())).exit).toBe(3);
});

test('a receiver that never answers is left after the time that it has', async () => {
  answers = [0];
  const events = [await anEvent()];
  const { delivered, failure } = await deliver(
    {
      url: new URL(hook.url),
      secret: undefined,
      fetch,
      clock: () => place.now,
      timeoutMs: 50,
      pausesMs: [1, 1],
      signal: new AbortController().signal,
    },
    events,
  );
  expect({ delivered, failure }).toEqual({ delivered: 0, failure: 'no answer within 0.05 s' });
  expect(received).toHaveLength(3);
});

test('many events go in several requests, in order, and a failure in between keeps the rest', async () => {
  const event = await anEvent();
  const events = Array.from({ length: 250 }, (_, i) => ({ ...event, message: `number ${i}` }));
  answers = [200, 200, 400];
  const hookOptions = {
    url: new URL(hook.url),
    secret: undefined,
    fetch,
    clock: () => place.now,
    timeoutMs: 5000,
    pausesMs: [],
    signal: new AbortController().signal,
  };
  expect(await deliver(hookOptions, events)).toEqual({ delivered: 200, failure: 'it answers 400' });
  expect(received.map((one) => one.events.length)).toEqual([100, 100, 50]);
  expect(received.flatMap((one) => one.events.map(({ message }) => message))).toEqual(
    events.map(({ message }) => message),
  );
});

test('when too much waits, no more is read, and nothing is lost', async () => {
  answers = [400];
  const nobody = makeIdentity('openpgp', '11'.repeat(20));
  place.ledger.addFiller(4000, nobody);
  await place.ledger.publish();
  const args = ['--webhook', hook.url, '--watch', nobody, '--from-start'];
  const stopped = await place.audit(args);
  expect(stopped.stderr).toMatch(/4000 entries, (2\d{3}) read, \d+ still to read/);
  const more = await place.audit(args);
  expect(more.events).toEqual([]);
  answers = [200];
  received = [];
  const rest = await place.audit(args);
  const sent = received.flatMap((one) => one.events.map(({ id }) => id));
  expect(sent).toEqual([...stopped.events, ...rest.events].map(({ id }) => id));
  expect(new Set(sent).size).toBe(4001);
});

describe('the address', () => {
  test.each([
    'http://hooks.example.org/',
    'http://127.0.0.1.example.org/',
    'ftp://localhost/',
    'https://user:pass@hooks.example.org/',
    'not an address',
  ])('%s is refused', async (text) => {
    const error = await expectCode('usage', () => parseWebhookUrl(text));
    expect(error.message).not.toContain('pass@');
  });
  test.each([
    'https://hooks.example.org/x?token=1',
    'http://localhost:9000/',
    'http://[::1]:9000/',
    'http://127.1.2.3/',
  ])('%s is taken', (text) => {
    expect(parseWebhookUrl(text).href).toBe(text);
  });
  test('a short secret, or one without a webhook, is refused', async () => {
    const short = place.file('short', 'abc\n');
    expect((await place.audit([...watch(), '--webhook-secret-file', short])).exit).toBe(2);
    const long = place.file('long', 'x'.repeat(32));
    expect((await place.audit(['--webhook-secret-file', long])).exit).toBe(2);
  });
});

async function anEvent(): Promise<AuditEvent> {
  const { events } = await place.audit(['--state', `${place.state}-other`]);
  return events[0]!;
}
