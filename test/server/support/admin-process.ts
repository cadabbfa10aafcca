// The operator's program, and the export, as processes of their own, from the sources.

import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runTypeScript } from '../../support/run-typescript.ts';
import { endOf } from './server-process.ts';

export interface Ran {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const server = join(import.meta.dirname, '../../../server');

/** Runs `npm run ledger -- <args>` with an environment. */
export function runAdmin(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  return run('ledger-admin/main.ts', env, args);
}

/** Runs `npm run export -- <folder>`. */
export function runExport(env: Readonly<Record<string, string>>, folder: string): Promise<Ran> {
  return run('export-ledger.ts', env, [folder]);
}

async function run(
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ran> {
  const child = runTypeScript(join(server, file), args, { env, stderr: 'pipe' });
  const [status, stdout, stderr] = await Promise.all([
    endOf(child),
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  return { status, stdout, stderr };
}
