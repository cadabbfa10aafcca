// Inclusion proofs by HTTP, as receipts by statement id, beside GET /livez of the same process. Rounds alternate.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { randomBytes } from 'node:crypto';
import { toBase64Url } from '../core/bytes.ts';
import { makeIdentity, splitIdentity } from '../core/identity.ts';
import { appendStatements } from '../db/append.ts';
import { openDatabase } from '../db/connect.ts';
import { median, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { startService } from './service-process.ts';
import { unsigned } from './unsigned.ts';

const entries = 100_000;
/** Statements that are asked for, spread over the whole ledger. */
const asked = 2000;
const connections = 16;
const roundMs = 2000;
const warmUps = 2;
const rounds = 5;

/** Measures the rate of proofs under a ledger of 10^5 entries. */
export async function benchProofs(postgres: BenchPostgres): Promise<BenchRow[]> {
  const url = await postgres.createDatabase('proofs');
  const ids = await fill(url);
  const service = await startService(url);
  const load = new Worker(new URL('./http-load.js', import.meta.url));
  const rate = async (paths: readonly string[]): Promise<number> => {
    load.postMessage({ address: service.address, paths, connections, milliseconds: roundMs });
    const [answer] = (await once(load, 'message')) as [{ rate?: number; error?: string }];
    if (answer.rate === undefined) throw new Error(answer.error);
    return answer.rate;
  };
  try {
    const proofs = ids.map((id) => `/api/v1/receipts/${id}`);
    const rates: number[] = [];
    const floors: number[] = [];
    for (let round = -warmUps; round < rounds; round++) {
      const [one, floor] = [await rate(proofs), await rate(['/livez'])];
      if (round < 0) continue;
      rates.push(one);
      floors.push(floor);
    }
    return [
      {
        name: `inclusion proof by HTTP, ${entries.toLocaleString('en')} entries`,
        value: median(rates),
        unit: 'requests/s',
        floor: median(floors),
        floorName: 'GET /livez',
        ratio: median(rates) / median(floors),
        bar: 'at least 0.50',
      },
    ];
  } finally {
    await load.terminate();
    await service.stop();
  }
}

async function fill(url: string): Promise<string[]> {
  const author = makeIdentity('crev', toBase64Url(randomBytes(32)));
  const db = await openDatabase({ databaseUrl: url, dataDir: '' });
  const ids: string[] = [];
  try {
    for (let start = 0; start < entries; start += 1000) {
      const batch = Array.from({ length: 1000 }, (_, i) =>
        unsigned({
          kind: 'package review',
          version: 1,
          date: '2026-11-01T00:00:00Z',
          from: splitIdentity(author),
          package: {
            purl: `pkg:npm/proof-${start + i}@1.0.0`,
            digests: { sha512: (start + i).toString(16).padStart(128, '0') },
          },
          review: { thoroughness: 'low', understanding: 'low', rating: 'neutral' },
        }),
      );
      await appendStatements(db, batch, new Date('2026-11-22T12:00:00Z'));
      for (let i = 0; i < batch.length; i += entries / asked) ids.push(batch[i]!.id);
    }
    return ids;
  } finally {
    await db.close();
  }
}
