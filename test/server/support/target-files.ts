// What an export has written, and targets in memory that fail when they are told to.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ExportTarget } from '../../../server/export/export-target.ts';

/** Every file of a folder by its path, but for those that are being written. */
export function filesIn(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('.writing/'))
    .sort();
  return new Map(names.map((path) => [path, readFileSync(join(folder, path))]));
}

/** The SHA-256 of every file by its path, in order: quick to compare. */
export function digestsOf(files: ReadonlyMap<string, Uint8Array>): string[] {
  return [...files]
    .map(([path, bytes]) => `${path} ${createHash('sha256').update(bytes).digest('hex')}`)
    .sort();
}

export interface MemoryTarget extends ExportTarget {
  readonly files: Map<string, Uint8Array>;
  /** Paths in the order in which they were written. */
  readonly writes: string[];
}

/** A target in memory that begins with these files, and fails at write `failAt`: before or after it has happened. */
export function memoryTarget(
  files: ReadonlyMap<string, Uint8Array>,
  failAt = -1,
  when: 'before' | 'after' = 'before',
): MemoryTarget {
  const held = new Map(files);
  const writes: string[] = [];
  return {
    place: 'memory',
    files: held,
    writes,
    read: (path) => Promise.resolve(held.get(path)),
    write: (path, bytes) => {
      const isLast = writes.push(path) - 1 === failAt;
      if (!isLast || when === 'after') held.set(path, bytes);
      return isLast ? Promise.reject(new Error('crashed')) : Promise.resolve();
    },
    clear: (path, limit) => {
      const found = [...held.keys()].filter((file) => file.startsWith(`${path}/`)).slice(0, limit);
      for (const file of found) held.delete(file);
      return Promise.resolve(found.length);
    },
  };
}
