// A folder as a target, for any web server to serve or any tool to copy.
//
// A file is written beside the tree, synced, moved to its place, and its folder is synced: after a power cut each file is
// whole or absent. What a killed process left half-written lies in .writing and is removed by a later one.

import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { ExportTarget } from './export-target.ts';

/** Below the folder, so that moving from it stays on one file system. */
const workshop = '.writing';
/** Nobody writes one file for so long. */
const abandonedMs = 10 * 60_000;

/** The folder as a target; it is made when missing. Throws config-invalid when it can't be written to. */
export async function openFolderTarget(folder: string): Promise<ExportTarget> {
  const writing = join(folder, workshop);
  try {
    await mkdir(writing, { recursive: true });
    await removeAbandoned(writing);
  } catch (cause) {
    throw new TrustError('config-invalid', `The export folder ${folder} can't be written to`, {
      help: 'Name a folder that this user may write to.',
      cause,
    });
  }
  /** Folders that were made durable. */
  const known = new Set<string>();

  /** Makes a folder and everything above it up to the root of the target, names included. */
  const makeFolder = async (path: string): Promise<void> => {
    if (known.has(path)) return;
    if (path !== folder) await makeFolder(dirname(path));
    await mkdir(path, { recursive: true });
    await syncFolder(dirname(path));
    known.add(path);
  };

  return {
    place: folder,
    read: async (path) => {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    write: async (path, bytes) => {
      const [place, temporary] = [join(folder, path), join(writing, randomUUID())];
      await makeFolder(dirname(place));
      try {
        const file = await open(temporary, 'wx', 0o644);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, place);
      } catch (cause) {
        await rm(temporary, { force: true });
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new TrustError('unavailable', `The export folder ${folder} did not take ${path}: ${reason}`, {
          cause,
        });
      }
      await syncFolder(dirname(place));
    },
    clear: async (path, limit) => {
      const place = join(folder, path);
      const names = await list(place);
      const doomed = names.slice(0, limit);
      for (const name of doomed) await rm(join(place, name), { force: true });
      if (names.length > 0 && names.length === doomed.length) {
        known.delete(place);
        await rmdir(place);
      }
      return doomed.length;
    },
  };
}

async function removeAbandoned(writing: string): Promise<void> {
  for (const name of await list(writing)) {
    const path = join(writing, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > abandonedMs) await rm(path, { force: true });
  }
}

async function list(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Makes the names in a folder durable. Windows can't, and needs not: it has no such call for folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
