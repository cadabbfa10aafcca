// Bringing entries back from a mirror: what is taken, and what is refused without changing anything.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Checkpoint } from '../../../core/log/checkpoint.ts';
import { formatVerifierKey, type PrivateKey } from '../../../core/log/note-key.ts';
import type { VerifiedStatement } from '../../../core/statement/verified.ts';
import { appendStatements } from '../../../db/append.ts';
import { appendCertificates } from '../../../db/append-certificates.ts';
import type { Database } from '../../../db/database.ts';
import { fsck } from '../../../db/fsck/fsck.ts';
import { readHead, setOrigin } from '../../../db/log-head.ts';
import { exportLedger } from '../../../server/export/export-ledger.ts';
import { openFolderTarget } from '../../../server/export/folder-target.ts';
import { recover, type Recovered, type RecoverOptions } from '../../../server/ledger-admin/recover.ts';
import { createProver } from '../../../server/log/prover.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';
import { contents } from '../../support/projections.ts';
import { digest, makeReviewer, review, today, type Reviewer } from '../../support/reviewers.ts';
import { freeze, publish, testKey, testOrigin } from '../../support/signed-log.ts';

/** Entries of the backup, and of the whole ledger: more than one bundle is missing. */
const [few, all] = [20, 290];
let key: PrivateKey;
let dan: Reviewer;
let statements: VerifiedStatement[];

beforeAll(async () => {
  key = await testKey();
  dan = await makeReviewer('Dan');
  const first = await dan.say(review('pkg:npm/first@1.0.0', { sha256: digest(1) }));
  const others = await Promise.all(
    Array.from({ length: all - 3 }, (_, i) =>
      dan.say(review(`pkg:npm/p${i}@1.0.0`, { sha256: digest(i % 256) })),
    ),
  );
  statements = [first, ...others, await dan.say({ kind: 'retraction', statement: first.id })];
}, 120_000);

/** The same entries at the same times, so that the tree is the same: the certificate, and some of the statements. */
async function fill(db: Database, size: number): Promise<void> {
  await setOrigin(db, testOrigin);
  await appendCertificates(db, [dan.certificate], today);
  for (let at = 0; at < size - 1; at += 19) {
    const batch = statements.slice(at, Math.min(at + 19, size - 1));
    await appendStatements(db, batch, new Date(today.getTime() + at * 60_000));
  }
}

async function mirrorOf(db: Database): Promise<string> {
  const folder = logFolder();
  const discovery = {
    ...({ schema: 1, origin: testOrigin, refreshSeconds: 600 } as const),
    keys: [formatVerifierKey(key.key)],
    policy: `log ${formatVerifierKey(key.key)}\nquorum none\n`,
  };
  await exportLedger(
    db,
    { discovery: () => discovery, prover: createProver(db) },
    await openFolderTarget(folder),
  );
  return folder;
}

