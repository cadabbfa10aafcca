// trust-check mirror of 10^5 entries from the service by HTTP, beside the rate at which openpgp.js alone verifies the same
// documents on all cores. Both run as processes or threads of their own, one after the other, on the same machine.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenPgpFloor } from './openpgp-floor.ts';
import { milliseconds, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { startService } from './service-process.ts';
import { authorCount, signDocuments } from './sign-documents.ts';
import { batchOf, postBatch } from './submit-batch.ts';

const entries = 100_000;
const perBatch = 5000;
/** Documents that the floor verifies, before the mirror and after it. */
const floorCount = 10_000;

/** Measures a mirror from nothing. */
export async function benchMirror(postgres: BenchPostgres): Promise<BenchRow[]> {
  const { certificates, documents } = await signDocuments(entries - authorCount);
  const service = await startService(await postgres.createDatabase('mirror'));
  const floor = new OpenPgpFloor(certificates);
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-bench-mirror-'));
  try {
    const keys = batchOf(certificates.map(({ armored }) => ({ certificate: armored })));
    await postBatch(service.address, keys, authorCount);
    for (let start = 0; start < documents.length; start += perBatch) {
      const part = documents.slice(start, start + perBatch);
      await postBatch(service.address, batchOf(part.map(({ document }) => ({ document }))), part.length);
    }
    await floor.run(documents.slice(0, 2000));
    const before = await milliseconds(() => floor.run(documents.slice(0, floorCount)));
    const took = await milliseconds(() => mirror(service.address, folder));
    const after = await milliseconds(() => floor.run(documents.slice(-floorCount)));
    const rate = (1000 * entries) / took;
    const floorRate = (2 * 1000 * floorCount) / (before + after);
    return [
      {
        name: `mirror of ${entries.toLocaleString('en')} entries by HTTP`,
        value: rate,
        unit: 'entries/s',
        floor: floorRate,
        floorName: 'openpgp.js verify, all cores',
        ratio: rate / floorRate,
        bar: 'at least 0.70',
      },
    ];
  } finally {
    await floor.stop();
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function mirror(address: string, folder: string): Promise<void> {
  const program = join(import.meta.dirname, '../cli/main.js');
  const child = spawn(
    process.execPath,
    [program, 'mirror', join(folder, 'mirror'), '--server', address, '--json'],
    {
      env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache') },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`The mirror ended with status ${String(status)}.`);
}
