// The service as a process of its own, from the sources, for tests that stop or kill it.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestPlace } from '../../support/database.ts';
import { runTypeScript } from '../../support/run-typescript.ts';

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly address: string;
  /** Messages of the log so far. */
  readonly log: readonly string[];
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

const main = join(import.meta.dirname, '../../../server/main.ts');

/** Starts `server/main.ts` with an environment; standard error is a pipe. */
export function startMain(env: Readonly<Record<string, string>>): ChildProcess {
  return runTypeScript(main, [], { env: { PORT: '0', VERIFY_WORKERS: '0', ...env }, stderr: 'pipe' });
}

/** The exit status of a process, or the signal that ended it. */
export async function endOf(child: ChildProcess): Promise<number | string> {
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return status ?? signal ?? 'unknown';
}

/** Starts the service on a database; resolves when it is ready to serve. */
export async function startServer(
  place: TestPlace,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = startMain({ DATA_DIR: place.dataDir, DATABASE_URL: place.databaseUrl ?? '', ...env });
  const ended = endOf(child);
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const log: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    if (child.stdout === null) throw new Error('no standard output');
    let address = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { msg: string; event?: string; address?: string };
      log.push(event.msg);
      if (event.event === 'listening') address = event.address ?? '';
      if (event.event === 'ready') resolve(address);
    });
    void ended.then((status) => {
      reject(new Error(`The service ended with ${status}: ${complaints}`));
    });
  });
  return { child, address: await ready, log, ended };
}
