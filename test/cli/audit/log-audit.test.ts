// The monitor on an honest ledger: what is watched is reported once, with what it says, and nothing is skipped.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatLeaf, parseLeaf } from '../../../core/log/leaf.ts';
import { fromUtf8 } from '../../../core/bytes.ts';
import { makeIdentity, splitIdentity } from '../../../core/identity.ts';
import { makeReviewer, review, sign, trust, type Reviewer } from '../support/world.ts';
import { AuditWorld, kinds, only } from './support/audit-world.ts';
import { AuditedLedger } from './support/audited-ledger.ts';

let place: AuditWorld;
let alice: Reviewer;
let bob: Reviewer;
const sha = 'ab'.repeat(64);

beforeEach(async () => {
  place = await AuditWorld.make();
  [alice, bob] = await Promise.all([makeReviewer('Alice'), makeReviewer('Bob')]);
});
afterEach(() => place.close());

test('a log without entries is audited, and its first entries are read when they come', async () => {
  const first = await place.audit(['--watch', alice.identity]);
  expect(first.exit, first.stderr).toBe(0);
  expect(kinds(first.events)).toEqual(['started']);
  await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha, 'negative'));
  await place.ledger.publish();
  const second = await place.audit(['--watch', alice.identity]);
  expect(second.exit, second.stderr).toBe(0);
  expect(kinds(second.events)).toEqual(['statement', 'statement']);
  expect(await place.audit(['--watch', alice.identity])).toMatchObject({ exit: 0, events: [] });
});

test('a match names author, place, time and what the verified document says', async () => {
  const { ledger } = place;
  await ledger.say(bob, review('pkg:npm/other@1.0.0', sha));
  const { index, id, leaf } = await ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha, 'negative'));
  await ledger.publish();
  const { events, exit } = await place.audit(['--from-start', '--watch', 'pkg:npm/left-pad']);
  expect(exit).toBe(0);
  expect(only(events, 'statement')).toMatchObject({
    severity: 'info',
    watched: ['pkg:npm/left-pad'],
    index,
    statement: id,
    author: alice.identity,
    statementKind: 'package review',
    recordedAt: leaf.recordedAt.toISOString().replace('.000', ''),
    verified: true,
    says: { purl: 'pkg:npm/left-pad@1.3.0', rating: 'negative', understanding: 'medium' },
  });
  expect((await place.audit(['--watch', 'pkg:npm/left-pad', '--fail-on-match'])).exit).toBe(0);
});

describe('what can be watched', () => {
  const other = makeIdentity('openpgp', '77'.repeat(20));
  const matched = async (...watches: string[]): Promise<string[]> => {
    const { events, exit, stderr } = await place.audit([
      '--from-start',
      '--state',
      `${place.state}-${watches.join('').length}-${Math.random()}`,
      ...watches.flatMap((watch) => ['--watch', watch]),
    ]);
    expect(exit, stderr).toBe(0);
    return events.flatMap((event) =>
      event.kind === 'statement' ? [`${event.index} ${event.watched.join(' ')}`] : [],
    );
  };

  beforeEach(async () => {
    const { ledger } = place;
    await ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha)); // 0 certificate, 1
    await ledger.say(bob, trust([alice.identity, other])); // 2 certificate, 3
    await ledger.say(bob, {
      kind: 'reviewer set',
      name: 'core',
      title: 'Core',
      members: [{ id: splitIdentity(other), trust: 'high' }],
    }); // 4
    await ledger.publish();
  });

  test('an identity: what it says, its certificate, and what is said of it', async () => {
    expect(await matched(alice.identity)).toEqual([0, 1, 3].map((index) => `${index} ${alice.identity}`));
    expect(await matched(other)).toEqual([`3 ${other}`, `4 ${other}`]);
  });

  test('a reviewer set', async () => {
    expect(await matched(`${bob.identity}#core`)).toEqual([`4 ${bob.identity}#core`]);
    expect(await matched(`${bob.identity}#other`)).toEqual([]);
  });

  test('a package in all versions, and one version', async () => {
    expect(await matched('pkg:npm/left-pad')).toEqual(['1 pkg:npm/left-pad']);
    expect(await matched('pkg:npm/left-pad@1.3.0')).toEqual(['1 pkg:npm/left-pad@1.3.0']);
    expect(await matched('pkg:npm/left-pad@1.4.0')).toEqual([]);
  });

  test('a digest, and a statement by its id', async () => {
    expect(await matched(`digest:sha512:${sha}`)).toEqual([`1 digest:sha512:${sha}`]);
    const { id } = parseLeaf(fromUtf8(place.ledger.records[1]!));
    expect(await matched(`statement:${id}`)).toEqual([`1 statement:${id}`]);
  });

  test('two watches on one entry are one event', async () => {
    expect(await matched('pkg:npm/left-pad', alice.identity)).toContain(
      `1 ${alice.identity} pkg:npm/left-pad`,
    );
  });

  test('a file of watches with comments', async () => {
    const file = place.file('watched.txt', `# mine\n\npkg:npm/left-pad\n  ${bob.identity}#core  \n`);
    const { events } = await place.audit(['--from-start', '--watch-file', file]);
    expect(kinds(events)).toEqual(['started', 'statement', 'statement']);
  });
});

