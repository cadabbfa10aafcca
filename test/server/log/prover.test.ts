import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion } from '../../../core/log/merkle-proof.ts';
import { parseTlogProof, verifyTlogProof } from '../../../core/log/tlog-proof.ts';
import { computeRoot } from '../../../core/log/tree.ts';
import { policyOfLogs } from '../../../core/log/witness-policy.ts';
import { readPublished, type PublishedCheckpoint } from '../../../db/checkpoints.ts';
import type { Database } from '../../../db/database.ts';
import { createProver } from '../../../server/log/prover.ts';
import { describeDatabases } from '../../support/database.ts';
import { expectCode } from '../../support/matchers.ts';
import { readerOf, treeLevels } from '../../support/memory-log.ts';
import { publish, testKey } from '../../support/signed-log.ts';
import { appendMany, expectedLog, type LogFiles } from '../support/long-ledger.ts';

const size = 600;

describeDatabases('the prover', (open) => {
  let db: Database;
  let expected: LogFiles;
  let published: PublishedCheckpoint;
  let asked: number;
  let rootAt: (size: number) => Uint8Array;

  beforeAll(async () => {
    const opened = await open();
    await appendMany(opened, 0, size);
    await publish(opened, [await testKey()], new Date());
    published = (await readPublished(opened))!;
    expected = await expectedLog(opened);
    const read = readerOf(treeLevels(expected.leafHashes));
    rootAt = (at) => computeRoot(at, read);
    asked = 0;
    db = {
      ...opened,
      query: (text, values) => {
        asked++;
        return opened.query(text, values);
      },
    };
  }, 60_000);

  it('proves every entry in every size, and every size from every other', async () => {
    const prover = createProver(db);
    const places = fc
      .integer({ min: 1, max: size })
      .chain((at) => fc.record({ at: fc.constant(at), index: fc.nat(at - 1), older: fc.nat(at) }));
    await fc.assert(
      fc.asyncProperty(places, async ({ at, index, older }) => {
        const root = rootAt(at);
        const leafHash = expected.leafHashes[index]!;
        verifyInclusion({ index, size: at, leafHash, root, proof: await prover.inclusion(index, at) });
        verifyConsistency({
          ...{ oldSize: older, oldRoot: rootAt(older), newSize: at, newRoot: root },
          proof: await prover.consistency(older, at),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('reads each tile once, also when many ask for it at the same time', async () => {
    const prover = createProver(db);
    asked = 0;
    await Promise.all(Array.from({ length: 50 }, (_, i) => prover.receipt(i, published)));
    // Tiles 0 to 2 of level 0 and tile 0 of level 1.
    expect(asked).toBeLessThanOrEqual(4);
    asked = 0;
    for (let index = 0; index < 256; index++) await prover.receipt(index, published);
    expect(asked).toBe(0);
  });

  it('gives receipts that hold', async () => {
    const prover = createProver(db);
    const policy = policyOfLogs([(await testKey()).key]);
    for (const index of [0, 255, 256, 599]) {
      const proof = parseTlogProof(await prover.receipt(index, published));
      expect(proof.checkpoint).toBe(published.note);
      await verifyTlogProof(proof, expected.leafHashes[index]!, policy);
    }
  });

  it('refuses an entry that the checkpoint does not have', async () => {
    const prover = createProver(db);
    await expectCode('proof-invalid', () => prover.receipt(size, published));
    await expectCode('proof-invalid', () => prover.inclusion(5, 5));
    await expectCode('proof-invalid', () => prover.consistency(6, 5));
  });

  it('hands out no receipt whose tiles do not lead to the root, and says that the ledger is damaged', async () => {
    const damaged: Database = {
      ...db,
      query: async (text, values) => {
        const answer = await db.query<{ hashes?: Uint8Array }>(text, values);
        if (values?.[0] === 0 && values[1] === 1) {
          for (const { hashes } of answer.rows) if (hashes !== undefined) hashes[77]! ^= 4;
        }
        return answer as never;
      },
    };
    const prover = createProver(damaged);
    const error = await expectCode('ledger-corrupt', () => prover.receipt(300, published));
    expect(error.help).toContain('fsck');
    const missing: Database = { ...db, query: () => Promise.resolve({ rows: [], rowCount: 0 }) };
    await expectCode('ledger-corrupt', () => createProver(missing).nodes({ level: 0, index: 0, width: 1 }));
  });

  it('asks again after a failure', async () => {
    let failures = 1;
    const prover = createProver({
      ...db,
      query: (text, values) => {
        if (failures-- > 0) return Promise.reject(new Error('gone for a moment'));
        return db.query(text, values);
      },
    });
    const tile = { level: 0, index: 0, width: 256 };
    await expect(prover.nodes(tile)).rejects.toThrow('gone for a moment');
    expect((await prover.nodes(tile)).width).toBe(256);
  });
});
