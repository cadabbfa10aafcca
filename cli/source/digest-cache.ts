// Computed digests on disk, so that an archive is unpacked once and not at every check.
//
// An entry is keyed by a strong digest of the archive's own bytes, as the lockfile states it, and by how the archive was
// read; never by a name or version, which anyone may give to other bytes. The key stands in the entry too and is compared,
// and an entry counts only if its digests agree with the lockfile's. What can't be read is as if it were not there.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ArchiveLayout } from '../../core/digest/archive-digests.ts';
import {
  compareDigests,
  digestEntries,
  digestKeys,
  digestSetSchema,
  type DigestSet,
} from '../../core/digest/digest-set.ts';

/** Raised when what is computed changes, so that older entries are not found. */
const recipe = 1;

/** How an archive is read, which decides its tree. */
export interface Reading {
  readonly layout: ArchiveLayout;
  readonly crevIgnore: readonly string[];
  readonly go: boolean;
}

const entrySchema = z.strictObject({ key: z.string().max(4096), digests: digestSetSchema });

/** Digests by the strongest digest that a lockfile gives of an archive. */
export class DigestCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was computed of bytes with these digests, or undefined. */
  async get(known: DigestSet, reading: Reading): Promise<DigestSet | undefined> {
    const key = cacheKey(known, reading);
    if (key === undefined) return undefined;
    try {
      const entry = entrySchema.parse(JSON.parse(await readFile(this.#path(key), 'utf8')));
      const agrees = compareDigests(known, entry.digests).relation === 'same';
      return entry.key === key && agrees ? entry.digests : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps what was computed of bytes that were checked against `known`. A folder that can't be written is no error. */
  async put(known: DigestSet, reading: Reading, digests: DigestSet): Promise<void> {
    const key = cacheKey(known, reading);
    if (key === undefined) return;
    const path = this.#path(key);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, JSON.stringify({ key, digests }), { mode: 0o600 });
      await rename(temporary, path);
    } catch {
      // The next check computes it again.
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}

/** The text of a key: the strongest usable digest and the reading; undefined when there is no strong one. */
function cacheKey(known: DigestSet, { layout, crevIgnore, go }: Reading): string | undefined {
  const usable = digestEntries(known).find(([name]) => name === 'dirHash' || isArchiveDigest(name));
  return usable === undefined ? undefined : JSON.stringify([recipe, usable, layout, crevIgnore, go]);
}

function isArchiveDigest(name: keyof typeof digestKeys): boolean {
  return digestKeys[name].kind === 'archive' && !digestKeys[name].weak;
}
