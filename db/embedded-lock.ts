// One process per data folder: PGlite has no guard of its own, and two of them would destroy the files.
//
// The lock is a listening socket, not a file with a process id: the kernel drops it when its process dies, however it
// dies, so what `kill -9` left behind is told apart from a living lock by knocking. Process ids can't do that: they are
// reused, and in containers they are always the same.
//
// Everybody who wants the folder first listens on a socket of a name of their own, as a candidate, and then looks at the
// others. Who sees nobody alive holds the folder; who sees a holder, or a candidate whose name sorts first, gives up. Two
// can't both hold it: the one that listened later saw the other. Names are never reused, so dead sockets are safe to remove.

import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TrustError } from '../core/errors.ts';
import { codeOf } from './failures.ts';

/** Longest path of a Unix socket that every system takes (sun_path: 104 bytes on macOS, 108 on Linux, with the end). */
export const maxSocketPath = 100;

export interface FolderLock {
  release(): Promise<void>;
}

type State = 'candidate' | 'holder';

/**
 * Takes the lock of a data folder, which is created when missing. Throws database-unavailable while another process holds
 * it. A lock that a dead process left is no lock.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock =
      process.platform === 'win32'
        ? await lockPipe(realpathSync(folder))
        : await lockSocket(socketFolder(realpathSync(folder)));
    if (lock !== undefined) return lock;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('database-unavailable', `The data folder ${folder} can't be used: ${reason}`, {
      help: 'DATA_DIR must be a folder on a local file system that this user may write to.',
      cause,
    });
  }
  throw new TrustError('database-unavailable', `Another process is using the data folder ${folder}`, {
    help: 'Stop the other trust-ledger, or give this one its own DATA_DIR.',
  });
}

/** Windows: the system itself lets only one listen on a named pipe, and leaves nothing behind. */
async function lockPipe(folder: string): Promise<FolderLock | undefined> {
  try {
    return lockOf(await listen(`\\\\.\\pipe\\trust-ledger-${shortName(folder)}`, () => 'holder'));
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

const patience = 250;
const pause = 20;

async function lockSocket(folder: string): Promise<FolderLock | undefined> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let state: State = 'candidate';
  let name = `${randomUUID()}.sock`;
  let server = await listen(join(folder, name), () => state);
  for (let round = 0; round < patience; round++) {
    const others = await lookAround(folder, name);
    if (others === undefined) {
      // Somebody knocked in the moment before we listened, and removed our socket as a dead one: once more.
      await close(server);
      name = `${randomUUID()}.sock`;
      server = await listen(join(folder, name), () => state);
    } else if (others.length === 0) {
      state = 'holder';
      return lockOf(server);
    } else if (others.some((other) => isAhead(other, name))) break;
    // Who is left gives way to us.
    else await wait(pause);
  }
  await close(server);
  return undefined;
}

/** Whether somebody else holds the folder, or is to have it rather than the candidate of this name. */
function isAhead(other: Other, name: string): boolean {
  return other.state === 'holder' || (other.state === 'candidate' && other.name < name);
}

interface Other {
  readonly name: string;
  readonly state: State | 'leaving';
}

/** Who else is alive; dead sockets are removed. Undefined when our own is not there. */
async function lookAround(folder: string, own: string): Promise<Other[] | undefined> {
  const names = readdirSync(folder);
  if (!names.includes(own)) return undefined;
  const others = await Promise.all(
    names
      .filter((name) => name !== own)
      .map(async (name) => {
        const state = await askState(join(folder, name));
        if (state === undefined) rmSync(join(folder, name), { force: true });
        return { name, state };
      }),
  );
  return others.flatMap(({ name, state }) => (state === undefined ? [] : [{ name, state }]));
}

/**
 * What the process behind a socket is; undefined when there is none. Whoever is alive and says nothing for two seconds is
 * taken for a holder; whoever closes while we knock is leaving, and is asked again in the next round.
 */
function askState(path: string): Promise<State | 'leaving' | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path)
      .setTimeout(2000, () => {
        resolve('holder');
        socket.destroy();
      })
      .setEncoding('utf8')
      .on('data', (text: string) => (answer += text))
      .once('error', (error) => {
        if (['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(codeOf(error) ?? '')) resolve(undefined);
      })
      .once('close', () => {
        resolve(answer === 'holder' || answer === 'candidate' ? answer : 'leaving');
      });
  });
}

function listen(path: string, state: () => State): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(state());
    });
    server.once('error', reject);
    server.listen(path, () => {
      // The lock must not keep the process alive.
      server.unref();
      resolve(server);
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

/** Below the data folder while the path stays short, else in the system's folder for temporary files. */
function socketFolder(folder: string): string {
  const inside = join(folder, 'lock');
  const longest = join(inside, `${randomUUID()}.sock`);
  if (Buffer.byteLength(longest) <= maxSocketPath) return inside;
  return join(tmpdir(), `trust-ledger-${shortName(folder)}`);
}

function shortName(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 24);
}
