// Putting the entries of an archive together as a tree, in memory, refusing what would unpack differently in different
// hands.
//
// Refused: unsafe paths and links (safe-path.ts), one path that is both a file and something else, one path with two
// different contents (some unpackers keep the first, some the last), entries behind a link, hard links to what is not an
// earlier file of the archive.

import { compareBytes } from '../../bytes.ts';
import { showName, type DirectoryNode, type FileNode, type SymlinkNode, type TreeEntry } from '../tree.ts';
import type { ArchiveEntry } from './entry.ts';
import { unsafe, type ArchiveLimits } from './limits.ts';
import { checkLinkTarget, safeSegments } from './safe-path.ts';

interface Folder {
  readonly kind: 'folder';
  readonly name: Uint8Array;
  readonly children: Map<string, Child>;
}
interface Leaf {
  readonly kind: 'leaf';
  readonly name: Uint8Array;
  readonly node: FileNode | SymlinkNode;
}
type Child = Folder | Leaf;

/** How paths in the archive become paths in the tree. */
export interface TreeLayout {
  /** How many leading segments of each path are taken off; an entry that has no more is refused unless it is a folder. */
  readonly strip: number;
}

/** Collects entries into a directory. */
export class TreeBuilder {
  readonly #root: Folder = { kind: 'folder', name: new Uint8Array(0), children: new Map() };
  /** Files by their path in the archive, for hard links. */
  readonly #files = new Map<string, FileNode>();
  readonly #strip: number;
  readonly #limits: ArchiveLimits;

  constructor(layout: TreeLayout, limits: ArchiveLimits) {
    this.#strip = layout.strip;
    this.#limits = limits;
  }

  /** Takes one entry in; throws archive-unsafe or archive-too-large. */
  add(entry: ArchiveEntry): void {
    const whole = safeSegments(entry.path, this.#limits);
    const segments = whole.slice(this.#strip);
    const name = segments.at(-1);
    if (name === undefined) {
      if (entry.kind === 'directory') return;
      throw unsafe(`${showName(entry.path)} lies beside the folders, not in one`);
    }
    if (entry.kind === 'directory') {
      this.#folder(segments, entry.path);
      return;
    }
    const folder = this.#folder(segments.slice(0, -1), entry.path);
    this.#put(
      folder,
      { kind: 'leaf', name, node: this.#node(entry, whole, segments.length - 1) },
      entry.path,
    );
  }

  /** The directory of everything taken in. */
  build(): DirectoryNode {
    return toDirectory(this.#root);
  }

  #node(
    entry: Exclude<ArchiveEntry, { kind: 'directory' }>,
    whole: readonly Uint8Array[],
    depth: number,
  ): FileNode | SymlinkNode {
    if (entry.kind === 'symlink') {
      checkLinkTarget(entry.target, depth, entry.path);
      return { kind: 'symlink', target: entry.target };
    }
    if (entry.kind === 'hardlink') {
      const known = this.#files.get(pathKey(safeSegments(entry.target, this.#limits)));
      if (known === undefined) {
        throw unsafe(
          `the hard link ${showName(entry.path)} to what is no earlier file, ${showName(entry.target)}`,
        );
      }
      return known;
    }
    const { executable, size, chunks } = entry;
    const node: FileNode = { kind: 'file', executable, size, open: () => chunks };
    this.#files.set(pathKey(whole), node);
    return node;
  }

  #folder(segments: readonly Uint8Array[], path: Uint8Array): Folder {
    let folder = this.#root;
    for (const name of segments) {
      const next = folder.children.get(segmentKey(name)) ?? { kind: 'folder', name, children: new Map() };
      if (next.kind !== 'folder')
        throw unsafe(`${showName(path)} lies in or is what was a file or link before`);
      folder.children.set(segmentKey(name), next);
      folder = next;
    }
    return folder;
  }

  #put(folder: Folder, leaf: Leaf, path: Uint8Array): void {
    const known = folder.children.get(segmentKey(leaf.name));
    if (known !== undefined && !(known.kind === 'leaf' && sameNode(known.node, leaf.node))) {
      throw unsafe(`two different entries are called ${showName(path)}`);
    }
    folder.children.set(segmentKey(leaf.name), leaf);
  }
}

function toDirectory(folder: Folder): DirectoryNode {
  const entries = Array.from(folder.children.values(), (child): TreeEntry => ({
    name: child.name,
    node: child.kind === 'folder' ? toDirectory(child) : child.node,
  }));
  return { kind: 'directory', entries };
}

function sameNode(a: FileNode | SymlinkNode, b: FileNode | SymlinkNode): boolean {
  if (a.kind === 'symlink' || b.kind === 'symlink') {
    return a.kind === 'symlink' && b.kind === 'symlink' && compareBytes(a.target, b.target) === 0;
  }
  return a.executable === b.executable && a.size === b.size && compareBytes(content(a), content(b)) === 0;
}

function content(node: FileNode): Uint8Array {
  const all = new Uint8Array(node.size);
  let offset = 0;
  // Nodes of this builder hold their chunks in memory.
  for (const chunk of node.open() as Iterable<Uint8Array>) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

/** A map key that keeps every byte apart. */
function segmentKey(segment: Uint8Array): string {
  return String.fromCharCode(...segment);
}

function pathKey(segments: readonly Uint8Array[]): string {
  return segments.map(segmentKey).join('/');
}
