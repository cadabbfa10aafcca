// Finding the proof files of a proof repository, as crev does: recursively, *.crev, no path part that begins with a dot.
//
// Symbolic links are not followed: a repository is somebody else's, and its links may lead anywhere.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

const maxDepth = 32;
const maxFiles = 200_000;

/** Paths of the proof files at or below `path`, in order of names. A file that is named itself is taken as it is. */
export async function proofFiles(path: string): Promise<string[]> {
  const files: string[] = [];
  let facts;
  try {
    facts = await lstat(path);
  } catch (cause) {
    throw new TrustError('usage', `No such file or folder: ${escapeTerminal(path)}`, { cause });
  }
  if (facts.isDirectory()) await walk(path, 0, files);
  else files.push(path);
  return files;
}

async function walk(folder: string, depth: number, files: string[]): Promise<void> {
  if (depth > maxDepth)
    throw new TrustError('usage', `Nested deeper than ${maxDepth}: ${escapeTerminal(folder)}`);
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, depth + 1, files);
    else if (entry.isFile() && entry.name.endsWith('.crev')) files.push(path);
    if (files.length > maxFiles) throw new TrustError('usage', `More than ${maxFiles} proof files.`);
  }
}
