// kill -9 in the middle of a batch import: nothing acknowledged is lost, nothing is half there, and the next start works.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatementId } from '../../core/statement/statement.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import { openDatabase } from '../../db/connect.ts';
import { readLeaves, readLedgerState } from '../../db/entries.ts';
import { rebuildProjections } from '../../db/rebuild.ts';
import { findStatementsById } from '../../db/statements.ts';
import { databaseKinds, usePlaces, type TestPlace } from '../support/database.ts';
import { digest, makeReviewer, review, today, type Reviewer } from '../support/reviewers.ts';
import { runTypeScript } from '../support/run-typescript.ts';

const batchSize = 4;
const total = 320;
const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'support', 'append-batches.ts');

interface Acknowledged {
  readonly id: StatementId;
  readonly index: number;
}

/** Runs the program and kills it shortly after some acknowledgements; returns everything that it acknowledged. */
async function runAndKill(place: TestPlace, file: string, after: number): Promise<Acknowledged[]> {
  const child = runTypeScript(program, [JSON.stringify(place), file, String(batchSize)]);
  const ended = once(child, 'exit');
  const acknowledged: Acknowledged[] = [];
  let batches = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    expect(line, 'the program was to be killed before it was done').not.toBe('done');
    acknowledged.push(...(JSON.parse(line) as Acknowledged[]));
    // A moment later, so that the next batch is under way; what is printed meanwhile counts as acknowledged.
    if (++batches === after) setTimeout(() => child.kill('SIGKILL'), Math.random() * 12);
  }
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

describe.each(databaseKinds)('a process that is killed while it appends (%s)', (kind) => {
  const makePlace = usePlaces(kind);
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-kill-'));
  const file = join(folder, 'statements.json');
  let ada: Reviewer;
  let statements: VerifiedStatement[];

  beforeAll(async () => {
    ada = await makeReviewer('Ada');
    statements = await Promise.all(
      Array.from({ length: total }, (_, i) =>
        ada.say(
          review(`pkg:npm/package-${i}@1.0.0`, { sha512: digest(i % 256, 64), sha256: digest(i % 251) }),
        ),
      ),
    );
    writeFileSync(file, JSON.stringify(statements));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses nothing that it acknowledged, three times in a row', async () => {
    const place = await makePlace();
    const setUp = await openDatabase(place);
    await appendCertificates(setUp, [ada.certificate], today);
    await setUp.close();
    let size = 1;
    for (const after of [3, 20, 40]) {
      const acknowledged = await runAndKill(place, file, after);
      expect(acknowledged.length).toBeGreaterThanOrEqual(after * batchSize);
      const db = await openDatabase(place);
      try {
        const ledger = await readLedgerState(db);
        expect(ledger.size, 'every batch is there as a whole, the last one or not at all').toSatisfy(
          (now: number) => (now - 1) % batchSize === 0,
        );
        expect(ledger.size).toBeGreaterThanOrEqual(size);
        size = ledger.size;
        expect(await readLeaves(db, 0, total + 1)).toHaveLength(size);
        const found = await findStatementsById(
          db,
          acknowledged.map(({ id }) => id),
        );
        expect(found.map(({ id, index }) => ({ id, index }))).toEqual(acknowledged);
      } finally {
        await db.close();
      }
    }
    const db = await openDatabase(place);
    try {
      const receipts = await appendStatements(db, statements, today);
      expect(receipts.map(({ index }) => index)).toEqual(statements.map((_, i) => i + 1));
      expect(receipts.filter(({ isNew }) => isNew)).toHaveLength(total + 1 - size);
      expect(await rebuildProjections(db)).toBe(total + 1);
    } finally {
      await db.close();
    }
  });
});
