// Finding paths below a folder by patterns in which `*` is any one segment. Nothing is searched beyond the patterns, and
// none of them leads out of the folder: their segments are checked names, and a segment that is not a plain name matches
// nothing.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathPattern } from './provider.ts';

/** Paths below `folder` that exist and match one of the patterns, in the order of the patterns. */
export async function findInFolder(
  folder: string,
  patterns: readonly PathPattern[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns) found.push(...(await expand(folder, pattern)));
  return [...new Set(found)];
}

async function expand(folder: string, [segment, ...rest]: PathPattern): Promise<readonly string[]> {
  if (segment === undefined) return (await exists(folder)) ? [folder] : [];
  if (segment !== '*') return isPlainName(segment) ? expand(join(folder, segment), rest) : [];
  const names = await readdir(folder).catch(() => []);
  const all = await Promise.all(names.sort().map((name) => expand(join(folder, name), rest)));
  return all.flat();
}

function isPlainName(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\\\0]/.test(segment);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