test.each([
  ['pkg:', /purl/i],
  ['left-pad', /identity/i],
  ['digest:sha1:'.concat('ab'.repeat(20)), /weak/],
  ['digest:sha512:zz', /digest/i],
  ['statement:abc', /64 hex/],
])('%s is refused as a watch before anything is asked for', async (watch, why) => {
  const { exit, stdout } = await place.audit(['--watch', watch]);
  expect(exit).toBe(2);
  expect(stdout).toMatch(why);
  expect(place.ledger.requests).toEqual([]);
});

test('the retraction of a statement that matched is reported although nobody watches its author', async () => {
  const { ledger } = place;
  const watch = ['--watch', 'pkg:npm/left-pad'];
  await place.audit(watch);
  const { id } = await ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
  await ledger.publish();
  await place.audit(watch);
  await ledger.say(alice, { kind: 'retraction', statement: id, reason: 'mistake' });
  await ledger.publish();
  const event = only((await place.audit(watch)).events, 'statement');
  expect(event).toMatchObject({
    watched: [`statement:${id}`],
    statementKind: 'retraction',
    says: { retracts: id, reason: 'mistake' },
  });
});

test('a statement on over 800 people is opened to see whether the watched one is among them', async () => {
  const crowd = Array.from({ length: 900 }, (_, i) =>
    makeIdentity('openpgp', i.toString(16).padStart(40, '0')),
  );
  const { leaf } = await place.ledger.say(alice, trust(crowd));
  expect(leaf.subjects.all?.count).toBe(900);
  await place.ledger.publish();
  const { events } = await place.audit(['--from-start', '--watch', crowd[555]!]);
  expect(only(events, 'statement')).toMatchObject({ watched: [crowd[555]], says: { identityCount: 900 } });
  const nobody = makeIdentity('openpgp', 'f'.repeat(40));
  const second = await place.audit(['--from-start', '--watch', nobody, '--state', `${place.state}-2`]);
  expect(kinds(second.events)).toEqual(['started']);
});

