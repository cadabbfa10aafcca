// Small source trees for tests: built from plain objects, and the sample tree that other implementations hashed.

import { utf8 } from '../../core/bytes.ts';
import type { DirectoryNode, FileNode, SymlinkNode, TreeNode } from '../../core/digest/tree.ts';

/** A file; text is UTF-8. */
export function file(content: string | Uint8Array, executable = false): FileNode {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  return { kind: 'file', executable, size: bytes.length, open: () => [bytes] };
}

/** A symbolic link. */
export function link(target: string | Uint8Array): SymlinkNode {
  return { kind: 'symlink', target: typeof target === 'string' ? utf8(target) : target };
}

/** A directory of named nodes, in the order given. */
export function dir(entries: Readonly<Record<string, TreeNode>> = {}): DirectoryNode {
  return {
    kind: 'directory',
    entries: Object.entries(entries).map(([name, node]) => ({ name: utf8(name), node })),
  };
}

/** The tree whose digests nix, git, Go and two crev implementations gave. */
export function sampleTree(): DirectoryNode {
  return dir({
    'sub.c': file('int x;\n'),
    sub: dir({ b: file('b\n') }),
    'run.sh': file('#!/bin/sh\necho hi\n', true),
    link: link('a.txt'),
    emptydir: dir(),
    'a.txt': file('hello\n'),
  });
}

/** The four files of the sample tree, as a Go module would hold them. */
export function sampleModule(): DirectoryNode {
  const { entries } = sampleTree();
  const names = ['sub.c', 'sub', 'run.sh', 'a.txt'];
  return {
    kind: 'directory',
    entries: entries.filter(({ name }) => names.includes(new TextDecoder().decode(name))),
  };
}
