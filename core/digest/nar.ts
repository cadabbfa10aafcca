// NAR, Nix's archive of a tree (Dolstra's thesis, figure 5.2; libutil's archive.cc), hashed while it is written.
//
// Every token is its length as 64-bit little-endian, its bytes, and zeros up to a multiple of 8. Only the owner's x bit
// counts of a mode; empty directories count; times and owners do not. Memory grows with depth, not with size.

import { toHex, utf8 } from '../bytes.ts';
import { portableHashers, type Hasher, type HasherFactory } from './hasher.ts';
import { walkTree, type FileNode, type SymlinkNode, type TreeNode, type TreeSink } from './tree.ts';

const zeros = new Uint8Array(8);

/** A NAR token: length, bytes, padding. */
function token(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(8 + Math.ceil(bytes.length / 8) * 8);
  padded.set(lengthPrefix(bytes.length));
  padded.set(bytes, 8);
  return padded;
}

function lengthPrefix(length: number): Uint8Array {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(length), true);
  return prefix;
}

const words = (...texts: readonly string[]): Uint8Array => {
  const tokens = texts.map((text) => token(utf8(text)));
  const all = new Uint8Array(tokens.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of tokens) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
};

const magic = words('nix-archive-1');
const close = words(')');
const entryName = words('entry', '(', 'name');
const entryNode = words('node');
const directoryHead = words('(', 'type', 'directory');
const fileHead = words('(', 'type', 'regular');
const linkHead = words('(', 'type', 'symlink', 'target');
const executable = words('executable', '');
const contents = words('contents');

/** Takes a tree in and writes its NAR to a hasher, or to whatever takes bytes. */
export class NarSink implements TreeSink {
  readonly #out: Pick<Hasher, 'update'>;
  #depth = 0;
  #padding = 0;

  constructor(out: Pick<Hasher, 'update'>) {
    this.#out = out;
    out.update(magic);
  }

  directory(name: Uint8Array): void {
    this.#begin(name);
    this.#out.update(directoryHead);
  }

  directoryEnd(): void {
    this.#end();
  }

  file(name: Uint8Array, node: FileNode): void {
    this.#begin(name);
    this.#out.update(fileHead);
    if (node.executable) this.#out.update(executable);
    this.#out.update(contents);
    this.#out.update(lengthPrefix(node.size));
    this.#padding = (8 - (node.size % 8)) % 8;
  }

  bytes(chunk: Uint8Array): void {
    this.#out.update(chunk);
  }

  fileEnd(): void {
    this.#out.update(zeros.subarray(0, this.#padding));
    this.#end();
  }

  symlink(name: Uint8Array, node: SymlinkNode): void {
    this.#begin(name);
    this.#out.update(linkHead);
    this.#out.update(token(node.target));
    this.#end();
  }

  #begin(name: Uint8Array): void {
    if (this.#depth > 0) {
      this.#out.update(entryName);
      this.#out.update(token(name));
      this.#out.update(entryNode);
    }
    this.#depth++;
  }

  #end(): void {
    this.#out.update(close);
    this.#depth--;
    if (this.#depth > 0) this.#out.update(close);
  }
}

/** SHA-256 of the NAR of a tree, hex; throws tree-unsupported. */
export async function narSha256(root: TreeNode, hashers: HasherFactory = portableHashers): Promise<string> {
  const hasher = hashers('sha256');
  await walkTree(root, [new NarSink(hasher)]);
  return toHex(hasher.digest());
}
