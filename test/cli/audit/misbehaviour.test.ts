// A ledger that misbehaves: every way has its event, its exit status, and is told once while it goes on.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromUtf8, toHex } from '../../../core/bytes.ts';
import { signFreezeNotice } from '../../../core/log/freeze-notice.ts';
import { formatLeaf, parseLeaf } from '../../../core/log/leaf.ts';
import { formatNote, parseNote } from '../../../core/log/note.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatVerifierKey } from '../../../core/log/note-key.ts';
import { makeIdentity } from '../../../core/identity.ts';
import { testNow } from '../support/world.ts';
import { AuditWorld, kinds, only } from './support/audit-world.ts';
import { AuditedLedger, logKey, witnessKey } from './support/audited-ledger.ts';

let place: AuditWorld;
const nobody = makeIdentity('openpgp', '11'.repeat(20));

beforeEach(async () => {
  place = await AuditWorld.make();
  place.ledger.addFiller(300, nobody);
  await place.ledger.publish();
});
afterEach(() => place.close());

/** Grows the ledger by some entries and publishes it. */
const grow = async (count: number, ledger = place.ledger): Promise<void> => {
  ledger.addFiller(count, nobody);
  await ledger.publish();
};

describe('a fork', () => {
  test('of the same size: both signed notes, verbatim, in the event, on the terminal and in a file', async () => {
    const other = place.ledger.fork();
    await grow(5);
    other.addFiller(4, makeIdentity('openpgp', '22'.repeat(20)));
    await grow(1, other);
    await place.audit();
    const honest = place.ledger.published;
    await place.serve(other);
    const { exit, stdout, stderr } = await place.human();
    expect(exit).toBe(3);
    for (const note of [honest, other.published]) {
      for (const line of note.trimEnd().split('\n')) expect(stdout).toContain(line);
    }
    expect(stdout).toContain('alarm: fork');
    const [file, ...rest] = place.evidence();
    expect(rest).toEqual([]);
    expect(stderr).toContain(file);
    expect(readFileSync(file!, 'utf8')).toContain(honest);
    expect(readFileSync(file!, 'utf8')).toContain(other.published);
  });

  test('of another size is proven by the tiles of the larger one, whichever is seen first', async () => {
    const other = place.ledger.fork();
    await grow(5);
    other.addFiller(40, makeIdentity('openpgp', '22'.repeat(20)));
    await other.publish();
    await place.audit(['--from-start']);
    const honest = place.ledger;
    await place.serve(other);
    const larger = await place.audit();
    expect(larger.exit).toBe(3);
    expect(only(larger.events, 'fork')).toMatchObject({
      severity: 'alarm',
      seenSize: 305,
      servedSize: 340,
      seenNote: honest.published,
      servedNote: other.published,
      seenRoot: toHex(honest.root()),
      servedRoot: toHex(other.root()),
    });

    const state = ['--state', `${place.state}-2`];
    expect((await place.audit(['--from-start', ...state])).exit).toBe(0);
    await place.serve(honest);
    const smaller = await place.audit(state);
    expect(smaller.exit).toBe(3);
    expect(only(smaller.events, 'fork')).toMatchObject({ seenSize: 340, servedSize: 305 });
  });

  test('is told once; the status stays 3 while its evidence lies there, also when the ledger is honest again', async () => {
    const honest = place.ledger;
    const other = honest.fork();
    await grow(5);
    other.addFiller(5, makeIdentity('openpgp', '22'.repeat(20)));
    await other.publish();
    await place.audit();
    await place.serve(other);
    expect(kinds((await place.audit()).events)).toEqual(['fork']);
    other.addFiller(5, nobody);
    await other.publish();
    expect(await place.audit()).toMatchObject({ exit: 3, events: [] });
    await place.serve(honest);
    const back = await place.audit();
    expect(back.exit).toBe(3);
    expect(only(back.events, 'resolved')).toMatchObject({ what: 'fork' });
    expect(place.evidence()).toHaveLength(1);
    rmSync(place.evidence()[0]!);
    expect(await place.audit()).toMatchObject({ exit: 0, events: [] });
  });

  test('is a fork although witnesses have not signed it', async () => {
    const witness = await witnessKey('w.example/1');
    const policy = place.file(
      'policy',
      `log ${place.ledger.vkey}\nwitness w ${formatVerifierKey(witness.key)}\nquorum w\n`,
    );
    const args = ['--log-policy', policy];
    const other = place.ledger.fork();
    await place.ledger.publish([[witness, testNow]]);
    await place.audit(args);
    other.records[299] = other.records[0]!;
    const { events, exit } = await place.serve(await republished(other)).then(() => place.audit(args));
    expect(exit).toBe(3);
    expect(kinds(events)).toEqual(['checkpoint-invalid', 'fork']);
    expect(only(events, 'checkpoint-invalid')).toMatchObject({ code: 'cosignatures-missing' });
  });

  const republished = async (ledger: AuditedLedger): Promise<AuditedLedger> => {
    await ledger.publish();
    return ledger;
  };
});

