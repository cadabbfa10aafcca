// Writing a file so that it is on the disk, whole, before anything else happens: beside, synced, renamed, folder synced.

import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Files that a crash may leave behind end so. */
export const besideSuffix = '.new';

/** Puts a text in the place of what is there. Throws what the file system throws; then the file is the old or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = await writeBeside(path, text);
  try {
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Writes a file that is not there yet; throws EEXIST when it is. */
export async function createFile(path: string, text: string): Promise<void> {
  const beside = await writeBeside(path, text);
  try {
    await link(beside, path);
  } finally {
    await unlink(beside).catch(() => undefined);
  }
  await syncFolder(dirname(path));
}

/** Makes a folder that only this user can open, with all above it, and puts its name on the disk. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
}

async function writeBeside(path: string, text: string): Promise<string> {
  const beside = `${path}.${randomUUID()}${besideSuffix}`;
  try {
    await using file = await open(beside, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    return beside;
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows has no handle of a folder to sync.
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** The system's name of an error, such as ENOENT; its message where it has none. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
