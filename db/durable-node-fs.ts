// PGlite's file system on Node, with fsync that reaches the disk.
//
// As shipped, PGlite starts PostgreSQL with fsync off, and its file system has no fsync at all: a crash of the process
// loses nothing, a power cut may lose acknowledged commits or the whole database. Here every file and folder that
// PostgreSQL wants synced is synced. wal_sync_method has to be `fsync`, because fdatasync never reaches the file system.

import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** Start parameters of PostgreSQL that go with this file system. */
export const durableStartParams: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
];

/** What we need to know of Emscripten's NODEFS; a stream of a folder has no `nfd`. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { readonly nfd?: number | null; readonly node: unknown }) => number };
  realPath(node: unknown): string;
}

export class DurableNodeFS extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: { readonly FS: object }): void => {
      const { NODEFS } = (module.FS as { filesystems: { NODEFS: NodeFileSystem } }).filesystems;
      NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        if (typeof nfd === 'number') this.syncFile(nfd);
        else syncFolder(NODEFS.realPath(node));
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }

  /** Puts an open file on the disk: called for every fsync of PostgreSQL, before a commit is acknowledged. */
  protected syncFile(file: number): void {
    fsyncSync(file);
  }
}

/** Syncs everything in a folder to disk: what initdb does last, which PGlite's leaves out. */
export function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path, 'r+');
  }
  syncFolder(folder);
}

function syncFolder(path: string): void {
  // Windows has no handle of a folder to sync.
  if (process.platform !== 'win32') syncPath(path, 'r');
}

function syncPath(path: string, mode: 'r' | 'r+'): void {
  const file = openSync(path, mode);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