describe('a smaller log than was seen', () => {
  test('is a copy that lags at first, and a rollback when it stays', async () => {
    await grow(20);
    await place.audit(['--from-start']);
    place.ledger.published = await place.ledger.checkpoint(310);
    const first = await place.audit();
    expect(first.exit).toBe(0);
    expect(only(first.events, 'behind')).toMatchObject({
      severity: 'warning',
      seenSize: 320,
      servedSize: 310,
    });
    place.wait(60);
    place.ledger.published = await place.ledger.checkpoint(311);
    expect(await place.audit()).toMatchObject({ exit: 0, events: [] });
    place.wait(600);
    const later = await place.audit();
    expect(later.exit).toBe(3);
    expect(only(later.events, 'rollback')).toMatchObject({
      severity: 'alarm',
      since: testNow.toISOString(),
      seenNote: await place.ledger.checkpoint(320),
    });
    await place.ledger.publish();
    const back = await place.audit();
    expect(back.exit).toBe(0);
    expect(only(back.events, 'resolved')).toMatchObject({ what: 'rollback' });
  });

  test('is a rollback at once when witnesses have signed it after the larger one', async () => {
    const witness = await witnessKey('w.example/1');
    const policy = place.file(
      'policy',
      `log ${place.ledger.vkey}\nwitness w ${formatVerifierKey(witness.key)}\nquorum w\n`,
    );
    const at = (minutes: number): Date => new Date(testNow.getTime() - 3_600_000 + minutes * 60_000);
    place.ledger.published = await place.ledger.checkpoint(300, [[witness, at(10)]]);
    await place.audit(['--log-policy', policy]);
    place.ledger.published = await place.ledger.checkpoint(299, [[witness, at(5)]]);
    const older = await place.audit(['--log-policy', policy]);
    expect(kinds(older.events)).toEqual(['behind']);
    place.ledger.published = await place.ledger.checkpoint(299, [[witness, at(11)]]);
    const later = await place.audit(['--log-policy', policy]);
    expect(later.exit).toBe(3);
    expect(only(later.events, 'rollback').message).toContain('cosigned after');
  });

  test('that hands out no tiles of the larger one is not called a fork without proof', async () => {
    await grow(20);
    await place.audit();
    rmSync(`${place.state}/tiles`, { recursive: true });
    const set = place.ledger.fork();
    set.records.length = 300;
    set.documents.length = 300;
    await set.publish();
    await place.serve(set);
    const { events, exit } = await place.audit();
    expect(exit).toBe(0);
    expect(only(events, 'behind').message).toContain('nothing shows');
    place.wait(600);
    expect(kinds((await place.audit()).events)).toEqual(['rollback']);
  });
});

