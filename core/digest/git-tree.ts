// Git's names for contents: blobs and trees, in SHA-1 and SHA-256 repositories (gitformat-pack, "hash-function-transition").
//
// An object is named H(`<type> <decimal length>` NUL body). A tree's body is `<mode> <name>` NUL raw-id per entry, sorted
// as if directories ended in a slash. Git keeps no empty directories; Software Heritage does, and names trees otherwise
// the same way (SWHID 1.2, section 5.3), so one walk gives both.

import { compareBytes, toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashOf, portableHashers, type Hasher, type HasherFactory } from './hasher.ts';
import { walkTree, type FileNode, type SymlinkNode, type TreeNode, type TreeSink } from './tree.ts';

export type GitObjectFormat = 'sha1' | 'sha256';

interface Named {
  readonly mode: string;
  readonly name: Uint8Array;
  /** Without empty directories; undefined for a directory that holds nothing else. */
  readonly pruned: Uint8Array | undefined;
  /** With empty directories. */
  readonly kept: Uint8Array;
}

const slash = Uint8Array.of(0x2f);

/** Takes a tree in and names it as git does and as Software Heritage does. */
export class GitTreeSink implements TreeSink {
  readonly #format: GitObjectFormat;
  readonly #hashers: HasherFactory;
  readonly #open: { readonly name: Uint8Array; readonly children: Named[] }[] = [];
  #file: { readonly name: Uint8Array; readonly mode: string; readonly hasher: Hasher } | undefined;
  #root: Named | undefined;

  constructor(format: GitObjectFormat = 'sha1', hashers: HasherFactory = portableHashers) {
    this.#format = format;
    this.#hashers = hashers;
  }

  directory(name: Uint8Array): void {
    this.#open.push({ name, children: [] });
  }

  directoryEnd(): void {
    const done = this.#open.pop();
    if (done === undefined) return;
    const live = done.children.filter((child) => child.pruned !== undefined);
    const isRoot = this.#open.length === 0;
    this.#add({
      mode: '40000',
      name: done.name,
      kept: this.#tree(done.children, (child) => child.kept),
      // The root stays a tree when it is empty: git's well-known empty tree.
      pruned:
        live.length === 0 && !isRoot ? undefined : this.#tree(live, (child) => child.pruned ?? child.kept),
    });
  }

  file(name: Uint8Array, node: FileNode): void {
    const hasher = this.#hashers(this.#format);
    hasher.update(header('blob', node.size));
    this.#file = { name, mode: node.executable ? '100755' : '100644', hasher };
  }

  bytes(chunk: Uint8Array): void {
    this.#file?.hasher.update(chunk);
  }

  fileEnd(): void {
    if (this.#file === undefined) return;
    const { name, mode, hasher } = this.#file;
    const id = hasher.digest();
    this.#add({ name, mode, pruned: id, kept: id });
  }

  symlink(name: Uint8Array, { target }: SymlinkNode): void {
    const id = hashOf(this.#hashers, this.#format, header('blob', target.length), target);
    this.#add({ name, mode: '120000', pruned: id, kept: id });
  }

  /** Hex of git's name for the tree: without empty directories. */
  gitTree(): string {
    const { pruned, kept } = this.#result();
    return toHex(pruned ?? kept);
  }

  /** Hex of the name with empty directories; in SHA-1, Software Heritage's. */
  treeWithEmptyDirectories(): string {
    return toHex(this.#result().kept);
  }

  #result(): Named {
    if (this.#root?.mode !== '40000')
      throw new TrustError('tree-unsupported', 'Only a directory has a git tree');
    return this.#root;
  }

  #add(child: Named): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = child;
    else parent.children.push(child);
  }

  #tree(children: readonly Named[], idOf: (child: Named) => Uint8Array): Uint8Array {
    const sorted = children
      .map((child) => ({ child, key: child.mode === '40000' ? concat(child.name, slash) : child.name }))
      .sort((a, b) => compareBytes(a.key, b.key));
    const body = concat(
      ...sorted.flatMap(({ child }) => [utf8(`${child.mode} `), child.name, Uint8Array.of(0), idOf(child)]),
    );
    return hashOf(this.#hashers, this.#format, header('tree', body.length), body);
  }
}

function header(type: 'blob' | 'tree', length: number): Uint8Array {
  return utf8(`${type} ${length}\0`);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Git's tree id of a directory, hex, empty directories left out; throws tree-unsupported. */
export async function gitTree(
  root: TreeNode,
  format: GitObjectFormat = 'sha1',
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const sink = new GitTreeSink(format, hashers);
  await walkTree(root, [sink]);
  return sink.gitTree();
}
