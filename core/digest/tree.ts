// A source tree as all ways of hashing see it: files with an executable bit, symbolic links, directories; names and link
// targets are raw bytes. And the one walk over it, in order of raw names, that feeds any number of hashes at once.
//
// Refused: names that are empty, `.`, `..` or hold a slash or NUL, two entries of one name, nesting past a limit, and a
// file that is not as long as it said (it changed while it was read).

import { compareBytes, excerpt } from '../bytes.ts';
import { TrustError } from '../errors.ts';

export interface FileNode {
  readonly kind: 'file';
  /** The owner's x bit. */
  readonly executable: boolean;
  /** Length in bytes; what `open` yields has to agree. */
  readonly size: number;
  /** The content from its beginning, in chunks; may be called again. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface SymlinkNode {
  readonly kind: 'symlink';
  /** The text of the link, as it stands. Never followed. */
  readonly target: Uint8Array;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  /** In any order. */
  readonly entries: readonly TreeEntry[];
}

export interface TreeEntry {
  readonly name: Uint8Array;
  readonly node: TreeNode;
}

export type TreeNode = FileNode | SymlinkNode | DirectoryNode;

/**
 * What a hash of a tree takes in. Calls come depth first, entries in order of their raw names; the root has an empty
 * name. A file is `file`, any number of `bytes`, `fileEnd`.
 */
export interface TreeSink {
  directory(name: Uint8Array): void;
  directoryEnd(): void;
  file(name: Uint8Array, node: FileNode): void;
  bytes(chunk: Uint8Array): void;
  fileEnd(): void;
  symlink(name: Uint8Array, node: SymlinkNode): void;
}

/** Deeper than any package; walking recurses once a level. */
export const maxTreeDepth = 256;
const rootName = new Uint8Array(0);

/** Feeds a tree to every sink, reading each file once; throws tree-unsupported, or what reading a file throws. */
export async function walkTree(root: TreeNode, sinks: readonly TreeSink[]): Promise<void> {
  await visit(rootName, root, sinks, 0);
}

async function visit(
  name: Uint8Array,
  node: TreeNode,
  sinks: readonly TreeSink[],
  depth: number,
): Promise<void> {
  switch (node.kind) {
    case 'symlink':
      for (const sink of sinks) sink.symlink(name, node);
      return;
    case 'file':
      await readFile(name, node, sinks);
      return;
    case 'directory':
      if (depth > maxTreeDepth)
        throw new TrustError('tree-unsupported', `Nested deeper than ${maxTreeDepth}`);
      for (const sink of sinks) sink.directory(name);
      for (const entry of sortEntries(node.entries)) await visit(entry.name, entry.node, sinks, depth + 1);
      for (const sink of sinks) sink.directoryEnd();
  }
}

async function readFile(name: Uint8Array, node: FileNode, sinks: readonly TreeSink[]): Promise<void> {
  for (const sink of sinks) sink.file(name, node);
  let length = 0;
  for await (const chunk of node.open()) {
    length += chunk.length;
    if (length > node.size) break;
    for (const sink of sinks) sink.bytes(chunk);
  }
  if (length !== node.size) {
    throw new TrustError(
      'tree-unsupported',
      `${showName(name)} is not ${node.size} bytes long, as it was said to be: did it change meanwhile?`,
    );
  }
  for (const sink of sinks) sink.fileEnd();
}

/** Entries by the bytes of their names; throws tree-unsupported on a name that a tree can't have, or twice the same. */
function sortEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const sorted = [...entries].sort((a, b) => compareBytes(a.name, b.name));
  for (const [position, { name }] of sorted.entries()) {
    if (!isTreeName(name)) throw new TrustError('tree-unsupported', `Not a file name: ${showName(name)}`);
    const next = sorted[position + 1];
    if (next !== undefined && compareBytes(name, next.name) === 0) {
      throw new TrustError('tree-unsupported', `Two entries are called ${showName(name)}`);
    }
  }
  return sorted;
}

/** Whether bytes can be the name of an entry: not empty, `.` or `..`, without slash and NUL. */
export function isTreeName(name: Uint8Array): boolean {
  const dots = name.every((byte) => byte === 0x2e);
  return !(dots && name.length < 3) && !name.includes(0x2f) && !name.includes(0);
}

const lenient = new TextDecoder();

/** A raw name for a message: bytes that are not UTF-8 and control characters made visible. */
export function showName(name: Uint8Array): string {
  return excerpt(lenient.decode(name), 200);
}
