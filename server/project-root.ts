// Where the project's own files lie (views, public, package.json): the same folder from the sources and from dist/.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The nearest folder above this file that holds the package.json. */
export const projectRoot = findRoot(import.meta.dirname);

/** The version in the package.json. */
export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))).version;

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
  return findRoot(above);
}
