// Walking from a folder up to the root of its repository, the way configuration and lockfiles are found.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const vcsFolders = ['.git', '.hg', '.jj', '.svn', '.bzr', '_darcs', '.pijul'];

/**
 * The folder itself and its parents, nearest first, up to and including the first that holds a version control folder.
 * Outside of any repository the walk ends below the home directory and below the root of the file system: what lies
 * there belongs to no project.
 */
export function foldersUpwards(start: string, homedir: string): string[] {
  const folders: string[] = [];
  let folder = start;
  for (;;) {
    folders.push(folder);
    if (isRepositoryRoot(folder)) return folders;
    const parent = dirname(folder);
    const above = dirname(parent);
    if (parent === folder || parent === homedir || above === parent) return folders;
    folder = parent;
  }
}

/** Whether a folder holds a version control folder. */
export function isRepositoryRoot(folder: string): boolean {
  return vcsFolders.some((name) => existsSync(join(folder, name)));
}
