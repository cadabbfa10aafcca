// crev's recursive digest (crev-dev/recursive-digest, lib.rs): BLAKE2b-256 over kinds, names and contents.
//
//   file = H("F" content)   link = H("L" target)   directory = H("D" then, by raw name, H(name) digest(entry))
//
// Modes and times do not count, empty directories do. An ignore list holds exact paths from the root: `.cargo-ok` when a
// review is signed, `.cargo-ok` and `target` when an unpacked registry crate is checked. Refused: link targets that are
// not UTF-8, as crev refuses them.

import { fromUtf8, toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashOf, portableHashers, type Hasher, type HasherFactory } from './hasher.ts';
import { showName, walkTree, type SymlinkNode, type TreeNode, type TreeSink } from './tree.ts';

/** What crev leaves out of an unpacked crate when it checks one. */
export const crevRegistryIgnore: readonly string[] = ['.cargo-ok', 'target'];

const tags = { file: utf8('F'), link: utf8('L'), directory: utf8('D') };

/** Takes a tree in and gives its crev digest as hex. */
export class CrevSink implements TreeSink {
  readonly #hashers: HasherFactory;
  readonly #ignore: ReadonlySet<string>;
  readonly #open: { readonly name: Uint8Array; readonly hasher: Hasher }[] = [];
  readonly #path: string[] = [];
  /** How many levels inside an ignored directory the walk is; 0 when nothing is being ignored. */
  #ignoring = 0;
  #result: Uint8Array | undefined;

  constructor(ignore: readonly string[] = [], hashers: HasherFactory = portableHashers) {
    this.#hashers = hashers;
    this.#ignore = new Set(ignore.map((path) => latin1(utf8(path))));
  }

  directory(name: Uint8Array): void {
    if (this.#begin(name)) this.#start(name, tags.directory);
  }

  directoryEnd(): void {
    this.#finish();
  }

  file(name: Uint8Array): void {
    if (this.#begin(name)) this.#start(name, tags.file);
  }

  bytes(chunk: Uint8Array): void {
    if (this.#ignoring === 0) this.#open.at(-1)?.hasher.update(chunk);
  }

  fileEnd(): void {
    this.#finish();
  }

  symlink(name: Uint8Array, { target }: SymlinkNode): void {
    if (this.#begin(name)) {
      try {
        fromUtf8(target);
      } catch (cause) {
        throw new TrustError('tree-unsupported', `crev can't hash a link to ${showName(target)}: not UTF-8`, {
          cause,
        });
      }
      this.#start(name, tags.link);
      this.bytes(target);
    }
    this.#finish();
  }

  /** Hex of the 32 bytes; throws tree-unsupported before the walk is over. */
  digest(): string {
    if (this.#result === undefined)
      throw new TrustError('tree-unsupported', 'The tree was not walked to its end');
    return toHex(this.#result);
  }

  /** Notes that an entry begins; false when it, or a directory above it, is on the ignore list. */
  #begin(name: Uint8Array): boolean {
    if (name.length > 0) this.#path.push(latin1(name));
    if (this.#ignoring > 0 || (name.length > 0 && this.#ignore.has(this.#path.join('/')))) this.#ignoring++;
    return this.#ignoring === 0;
  }

  #start(name: Uint8Array, tag: Uint8Array): void {
    const hasher = this.#hashers('blake2b256');
    hasher.update(tag);
    this.#open.push({ name, hasher });
  }

  #finish(): void {
    this.#path.pop();
    if (this.#ignoring > 0) {
      this.#ignoring--;
      return;
    }
    const done = this.#open.pop();
    if (done === undefined) return;
    const digest = done.hasher.digest();
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#result = digest;
      return;
    }
    parent.hasher.update(hashOf(this.#hashers, 'blake2b256', done.name));
    parent.hasher.update(digest);
  }
}

/** A text that keeps every byte of a name apart, whatever its encoding. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** crev's digest of a tree, hex; `ignore` lists exact paths from the root. Throws tree-unsupported. */
export async function crevDigest(
  root: TreeNode,
  ignore: readonly string[] = [],
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const sink = new CrevSink(ignore, hashers);
  await walkTree(root, [sink]);
  return sink.digest();
}
