// The embedded database: PGlite under the data folder, served on a socket so that the same pg pool reaches it.
//
// PGlite is one session. Its socket server lets several clients in, but passes single protocol messages through in turn,
// so two clients' unnamed statements would mix, and session settings are shared: the pool has one connection, always.
// The socket is for this process alone: a folder that only this user may enter, or on Windows a loopback port, which
// other users of the machine could reach while the service runs.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { PoolConfig } from 'pg';
import { isTrustError, TrustError } from '../core/errors.ts';
import { DurableNodeFS, durableStartParams, syncTree } from './durable-node-fs.ts';
import { lockFolder, maxSocketPath } from './embedded-lock.ts';

export interface EmbeddedServer {
  /** What pg needs to reach it. One client at a time. */
  readonly connection: Pick<PoolConfig, 'host' | 'port' | 'user' | 'database'>;
  /** Closes the database in order and frees the folder. Close every client first. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL inside this process on the files under `dataDir`, which is created when missing; a database that was
 * left by a crash recovers. Throws database-unavailable when another process uses the folder or the files can't be opened.
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedServer> {
  const folder = resolve(dataDir);
  const lock = await lockFolder(folder);
  try {
    const db = await openFiles(join(folder, 'postgres'));
    const place = listenPlace(folder);
    const server = new PGLiteSocketServer({
      db,
      // A client that is thrown away and its successor may overlap for a moment.
      maxConnections: 4,
      ...('path' in place ? { path: place.path } : { host: '127.0.0.1', port: 0 }),
    });
    await server.start();
    return {
      connection: { ...reach(server, place), user: 'postgres', database: 'postgres' },
      async stop() {
        await server.stop();
        await db.close();
        if ('path' in place) rmSync(place.folder, { recursive: true, force: true });
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    if (isTrustError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TrustError(
      'database-unavailable',
      `The embedded database in ${folder} doesn't start: ${reason}`,
      {
        help: 'Check that the disk is not full and that the files belong to this user.',
        cause: error,
      },
    );
  }
}

async function openFiles(folder: string): Promise<PGlite> {
  const isNew = !existsSync(join(folder, 'PG_VERSION'));
  const db = await PGlite.create({ fs: new DurableNodeFS(folder), startParams: [...durableStartParams] });
  if (isNew) syncTree(folder);
  return db;
}

type Place = { readonly folder: string; readonly path: string } | { readonly loopback: true };

/** Where to listen: PostgreSQL's own socket name in a private folder, below the data folder if the path stays short. */
function listenPlace(dataDir: string): Place {
  if (process.platform === 'win32') return { loopback: true };
  const name = `.s.PGSQL.${socketPort}`;
  const inside = join(dataDir, 'run');
  if (Buffer.byteLength(join(inside, name)) > maxSocketPath) {
    const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-'));
    return { folder, path: join(folder, name) };
  }
  // Left by a process that was killed; the lock says that it is gone.
  rmSync(inside, { recursive: true, force: true });
  mkdirSync(inside, { mode: 0o700 });
  return { folder: inside, path: join(inside, name) };
}

const socketPort = 5432;

function reach(server: PGLiteSocketServer, place: Place): { host: string; port: number } {
  if ('path' in place) return { host: place.folder, port: socketPort };
  const [host = '127.0.0.1', port = ''] = server.getServerConn().split(':');
  return { host, port: Number(port) };
}
