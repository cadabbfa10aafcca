// A monitor that people leave running: it is killed and goes on, it stays, it catches up, and it prints what is hostile
// without letting it act.

import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditEventSchema, type AuditEvent } from '../../../core/api/audit-event.ts';
import { makeIdentity } from '../../../core/identity.ts';
import { formatNote, parseNote } from '../../../core/log/note.ts';
import { runTypeScript } from '../../support/run-typescript.ts';
import { makeReviewer, review, testNow } from '../support/world.ts';
import { AuditWorld, kinds, only } from './support/audit-world.ts';

const main = resolve(import.meta.dirname, '../../../cli/main.ts');
const nobody = makeIdentity('openpgp', '11'.repeat(20));
let place: AuditWorld;

beforeEach(async () => {
  place = await AuditWorld.make();
});
afterEach(() => place.close());

const args = (...more: string[]): string[] => [
  'log',
  'audit',
  '--json',
  '--server',
  place.url,
  '--log-key',
  place.ledger.vkey,
  '--state',
  place.state,
  ...more,
];

test(
  'killed again and again, it reports every entry, and again only what was on its way',
  { timeout: 400_000 },
  async () => {
    const count = 6000;
    place.ledger.now = new Date(Date.now() - 86_400_000);
    place.ledger.addFiller(count, nobody);
    await place.ledger.publish();
    const printed: AuditEvent[] = [];
    let kills = 0;
    let restarts = 0;
    for (let done = false; !done; restarts++) {
      expect(restarts, 'it gets on').toBeLessThan(20);
      const child = runTypeScript(main, args('--from-start', '--watch', nobody));
      let stdout = '';
      let timer: NodeJS.Timeout | undefined;
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        // At another moment each time, somewhere inside the reading; the last one may end.
        if (restarts < 4) timer ??= setTimeout(() => child.kill('SIGKILL'), 1 + restarts * 37);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      clearTimeout(timer);
      if (code === null) kills++;
      else done = true;
      for (const line of stdout.split('\n').slice(0, -1))
        printed.push(auditEventSchema.parse(JSON.parse(line)));
    }
    const indices = printed.flatMap((event) => (event.kind === 'statement' ? [event.index] : []));
    expect(new Set(indices).size).toBe(count);
    expect(kills).toBeGreaterThan(1);
    // One bundle at most is on its way when it is killed.
    expect(indices.length - count).toBeLessThanOrEqual(256 * kills);
    const byIndex = new Map<number, string>();
    for (const event of printed) {
      if (event.kind !== 'statement') continue;
      expect(byIndex.get(event.index) ?? event.id).toBe(event.id);
      byIndex.set(event.index, event.id);
    }
    const again = await place.audit(['--watch', nobody], { clock: () => new Date() });
    expect(again, again.stderr).toMatchObject({ exit: 0, events: [] });
  },
);

test('what was written to the state and not printed any more is printed by the next run', async () => {
  const { Journal } = await import('../../../cli/audit/journal.ts');
  await place.audit();
  place.ledger.addRecord('gossip');
  await place.ledger.publish();
  // Printing is where this one dies.
  const dies = new Error('killed');
  const outlets = {
    print: () => {
      throw dies;
    },
    webhook: undefined,
  };
  const journal = await Journal.open(place.state, outlets);
  const event = { ...only((await place.audit(['--state', `${place.state}-2`])).events, 'started') };
  await expect(journal!.commit([event])).rejects.toBe(dies);
  const next = await place.audit();
  expect(kinds(next.events)).toEqual(['started', 'leaf-invalid']);
  expect(next.events[0]).toEqual(event);
});

test('of two monitors on one state one goes on and the other says so', async () => {
  await place.audit();
  place.ledger.addFiller(500, nobody);
  await place.ledger.publish();
  const both = await Promise.all([place.audit(['--watch', nobody]), place.audit(['--watch', nobody])]);
  const exits = both.map(({ exit }) => exit).sort();
  expect(exits).toEqual([2, 3]);
  const ids = both.flatMap(({ events }) => events.map(({ id }) => id));
  expect(new Set(ids).size, 'every event once or more').toBe(500);
  expect((await place.audit(['--watch', nobody])).events).toEqual([]);
});

