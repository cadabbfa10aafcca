// fsck on a ledger with one bit flipped: in any column of any table, by somebody whom nothing in the database hinders.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PrivateKey } from '../../core/log/note-key.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import { fsck, type Finding, type FsckReport } from '../../db/fsck/fsck.ts';
import type { RebuildOptions } from '../../db/rebuild.ts';
import { describeDatabases } from '../support/database.ts';
import { dropGuards, flipBit, ledgerColumns, type Column } from '../support/flip.ts';
import { fillLedger } from '../support/full-ledger.ts';
import { contents } from '../support/projections.ts';
import { digest, makeReviewer, review, today } from '../support/reviewers.ts';
import { freeze, publish, testKey, testOrigin } from '../support/signed-log.ts';

let keys: PrivateKey[];
beforeAll(async () => {
  keys = [await testKey(1), await testKey(2)];
});

/** From 0 to almost 1, all alike. */
const fraction = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1_000_000);

/** Verifies each document once: what is examined here many times is not how signatures are checked. */
function remembering(): NonNullable<RebuildOptions['verify']> {
  const known = new Map<string, Promise<VerifiedStatement>>();
  return (document, context) => {
    const key = `${context.at.toISOString()} ${document}`;
    const verified = known.get(key) ?? verifyDocument(document, context);
    known.set(key, verified);
    verified.catch(() => known.delete(key));
    return verified;
  };
}

/** Everything once, then plain reviews until there are 300 entries, so that there are tiles on two levels. */
async function fillTwoTiles(db: Database): Promise<void> {
  let minutes = 0;
  const signedAt = (): Date => new Date(today.getTime() + 6 * 3_600_000 + ++minutes * 61_003);
  await publish(db, keys, signedAt());
  await fillLedger(db, () => publish(db, keys, signedAt()));
  const dan = await makeReviewer('Dan');
  await appendCertificates(db, [dan.certificate], signedAt());
  const reviews = await Promise.all(
    Array.from({ length: 284 }, (_, i) =>
      dan.say(review(`pkg:npm/p${i}@1.0.0`, { sha256: digest(i % 256) })),
    ),
  );
  for (let at = 0; at < reviews.length; at += 48) {
    await appendStatements(db, reviews.slice(at, at + 48), signedAt());
    await publish(db, keys.slice(at < 100 ? 0 : 1), signedAt());
    await publish(db, keys.slice(at < 100 ? 0 : 1), signedAt());
  }
  await freeze(db, keys, signedAt());
}

describeDatabases('fsck', (open) => {
  let db: Database;
  let columns: Column[];
  const verify = remembering();
  const examine = (): Promise<FsckReport> =>
    fsck(db, { keys: keys.map(({ key }) => key), origin: testOrigin, verify });

  beforeAll(async () => {
    db = await open();
    await fillTwoTiles(db);
    columns = await ledgerColumns(db);
  }, 60_000);

  it('finds nothing in a ledger that is whole, changes nothing, and says how far it is', async () => {
    const before = await contents(db);
    const progress: [number, number][] = [];
    const report = await fsck(db, {
      keys: keys.map(({ key }) => key),
      origin: testOrigin,
      progress: (done, total) => progress.push([done, total]),
    });
    expect(report).toEqual({ size: 300, findings: [], total: 0 });
    expect(progress).toEqual([
      [256, 300],
      [300, 300],
    ]);
    expect(await contents(db)).toEqual(before);
    const { rows } = await db.query(
      `select relname from pg_class where relpersistence = 't' and relkind = 'r'`,
    );
    expect(rows).toEqual([]);
  });

  it('finds nothing in a ledger that is empty', async () => {
    const empty = await open();
    expect(await fsck(empty, { keys: [] })).toEqual({ size: 0, findings: [], total: 0 });
  });

  describe('with one bit flipped', () => {
    beforeAll(async () => {
      await dropGuards(db);
    });

    it('finds every one, in every column of every table, and names the entry', async () => {
      // Null in every ledger that this test makes.
      const flippable = columns.filter(({ table, name }) => `${table}.${name}` !== 'certificates.expires');
      for (const column of flippable) {
        // A place at random each time; some flips are no text any more, or hit a key that is taken: then another.
        const flipped = await flipSomewhere(column);
        const says = `${column.table}.${column.name} ${JSON.stringify(flipped.place)}`;
        const { findings, total } = await examine();
        const told = `${says}: ${JSON.stringify(findings)}`;
        expect(total, told).toBeGreaterThan(0);
        // It is told of what was flipped, not of everything that hangs on it.
        expect(total, told).toBeLessThanOrEqual(4);
        await expectNamed(column, flipped.before, findings, told);
        await flipped.undo();
      }
      expect((await examine()).findings).toEqual([]);
    }, 600_000);
  });

  async function flipSomewhere(column: Column) {
    const refusals: string[] = [];
    for (const place of fc.sample(fc.record({ row: fraction, bit: fraction }), 40)) {
      const flipped = await flipBit(db, column, place);
      if (flipped === undefined) throw new Error(`${column.table}.${column.name} holds nothing to flip`);
      if ('before' in flipped) return { ...flipped, place };
      refusals.push(flipped.refused);
    }
    throw new Error(`${column.table}.${column.name} can't be flipped: ${refusals.join(', ')}`);
  }

  /** Whether one of the findings names the entry that the damaged row belongs to. */
  async function expectNamed(
    { table, name }: Column,
    before: Record<string, unknown>,
    findings: readonly Finding[],
    says: string,
  ): Promise<void> {
    const named = findings.map(({ index }) => index);
    const anyOf = async (): Promise<readonly number[]> => {
      if (table === 'entries') return [Number(before['idx'])];
      if (table === 'documents') {
        const { rows } = await db.query<{ index: number; hash: string }>(
          `select idx as index from entries where document_hash = $1::bytea`,
          [before['hash']],
        );
        return rows.map(({ index }) => index);
      }
      if (table === 'tiles') {
        const width = 256 ** (Number(before['level']) + 1);
        const first = Number(before['idx']) * width;
        return Array.from({ length: Math.min(width, 300 - first) }, (_, offset) => first + offset);
      }
      if (table === 'checkpoints') return [Math.max(0, Number(before['size']) - 1)];
      if (table === 'log_head' || table === 'log_freeze') return [299];
      return [Number(before[table === 'identities' ? 'first_idx' : 'idx'])];
    };
    if (table === 'log_head' && name === 'origin') return;
    if (name === 'only_row') return;
    const expected = await anyOf();
    expect(expected.length, says).toBeGreaterThan(0);
    expect(
      named.some((index) => index !== undefined && expected.includes(index)),
      says,
    ).toBe(true);
  }
});
