// A PostgreSQL server for one run of the suite: initialised in a temporary folder, gone afterwards.
//
// PostgreSQL refuses to run as root, so as root everything is started as an unprivileged user of /etc/passwd, in a folder
// that this user owns. Nothing has to survive a power cut, so the server doesn't wait for the disk.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findBinaries, type PostgresBinaries } from './postgres-binaries.ts';

export interface PostgresServer {
  /** Address of its database `postgres`, as a superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** For tests: nothing has to survive a power cut, so the server does not wait for the disk. */
const hasty: readonly string[] = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts a server that nobody else can reach; `find` says where its binaries come from, `settings` are PostgreSQL's own
 * (`name=value`).
 */
export async function startPostgres(
  find: (scratch: string) => PostgresBinaries = findBinaries,
  settings: readonly string[] = hasty,
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-test-'));
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  chmodSync(folder, 0o755);
  const binaries = find(folder);
  const data = join(folder, 'data');
  const sockets = join(folder, 's');
  mkdirSync(sockets, { mode: 0o700 });
  if (user !== undefined) chownSync(sockets, user.uid, user.gid);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...libraryPath(binaries) };
  const options = { ...user, env: environment, cwd: folder };
  const made = spawnSync(
    binaries.initdb,
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.stderr}${made.error?.message ?? ''}`);
  }
  const port = process.platform === 'win32' ? await freePort() : 5432;
  const listen =
    process.platform === 'win32'
      ? ['-c', 'listen_addresses=127.0.0.1']
      : ['-c', 'listen_addresses=', '-k', sockets];
  const server = spawn(
    binaries.postgres,
    [
      '-D',
      data,
      '-p',
      String(port),
      ...listen,
      ...['max_connections=120', ...settings].flatMap((setting) => ['-c', setting]),
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const host = process.platform === 'win32' ? '127.0.0.1' : encodeURIComponent(sockets);
  const url = `postgres://postgres@localhost:${port}/postgres?host=${host}`;
  const killOnExit = (): void => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', killOnExit);
  await ready(server, url);
  return {
    url,
    async stop() {
      process.removeListener('exit', killOnExit);
      await end(server);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function ready(server: ChildProcess, url: string): Promise<void> {
  let log = '';
  server.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-8192)));
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (server.exitCode !== null) break;
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  server.kill('SIGKILL');
  throw new Error(`PostgreSQL doesn't start: ${log}`);
}

/** Fast shutdown: SIGINT, and after ten seconds no more patience. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const impatience = setTimeout(() => server.kill('SIGKILL'), 10_000);
  server.kill('SIGINT');
  await ended;
  clearTimeout(impatience);
}

/** postgres or nobody, or whoever in /etc/passwd is not root. */
function unprivilegedUser(): User {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => Number.isInteger(uid) && uid > 0);
  const user =
    ['postgres', 'nobody'].map((name) => users.find((one) => one.name === name)).find(Boolean) ?? users[0];
  if (user === undefined)
    throw new Error('PostgreSQL must not run as root, and /etc/passwd names nobody else.');
  return { uid: user.uid, gid: user.gid };
}

function libraryPath({ libraries }: PostgresBinaries): Record<string, string> {
  if (libraries === undefined || process.platform === 'win32') return {};
  const name = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { [name]: [libraries, process.env[name]].filter(Boolean).join(':') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
