// One process per folder, by a listening socket: the kernel drops it when its process dies, however it dies, and a socket
// that nobody listens on is told apart from a living one by knocking. A file with a process id can't do that.
//
// Everybody first listens on a socket of a new name, and then knocks at all others. Who finds nobody alive holds the folder.
// Of two at once the later to listen sees the earlier, so both can't hold it; if both see each other, both go and come back
// after a random pause. Names are never used twice, so a dead socket is safe to remove.

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from './durable-file.ts';

export interface FolderLock {
  release(): Promise<void>;
}

const tries = 12;
const longestPauseMs = 120;
/** Who says nothing for so long is taken for alive. */
const patienceMs = 2000;
/** Longest path of a Unix socket that every system takes (104 bytes on macOS, with the end). */
const maxSocketPath = 100;

/** Takes the lock of a folder, which has to exist; undefined while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const real = realpathSync(folder);
  const name = createHash('sha256').update(real).digest('hex').slice(0, 24);
  if (process.platform === 'win32') {
    // The system itself lets only one listen on a named pipe.
    const server = await listen(`\\\\.\\pipe\\trust-check-${name}`);
    return server && lockOf(server);
  }
  const inside = join(real, 'lock');
  const isShort = Buffer.byteLength(join(inside, `${randomUUID()}.sock`)) <= maxSocketPath;
  const sockets = isShort ? inside : join(tmpdir(), `trust-check-${name}`);
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < tries; attempt++) {
    const own = `${randomUUID()}.sock`;
    const server = await listen(join(sockets, own));
    if (server !== undefined && (await isAlone(sockets, own))) return lockOf(server);
    if (server !== undefined) await close(server);
    await wait(Math.random() * longestPauseMs);
  }
  return undefined;
}

/** Whether our socket is there and no other one is alive; dead ones are removed. */
async function isAlone(sockets: string, own: string): Promise<boolean> {
  const names = readdirSync(sockets);
  // Somebody knocked just before we listened, and removed ours as a dead one.
  if (!names.includes(own)) return false;
  const alive = await Promise.all(
    names
      .filter((name) => name !== own)
      .map(async (name) => {
        const isAlive = await knock(join(sockets, name));
        if (!isAlive) rmSync(join(sockets, name), { force: true });
        return isAlive;
      }),
  );
  return !alive.includes(true);
}

function knock(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (isAlive: boolean): void => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(patienceMs, () => {
      answer(true);
    });
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', (error) => {
      answer(!['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(reasonOf(error)));
    });
  });
}

/** Undefined when somebody listens there. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).destroy());
    server.once('error', (error) => {
      if (reasonOf(error) === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // The lock must not keep the process alive.
    server.listen(path, () => {
      resolve(server.unref());
    });
  });
}

function lockOf(server: Server): FolderLock {
  return { release: () => close(server) };
}

/** Stops listening; the socket's file goes with it. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