test(
  'with --follow it stays, reports as things come, and ends when it is stopped',
  { timeout: 180_000 },
  async () => {
    const alice = await makeReviewer('Alice');
    const child = runTypeScript(main, args('--follow', '1', '--watch', alice.identity), { stderr: 'pipe' });
    const events: AuditEvent[] = [];
    let rest = '';
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(auditEventSchema.parse(JSON.parse(line)));
    });
    const until = async (reached: () => boolean): Promise<void> => {
      for (let tries = 0; !reached(); tries++) {
        if (tries > 3000) throw new Error(`not reached: ${JSON.stringify(events)} ${stderr}`);
        await new Promise((go) => setTimeout(go, 50));
      }
    };
    await until(() => events.length === 1);
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', 'ab'.repeat(64)));
    await place.ledger.publish();
    await until(() => events.length === 3);
    place.ledger.instead.set('checkpoint', 503);
    await until(() => events.length === 4);
    place.ledger.instead.clear();
    await until(() => events.length === 5);
    expect(kinds(events)).toEqual(['started', 'statement', 'statement', 'unreachable', 'resolved']);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect(code, 'it was cut off for a while').toBe(4);
  },
);

test('with --follow it waits for a ledger that does not answer yet', async () => {
  place.ledger.instead.set('checkpoint', 503);
  let stop = (): void => undefined;
  const running = place.audit(['--follow', '1'], {
    onInterrupt: (handler) => {
      stop = handler;
      return () => undefined;
    },
  });
  await new Promise((go) => setTimeout(go, 300));
  place.ledger.instead.clear();
  await new Promise((go) => setTimeout(go, 1500));
  stop();
  const { events, exit } = await running;
  expect(kinds(events)).toEqual(['started']);
  expect(exit).toBe(4);
});

test('10,000 entries are caught up with in reasonable time', { timeout: 120_000 }, async () => {
  place.ledger.now = new Date(testNow.getTime() - 86_400_000);
  place.ledger.addFiller(10_000, nobody);
  await place.ledger.publish();
  const started = performance.now();
  const { exit, events, stderr } = await place.audit(['--from-start']);
  const ms = Math.round(performance.now() - started);
  expect(exit, stderr).toBe(0);
  expect(stderr).toContain('10000 read');
  expect(kinds(events)).toEqual(['started']);
  console.log(`10,000 entries in ${ms} ms, server included: ${Math.round(10_000_000 / ms)} entries a second`);
  expect(ms).toBeLessThan(30_000);
});

test('what the ledger writes acts on no terminal, in any format', async () => {
  const alice = await makeReviewer('Alice');
  await place.audit();
  await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', 'ab'.repeat(64)));
  await place.ledger.publish();
  const { text, signatures } = parseNote(place.ledger.published);
  const [first] = signatures;
  // Bidirectional and invisible characters may stand in the names of keys that nobody knows.
  const hostile = { ...first!, name: 'evil\u202e\u200b\u2066' };
  place.ledger.published = formatNote({ text, signatures: [first!, hostile] });
  const clean = /^[\x20-\x7e\n✗•✓–→…\u2014]*$/u;
  const good = await place.human(['--watch', alice.identity]);
  expect(good.exit).toBe(0);
  expect(good.stdout).toMatch(clean);

  const other = place.ledger.fork();
  other.records[1] = new TextEncoder().encode('::error::\u001b]0;owned\u0007\n');
  await other.publish();
  other.published = formatNote({
    text: parseNote(other.published).text,
    signatures: [...parseNote(other.published).signatures, hostile],
  });
  await place.serve(other);
  const fork = await place.human();
  expect(fork.exit).toBe(3);
  expect(fork.stdout).toContain('evil\\u{202e}');
  expect(fork.stdout).toMatch(clean);
  other.published = '\u001b[2J::error::pwned\n\u009b31m\n';
  for (const argv of [['--json'], []]) {
    const outcome = await place.human([...argv, '--state', `${place.state}${argv.length}`]);
    expect(outcome.exit).toBe(3);
    const lines = (outcome.stdout + outcome.stderr).split('\n');
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(line).not.toMatch(/^\s*::/);
    }
  }
});
