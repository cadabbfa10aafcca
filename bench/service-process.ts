// The service as operators run it, in a process of its own, on a port of its own and with a folder of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServiceProcess {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the service on a PostgreSQL without rate limits, and waits until it is ready. */
export async function startService(databaseUrl: string): Promise<ServiceProcess> {
  const port = 20_000 + (process.pid % 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-bench-'));
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '../server/main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'error',
      LOG_ORIGIN: 'bench.example',
      RATE_LIMIT_SUBMIT: '0',
      RATE_LIMIT_READ: '0',
      RATE_LIMIT_TILES: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 600) throw new Error('The service did not start.');
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok === true) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