describeDatabases('recovering from a mirror', (open) => {
  let backup: Database;
  let mirror: string;
  let whole: Awaited<ReturnType<typeof readHead>>;
  let projections: Awaited<ReturnType<typeof contents>>;

  beforeAll(async () => {
    const db = await open();
    await fill(db, all);
    await publish(db, [key], today);
    whole = await readHead(db);
    projections = await contents(db);
    mirror = await mirrorOf(db);
    backup = await open();
    await fill(backup, few);
  }, 120_000);

  const run = (
    db: Database,
    { fence, ...options }: Partial<Omit<RecoverOptions, 'fence'>> & { fence?: Checkpoint } = {},
  ): Promise<Recovered> =>
    recover(db, {
      folder: mirror,
      keys: [key.key],
      fence: { file: 'log-fence', last: fence },
      progress: () => undefined,
      ...options,
    });
  /** A copy of the mirror with one of its files changed. */
  const damaged = (path: string, damage: (bytes: Buffer) => Buffer): string => {
    const folder = logFolder();
    cpSync(mirror, folder, { recursive: true });
    writeFileSync(join(folder, path), damage(readFileSync(join(folder, path))));
    return folder;
  };
  const flip = (at: number) => (bytes: Buffer) => {
    const position = at < 0 ? bytes.length + at : at;
    bytes[position]! ^= 1;
    return bytes;
  };
  const withText = (change: (text: string) => string) => (bytes: Buffer) =>
    Buffer.from(change(bytes.toString()));

  it.each([
    ['whose entries are not the signed ones', 'proof-invalid', 'tile/entries/000', flip(-5)],
    ['whose leaf hashes are not the signed ones', 'proof-invalid', 'tile/0/000', flip(700)],
    ['whose edge is not the signed one', 'proof-invalid', 'tile/0/001.p/34', flip(0)],
    [
      'whose documents were changed',
      'proof-invalid',
      'documents/000',
      withText((text) => text.replace(/p100@/, 'p101@')),
    ],
    [
      'whose documents were exchanged, hash and all',
      'ledger-corrupt',
      'documents/000',
      withText((text) => {
        const lines = text.split('\n');
        lines[101] = lines[100]!.replace(/"index":\d+/, '"index":101');
        return lines.join('\n');
      }),
    ],
    [
      'that lacks documents',
      'proof-invalid',
      'documents/001.p/34',
      withText((text) => text.split('\n').slice(0, 5).join('\n')),
    ],
    [
      'whose checkpoint was changed',
      'signature-invalid',
      'checkpoint',
      withText((text) => text.replace('\n290\n', '\n289\n')),
    ],
  ] as const)('refuses a mirror %s, and changes nothing', async (_, code, path, damage) => {
    const before = [await readHead(backup), await contents(backup)];
    await expectCode(code, () => run(backup, { folder: damaged(path, damage) }));
    expect([await readHead(backup), await contents(backup)]).toEqual(before);
  });

  it('refuses a mirror that lacks a file, and names it', async () => {
    const folder = damaged('checkpoint', (bytes) => bytes);
    rmSync(join(folder, 'documents/001.p'), { recursive: true });
    const error = await expectCode('source-unavailable', () => run(backup, { folder }));
    expect(error.message).toContain('documents/001');
    expect((await readHead(backup)).size).toBe(few);
  });

  it('refuses a mirror of another log, and one with no more than the database has', async () => {
    const stranger = await testKey(5);
    await expectCode('signature-missing', () => run(backup, { keys: [stranger.key] }));
    const db = await open();
    await fill(db, few);
    await publish(db, [key], today);
    const same = await mirrorOf(db);
    await expectCode('ledger-stale', () => run(backup, { folder: same }));
  });

  it('refuses a mirror that lacks, or has otherwise, what the fence says was signed', async () => {
    const fence = { origin: testOrigin, size: all + 1, root: whole.root };
    const error = await expectCode('ledger-stale', () => run(backup, { fence }));
    expect(error.message).toContain('has signed 291');
    const other = { origin: testOrigin, size: all - 1, root: whole.root };
    await expectCode('ledger-fork', () => run(backup, { fence: other }));
    await expectCode('config-invalid', () => run(backup, { fence: { ...other, origin: 'elsewhere' } }));
    expect((await readHead(backup)).size).toBe(few);
  });

  it('refuses a database that has other entries than the mirror', async () => {
    const db = await open();
    await fill(db, few - 1);
    await appendStatements(db, [statements[200]!], new Date(today.getTime() + 86_400_000));
    const error = await expectCode('ledger-fork', () => run(db));
    expect(error.help).toContain('evidence');
    expect((await readHead(db)).size).toBe(few);
  });

  it('brings every missing entry back as it was, and no check finds a difference', async () => {
    const progress: [number, number][] = [];
    const fence = { origin: testOrigin, size: whole.size, root: whole.root };
    const done = await run(backup, { fence, progress: (...step) => progress.push(step) });
    expect(done).toEqual({ origin: testOrigin, from: few, to: all });
    expect(progress).toEqual([
      [256 - few, all - few],
      [all - few, all - few],
    ]);
    expect(await readHead(backup)).toEqual(whole);
    expect(await contents(backup)).toEqual(projections);
    expect((await fsck(backup, { keys: [key.key] })).findings).toEqual([]);
    await expectCode('ledger-stale', () => run(backup));
  }, 60_000);

  it('makes an empty database the whole ledger', async () => {
    const db = await open();
    expect(await run(db)).toEqual({ origin: testOrigin, from: 0, to: all });
    expect(await readHead(db)).toEqual(whole);
    expect(await contents(db)).toEqual(projections);
  }, 60_000);

  it('gives nothing back to a log that is frozen', async () => {
    const db = await open();
    await fill(db, 2);
    await freeze(db, [key], today);
    await expectCode('ledger-frozen', () => run(db));
    expect((await readHead(db)).size).toBe(2);
  });
});
