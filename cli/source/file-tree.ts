// A folder on disk as a tree that core can hash. Names and link targets are raw bytes, links are never followed, files are
// read only while they are hashed.
//
// Refused: anything but files, folders and links; more entries, bytes or levels than the limits allow. A file that changes
// length while it is read is refused by core's walk.

import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { sep } from 'node:path';
import type { DirectoryNode, FileNode, TreeNode } from '../../core/digest/tree.ts';
import { maxTreeDepth } from '../../core/digest/tree.ts';
import { TrustError } from '../../core/errors.ts';

export interface FileTreeLimits {
  readonly entries: number;
  readonly totalBytes: number;
}

export const defaultFileTreeLimits: FileTreeLimits = { entries: 500_000, totalBytes: 4 * 1024 ** 3 };

interface Counts {
  entries: number;
  bytes: number;
}

/** The tree of a folder; throws source-unavailable when it can't be read, tree-unsupported on what is refused. */
export async function readFileTree(
  folder: string,
  limits: FileTreeLimits = defaultFileTreeLimits,
): Promise<DirectoryNode> {
  const node = await readNode(Buffer.from(folder), limits, { entries: 0, bytes: 0 }, 0);
  if (node.kind === 'directory') return node;
  throw new TrustError('source-unavailable', `Not a folder: ${folder}`, {
    help: 'Name the folder that holds the unpacked source itself, not a link to it.',
  });
}

async function readNode(
  path: Buffer,
  limits: FileTreeLimits,
  counts: Counts,
  depth: number,
): Promise<TreeNode> {
  const shown = path.toString('utf8');
  const status = await lstat(path).catch((cause: unknown) => {
    throw new TrustError('source-unavailable', `Can't read ${shown}`, { cause });
  });
  counts.entries++;
  if (counts.entries > limits.entries) {
    throw new TrustError('tree-unsupported', `More than ${limits.entries} entries, at ${shown}`);
  }
  if (depth > maxTreeDepth)
    throw new TrustError('tree-unsupported', `Nested deeper than ${maxTreeDepth}: ${shown}`);
  if (status.isSymbolicLink()) {
    return { kind: 'symlink', target: new Uint8Array(await readlink(path, { encoding: 'buffer' })) };
  }
  if (status.isDirectory()) {
    const entries = [];
    for (const name of await readdir(path, { encoding: 'buffer' })) {
      const inner = Buffer.concat([path, Buffer.from(sep), name]);
      entries.push({ name: new Uint8Array(name), node: await readNode(inner, limits, counts, depth + 1) });
    }
    return { kind: 'directory', entries };
  }
  if (!status.isFile()) throw new TrustError('tree-unsupported', `Neither file, folder nor link: ${shown}`);
  counts.bytes += status.size;
  if (counts.bytes > limits.totalBytes) {
    throw new TrustError('tree-unsupported', `More than ${limits.totalBytes} bytes, at ${shown}`);
  }
  return fileNode(path, status.size, (status.mode & 0o100) !== 0);
}

function fileNode(path: Buffer, size: number, executable: boolean): FileNode {
  return { kind: 'file', executable, size, open: () => readChunks(path) };
}

async function* readChunks(path: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  // What was a file when it was listed must not have become a link. Windows has no such flag.
  const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
  const handle = await open(path, constants.O_RDONLY | noFollow);
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) yield chunk as Buffer;
  } finally {
    await handle.close();
  }
}
