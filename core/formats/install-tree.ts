// Where npm installs packages, and which copy a package gets when it asks for a name: Node's own lookup, from the nearest
// node_modules folder up to the root's (Node documentation, "Loading from node_modules folders").
//
// Paths are those of a lockfile (`packages/a/node_modules/@s/b/node_modules/c`): data, never opened. Each part of a path
// is one node of a tree, so that hostile depth costs no more than its own length.

import { limits, tooLarge } from './limits.ts';

interface Folder {
  readonly parent: Folder | undefined;
  /** Packages in its node_modules, each a folder in turn. */
  readonly installed: Map<string, Folder>;
  /** What the lockfile has there, as the caller numbers it. */
  entry: number | undefined;
}

export class InstallTree {
  /** Folders outside node_modules: the root under the empty path, and workspaces. */
  readonly #bases = new Map<string, Folder>();

  /** Records what is installed at a path. @throws {TrustError} lockfile-too-large for a workspace nested too deep. */
  add(path: string, entry: number): void {
    this.#folder(path).entry = entry;
  }

  /** What a package at `path` gets when it asks for `name`; undefined when nothing of that name is installed. */
  resolve(path: string, name: string): number | undefined {
    for (let folder: Folder | undefined = this.#folder(path); folder !== undefined; folder = folder.parent) {
      const found = folder.installed.get(name)?.entry;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #folder(path: string): Folder {
    const { base, names } = splitInstallPath(path);
    let folder = this.#base(base);
    for (const name of names) {
      let next = folder.installed.get(name);
      if (next === undefined) {
        next = { parent: folder, installed: new Map(), entry: undefined };
        folder.installed.set(name, next);
      }
      folder = next;
    }
    return folder;
  }

  #base(path: string): Folder {
    const known = this.#bases.get(path);
    if (known !== undefined) return known;
    if (path.split('/', limits.directories + 1).length > limits.directories) {
      throw tooLarge('directories in a path', limits.directories);
    }
    const parent = path === '' ? undefined : this.#base(path.slice(0, Math.max(path.lastIndexOf('/'), 0)));
    const folder: Folder = { parent, installed: new Map(), entry: undefined };
    this.#bases.set(path, folder);
    return folder;
  }
}

/** A path of a lockfile, cut at its node_modules folders: the folder outside of any, and the names installed below it. */
export function splitInstallPath(path: string): { readonly base: string; readonly names: readonly string[] } {
  const [base = '', ...names] = path.split(/(?:^|\/)node_modules\//);
  return { base, names };
}