describe('a checkpoint', () => {
  const isInvalid = async (published: string, code: string): Promise<void> => {
    await place.audit();
    place.ledger.published = published;
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(only(events, 'checkpoint-invalid')).toMatchObject({ severity: 'alarm', code, note: published });
    expect(await place.audit()).toMatchObject({ exit: 3, events: [] });
    await place.ledger.publish();
    expect(kinds((await place.audit()).events)).toEqual(['resolved']);
  };

  test('whose signature does not hold', async () => {
    const { text, signatures } = parseNote(place.ledger.published);
    const [first] = signatures;
    const payload = first!.payload.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
    await isInvalid(formatNote({ text, signatures: [{ ...first!, payload }] }), 'signature-invalid');
  });

  test('by another key of the same name', async () => {
    const { text } = parseNote(place.ledger.published);
    const other = await logKey(place.ledger.origin);
    await isInvalid(formatNote({ text, signatures: [await signNote(other, text, 0)] }), 'signature-missing');
  });

  test('that is no note at all', async () => {
    await isInvalid('<html>\u001b[31mhello</html>\n', 'note-invalid');
  });

  test('that lacks the quorum is not read on from', async () => {
    const [one, two] = [await witnessKey('w.example/1'), await witnessKey('w.example/2')];
    const policy = place.file(
      'policy',
      [
        `log ${place.ledger.vkey}`,
        `witness a ${formatVerifierKey(one.key)}`,
        `witness b ${formatVerifierKey(two.key)}`,
        'group both all a b',
        'quorum both\n',
      ].join('\n'),
    );
    const args = ['--log-policy', policy];
    await place.ledger.publish([[one, testNow]]);
    const first = await place.audit(args);
    expect(first.exit, 'a first checkpoint without its quorum is not begun from').toBe(3);
    expect(first.stdout).toContain('cosignatures-missing');
    await place.ledger.publish([
      [one, testNow],
      [two, testNow],
    ]);
    expect((await place.audit(args)).exit).toBe(0);
    place.ledger.addFiller(3, nobody);
    await place.ledger.publish([[two, testNow]]);
    const { events, exit, stderr } = await place.audit(args);
    expect(exit).toBe(3);
    expect(only(events, 'checkpoint-invalid').code).toBe('cosignatures-missing');
    expect(stderr).toContain('300 entries, 0 read');
  });
});

describe('staleness', () => {
  test('counts from the moment since when the quorum had signed', async () => {
    const keys = await Promise.all(['a', 'b', 'c'].map((name) => witnessKey(`${name}.example`)));
    const policy = place.file(
      'policy',
      [
        `log ${place.ledger.vkey}`,
        ...keys.map(({ key }, i) => `witness w${i} ${formatVerifierKey(key)}`),
        'group two 2 w0 w1 w2',
        'quorum two\n',
      ].join('\n'),
    );
    const args = ['--log-policy', policy, '--max-age', '30m'];
    const ago = (minutes: number): Date => new Date(testNow.getTime() - minutes * 60_000);
    await place.ledger.publish([
      [keys[0]!, ago(5)],
      [keys[1]!, ago(25)],
      [keys[2]!, ago(90)],
    ]);
    expect((await place.audit(args)).exit).toBe(0);
    place.wait(4 * 60);
    expect((await place.audit(args)).exit).toBe(0);
    place.wait(2 * 60);
    const late = await place.audit(args);
    expect(late.exit).toBe(3);
    expect(only(late.events, 'stale')).toMatchObject({
      basis: 'cosignatures',
      freshAt: ago(25).toISOString(),
      maxAgeSeconds: 1800,
    });
    await place.ledger.publish(keys.map((key) => [key, place.now] as const));
    const fresh = await place.audit(args);
    expect(fresh.exit).toBe(0);
    expect(only(fresh.events, 'resolved')).toMatchObject({ what: 'stale' });
    place.wait(23 * 3600);
    expect((await place.audit(['--log-policy', policy])).exit, 'a day is the default with witnesses').toBe(0);
    place.wait(2 * 3600);
    expect((await place.audit(['--log-policy', policy])).exit).toBe(3);
    expect((await place.audit(['--log-policy', policy, '--max-age', 'none'])).exit).toBe(0);
  });

  test('without witnesses counts from the last growth, or the newest entry on the first run', async () => {
    const newest = place.ledger.now;
    place.now = new Date(newest.getTime() + 50 * 60_000);
    expect((await place.audit(['--max-age', '1h'])).exit).toBe(0);
    place.wait(11 * 60);
    const late = await place.audit(['--max-age', '1h']);
    expect(only(late.events, 'stale')).toMatchObject({ basis: 'growth', freshAt: newest.toISOString() });
    await grow(1);
    expect(kinds((await place.audit(['--max-age', '1h'])).events)).toEqual(['resolved']);
    place.wait(59 * 60);
    expect((await place.audit(['--max-age', '1h'])).exit).toBe(0);
    place.wait(48 * 3600);
    expect((await place.audit()).exit, 'no limit without witnesses unless one is set').toBe(0);
  });

  test('a cosignature from the future makes nothing fresh, and is told', async () => {
    const witness = await witnessKey('w.example/1');
    const policy = place.file(
      'policy',
      `log ${place.ledger.vkey}\nwitness w ${formatVerifierKey(witness.key)}\nquorum w\n`,
    );
    await place.ledger.publish([[witness, new Date(testNow.getTime() + 86_400_000)]]);
    const { events, exit } = await place.audit(['--log-policy', policy]);
    expect(exit).toBe(3);
    expect(kinds(events)).toEqual(['started', 'cosignature-in-future', 'stale']);
  });
});

