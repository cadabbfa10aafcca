// Evidence of forks: one file each in the state folder, with both signed notes as they came, until a person moves it away.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '../../core/bytes.ts';
import { forkEvidence } from '../ledger/fork-error.ts';
import type { NotedCheckpoint } from './compare-history.ts';

/** Writes the two notes of a fork to a file below the state folder; it is on disk when this returns its path. */
export async function keepFork(
  folder: string,
  seen: NotedCheckpoint,
  served: NotedCheckpoint,
  now: Date,
): Promise<string> {
  const evidence = join(folder, 'evidence');
  await mkdir(evidence, { recursive: true, mode: 0o700 });
  const roots = [seen, served].map(({ root }) => toHex(root).slice(0, 8));
  const path = join(evidence, `fork-${seen.size}-${served.size}-${roots.join('-')}.txt`);
  await writeFile(path, forkEvidence(seen, served, now), { mode: 0o600, flush: true });
  return path;
}

/** The files of evidence that nobody has moved away yet. */
export async function evidenceFiles(folder: string): Promise<string[]> {
  const evidence = join(folder, 'evidence');
  const names = await readdir(evidence).catch(() => []);
  return names
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => join(evidence, name));
}
