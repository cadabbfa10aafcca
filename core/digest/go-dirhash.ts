// Go's h1 hash of a module (golang.org/x/mod/sumdb/dirhash, Hash1; in-toto's `dirHash`): one line per file, sorted by
// name, `<hex sha256 of content>  <module@version/path>` LF; SHA-256 of all lines.
//
// go.sum writes it as `h1:` and base64, a digest set as hex. Directories do not count, nor do modes. Refused: names with a
// line feed or that are not UTF-8, and symbolic links, which no module holds.

import { compareBytes, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { portableHashers, type Hasher, type HasherFactory } from './hasher.ts';
import { showName, walkTree, type TreeNode, type TreeSink } from './tree.ts';

/** One file as the hash sees it. */
export interface GoFile {
  /** Full name, with `module@version/` before it. */
  readonly name: string;
  /** Hex of the content's SHA-256. */
  readonly sha256: string;
}

/** Hex of the h1 hash of some files, in any order; throws tree-unsupported on a name with a line feed. */
export function goDirhashOfFiles(files: readonly GoFile[], hashers: HasherFactory = portableHashers): string {
  const lines = files.map(({ name, sha256 }) => {
    if (name.includes('\n'))
      throw new TrustError('tree-unsupported', 'Go hashes no file name with a line feed');
    return { key: utf8(name), line: utf8(`${sha256}  ${name}\n`) };
  });
  const hasher = hashers('sha256');
  for (const { line } of lines.sort((a, b) => compareBytes(a.key, b.key))) hasher.update(line);
  return toHex(hasher.digest());
}

/** Takes a tree in and gives its h1 hash; `prefix` is `module@version`, without a slash at its end. */
export class GoDirhashSink implements TreeSink {
  readonly #prefix: string;
  readonly #hashers: HasherFactory;
  readonly #path: string[] = [];
  readonly #files: GoFile[] = [];
  #hasher: Hasher | undefined;

  constructor(prefix: string, hashers: HasherFactory = portableHashers) {
    this.#prefix = prefix;
    this.#hashers = hashers;
  }

  directory(name: Uint8Array): void {
    this.#path.push(text(name));
  }

  directoryEnd(): void {
    this.#path.pop();
  }

  file(name: Uint8Array): void {
    this.#path.push(text(name));
    this.#hasher = this.#hashers('sha256');
  }

  bytes(chunk: Uint8Array): void {
    this.#hasher?.update(chunk);
  }

  fileEnd(): void {
    // The root's own name is empty: what remains is `/path` behind the prefix.
    const name = `${this.#prefix}${this.#path.join('/')}`;
    if (this.#hasher !== undefined) this.#files.push({ name, sha256: toHex(this.#hasher.digest()) });
    this.#path.pop();
  }

  symlink(name: Uint8Array): void {
    throw new TrustError('tree-unsupported', `A Go module holds no symbolic links: ${showName(name)}`);
  }

  digest(): string {
    return goDirhashOfFiles(this.#files, this.#hashers);
  }
}

/** Hex of the h1 hash of an unpacked module; `prefix` is `module@version`. Throws tree-unsupported. */
export async function goDirhash(
  root: TreeNode,
  prefix: string,
  hashers: HasherFactory = portableHashers,
): Promise<string> {
  const sink = new GoDirhashSink(prefix, hashers);
  await walkTree(root, [sink]);
  return sink.digest();
}

/** `h1:` and base64, as go.sum writes it, of a hash in hex; throws digest-invalid. */
export function formatGoHash(hex: string): string {
  return `h1:${toBase64(fromHex(hex))}`;
}

/** Hex of an `h1:` hash of go.sum; throws digest-invalid. */
export function parseGoHash(written: string): string {
  const bytes = written.startsWith('h1:') ? fromBase64(written.slice(3)) : undefined;
  if (bytes?.length !== 32) {
    throw new TrustError('digest-invalid', `Not an h1: hash of 32 bytes: ${showName(utf8(written))}`);
  }
  return toHex(bytes);
}

function text(name: Uint8Array): string {
  try {
    return fromUtf8(name);
  } catch (cause) {
    throw new TrustError('tree-unsupported', `Go hashes no name that is not UTF-8: ${showName(name)}`, {
      cause,
    });
  }
}