describe('entries', () => {
  test('a record that is no leaf', async () => {
    await place.audit();
    const index = place.ledger.addRecord('trust-ledger/leaf/v1\nkind gossip\n');
    place.ledger.addRecord(Uint8Array.of(0xff, 0xfe));
    await grow(1);
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(events).toMatchObject([
      { kind: 'leaf-invalid', severity: 'alarm', index },
      { kind: 'leaf-invalid', index: index + 1 },
    ]);
    expect(await place.audit(), 'read past, and told').toMatchObject({ exit: 0, events: [] });
  });

  test('times that go back, or lie ahead of the clock', async () => {
    await place.audit();
    const { now } = place.ledger;
    place.ledger.now = new Date(now.getTime() - 10_000);
    await grow(1);
    place.ledger.now = new Date(testNow.getTime() + 20 * 60_000);
    await grow(1);
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(kinds(events)).toEqual(['time-backwards', 'time-in-future']);
    expect(events).toMatchObject([{ index: 300 }, { index: 301 }]);
  });

  test.each([
    ['in one pass', true],
    ['across passes', false],
  ])('a statement that is logged twice, %s', async (_name, together) => {
    await place.audit(['--from-start']);
    await grow(3);
    if (!together) await place.audit();
    const leaf = parseLeaf(fromUtf8(place.ledger.records[301]!));
    const recordedAt = new Date(place.ledger.now.getTime() + 1000);
    place.ledger.addRecord(formatLeaf({ ...leaf, recordedAt }));
    await place.ledger.publish();
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(only(events, 'duplicate')).toMatchObject({ index: 303, firstIndex: 301, statement: leaf.id });
  });

  test('half of an id that is there already is no repetition', async () => {
    await place.audit(['--from-start']);
    const leaf = parseLeaf(fromUtf8(place.ledger.records[7]!));
    const id = leaf.id.slice(0, 32) + '0'.repeat(32);
    place.ledger.addRecord(formatLeaf({ ...leaf, id, recordedAt: place.ledger.now }));
    await place.ledger.publish();
    expect(await place.audit()).toMatchObject({ exit: 0, events: [] });
  });
});