describe('documents', () => {
  const watch = (): string[] => ['--watch', alice.identity];

  test('one that the ledger withholds is reported as not verified, and is no alarm', async () => {
    await place.audit(watch());
    const { index } = await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
    await place.ledger.publish();
    place.ledger.instead.set(
      'documents/000.p/2',
      `${place.ledger.answer('documents/000.p/2').toString().split('\n')[0]}\n`,
    );
    const { events, exit } = await place.audit(watch());
    expect(exit).toBe(0);
    expect(events.find((event) => event.kind === 'statement' && event.index === index)).toMatchObject({
      severity: 'warning',
      verified: false,
      code: 'not-found',
    });
  });

  test('one that is not the one of the entry is evidence', async () => {
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
    await place.ledger.publish();
    place.ledger.documents[1] = await sign(alice, review('pkg:npm/left-pad@1.3.0', sha, 'negative'));
    const { events, exit } = await place.audit(['--from-start', '--watch', 'pkg:npm/left-pad']);
    expect(exit).toBe(3);
    expect(only(events, 'statement')).toMatchObject({
      severity: 'alarm',
      verified: false,
      code: 'evidence-invalid',
    });
    expect(only(events, 'statement')).not.toHaveProperty('says');
  });

  test('an entry that names an author who has not signed it is evidence', async () => {
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
    const leaf = parseLeaf(fromUtf8(place.ledger.records[1]!));
    place.ledger.addRecord(
      formatLeaf({ ...leaf, author: bob.identity, id: '5'.repeat(64) }),
      place.ledger.documents[1],
    );
    await place.ledger.publish();
    const { events, exit } = await place.audit(['--from-start', '--watch', bob.identity]);
    expect(exit).toBe(3);
    expect(only(events, 'statement')).toMatchObject({ severity: 'alarm', code: 'evidence-invalid' });
  });

  test('an entry that leaves out a subject of its document is evidence', async () => {
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
    const leaf = parseLeaf(fromUtf8(place.ledger.records[1]!));
    place.ledger.records[1] = new TextEncoder().encode(
      formatLeaf({ ...leaf, subjects: { ...leaf.subjects, listed: leaf.subjects.listed.slice(1) } }),
    );
    await place.ledger.publish();
    const { events, exit } = await place.audit(['--from-start', '--watch', alice.identity]);
    expect(exit).toBe(3);
    expect(events.find((event) => event.kind === 'statement' && event.index === 1)).toMatchObject({
      severity: 'alarm',
    });
  });

  test('a certificate from before the first run is asked for; one that was read past is taken from the log', async () => {
    await place.ledger.addCertificate(alice);
    await place.ledger.publish();
    await place.audit(watch());
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
    await place.ledger.publish();
    expect(only((await place.audit(watch())).events, 'statement')).toMatchObject({ verified: true });
    expect(place.ledger.requests.filter((path) => path.includes('certificates'))).toHaveLength(1);

    place.ledger.hasApi = false;
    const fromStart = ['--from-start', '--state', `${place.state}-2`, ...watch()];
    expect(kinds((await place.audit(fromStart)).events)).toEqual(['started', 'statement', 'statement']);
    await place.ledger.say(alice, review('pkg:npm/left-pad@1.4.0', sha));
    await place.ledger.publish();
    expect(only((await place.audit(fromStart)).events, 'statement')).toMatchObject({ verified: true });
  });
});

test('a folder in the static layout is audited like a server', async () => {
  await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
  await place.ledger.publish();
  const folder = place.export();
  const { events, exit, stderr } = await place.audit([
    '--from',
    folder,
    '--from-start',
    '--watch',
    alice.identity,
  ]);
  expect(exit, stderr).toBe(0);
  expect(events.map((event) => event.kind === 'statement' && event.verified)).toEqual([false, true, true]);
});

test('a key that nobody named is pinned on first use, and another one is refused later', async () => {
  const run = () =>
    place.world.run(['log', 'audit', '--server', place.url, '--state', place.state], {
      clock: () => place.now,
    });
  const first = await run();
  expect(first.exit, first.stderr).toBe(0);
  expect(first.stderr).toContain(place.ledger.vkey);
  const impostor = await AuditedLedger.make();
  place.ledger.instead.set('checkpoint', impostor.published);
  const second = await run();
  expect(second.exit).toBe(3);
  expect(second.stdout).toContain('checkpoint-invalid');
});

test('another ledger under the same state is refused', async () => {
  await place.audit();
  await place.serve(await AuditedLedger.make('other.example/log'));
  const { events, exit } = await place.audit();
  expect(exit).toBe(3);
  expect(only(events, 'checkpoint-invalid').message).toContain('audit.example/log');
});

test('--from-index counts on the first run only', async () => {
  place.ledger.addFiller(10, alice.identity);
  await place.ledger.publish();
  expect((await place.audit(['--from-index', '11'])).exit).toBe(2);
  expect(only((await place.audit(['--from-index', '4'])).events, 'started')).toMatchObject({
    index: 4,
    size: 10,
  });
  expect(await place.audit(['--from-index', '4'])).toMatchObject({ exit: 0, events: [] });
});

test('a match exits with 1 when that was asked for', async () => {
  await place.ledger.say(alice, review('pkg:npm/left-pad@1.3.0', sha));
  await place.ledger.publish();
  const { exit } = await place.audit(['--from-start', '--watch', alice.identity, '--fail-on-match']);
  expect(exit).toBe(1);
});

test('an audit with the log unchecked is refused', async () => {
  const { exit, stdout } = await place.audit(['--no-log-check']);
  expect(exit).toBe(2);
  expect(stdout).toContain('--no-log-check');
});