describe('what is handed out', () => {
  test('an entry bundle with one flipped bit is named, and nothing after it is believed', async () => {
    await place.audit(['--from-start']);
    await grow(300);
    const path = 'tile/entries/001';
    const bytes = new Uint8Array(place.ledger.answer(path) as Uint8Array);
    bytes[bytes.length - 3]! ^= 1;
    place.ledger.instead.set(path, bytes);
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(only(events, 'tree-invalid')).toMatchObject({ code: 'proof-invalid', size: 600 });
    expect(only(events, 'tree-invalid').message).toContain('Entry 511');
    expect(await place.audit()).toMatchObject({ exit: 3, events: [] });
    place.ledger.instead.clear();
    const back = await place.audit();
    expect(back.exit).toBe(0);
    expect(back.stderr).toContain('300 read');
  });

  test('a tile with one flipped bit is named', async () => {
    await place.audit();
    await grow(300);
    const path = 'tile/0/001';
    const bytes = new Uint8Array(place.ledger.answer(path) as Uint8Array);
    bytes[100]! ^= 1;
    place.ledger.instead.set(path, bytes);
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(only(events, 'tree-invalid').message).toContain(path);
  });

  test('a damaged file in our own cache of tiles accuses nobody', async () => {
    await place.audit(['--from-start']);
    const tiles = readdirSync(`${place.state}/tiles`, { recursive: true, encoding: 'utf8' })
      .map((name) => `${place.state}/tiles/${name}`)
      .filter((path) => statSync(path).isFile());
    expect(tiles.length).toBeGreaterThan(0);
    for (const path of tiles) {
      const bytes = readFileSync(path);
      bytes[3]! ^= 1;
      writeFileSync(path, bytes);
    }
    await grow(300);
    expect(await place.audit()).toMatchObject({ exit: 0, events: [] });
  });

  test('what is withheld is a warning at first and an alarm when it stays', async () => {
    await place.audit();
    await grow(10);
    place.ledger.instead.set('tile/entries/001.p/54', undefined);
    const first = await place.audit();
    expect(first.exit).toBe(4);
    expect(only(first.events, 'withheld')).toMatchObject({ severity: 'warning', code: 'not-found' });
    place.wait(600);
    const later = await place.audit();
    expect(later.exit).toBe(3);
    expect(only(later.events, 'withheld')).toMatchObject({ severity: 'alarm', since: testNow.toISOString() });
    place.ledger.instead.clear();
    expect(kinds((await place.audit()).events)).toEqual(['resolved']);
  });

  test('a ledger that does not answer is a warning, exit 4, and over when it answers', async () => {
    await place.audit();
    place.ledger.instead.set('checkpoint', 503);
    const silent = await place.audit();
    expect(silent.exit).toBe(4);
    expect(only(silent.events, 'unreachable')).toMatchObject({ severity: 'warning' });
    expect(JSON.stringify(silent.events), 'no address of this machine').not.toContain('127.0.0.1');
    place.ledger.instead.clear();
    const back = await place.audit();
    expect(back.exit).toBe(0);
    expect(kinds(back.events)).toEqual(['resolved']);
  });
});

describe('a frozen log', () => {
  const notice = async (size = 300): Promise<string> =>
    signFreezeNotice(
      {
        origin: place.ledger.origin,
        size,
        root: place.ledger.root(size),
        successor: { key: (await logKey('next.example/log')).key, url: 'https://next.example/' },
      },
      [place.ledger.key],
    );

  test('is told once, with its successor, and need not grow any more', async () => {
    await place.audit();
    place.ledger.frozen = await notice();
    const { events, exit } = await place.audit(['--max-age', '1s']);
    expect(exit).toBe(0);
    expect(only(events, 'frozen')).toMatchObject({ size: 300, successorUrl: 'https://next.example/' });
    expect(await place.audit(['--max-age', '1s'])).toMatchObject({ exit: 0, events: [] });
  });

  test('that grows on, even without the notice, contradicts itself', async () => {
    place.ledger.frozen = await notice();
    await place.audit();
    place.ledger.frozen = undefined;
    await grow(1);
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(only(events, 'frozen-invalid')).toMatchObject({ severity: 'alarm' });
  });

  test('whose notice somebody else has signed', async () => {
    const other = await AuditedLedger.make();
    await place.audit();
    place.ledger.frozen = await signFreezeNotice(
      {
        origin: place.ledger.origin,
        size: 300,
        root: place.ledger.root(),
        successor: { key: (await logKey('next.example/log')).key, url: undefined },
      },
      [other.key],
    );
    const { events, exit } = await place.audit();
    expect(exit).toBe(3);
    expect(kinds(events)).toEqual(['frozen-invalid']);
  });
});
