// Writing tars and zips by hand, hostile ones included: every field can be set to what no honest tool writes.

import { deflateRawSync, gzipSync } from 'node:zlib';
import { utf8 } from '../../core/bytes.ts';
import { crc32 } from '../../core/digest/archive/crc32.ts';
import type { DirectoryNode, FileNode } from '../../core/digest/tree.ts';

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? utf8(value) : value);

/** The concatenation of byte strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export interface TarEntrySpec {
  readonly path: string | Uint8Array;
  readonly type?: string;
  readonly mode?: number;
  readonly content?: string | Uint8Array;
  readonly target?: string | Uint8Array;
  readonly magic?: string;
  readonly prefix?: string;
  /** Written instead of the content's length. */
  readonly size?: number;
  /** Raw bytes of the size field. */
  readonly sizeField?: Uint8Array;
  readonly badChecksum?: boolean;
}

/** One header block with its content, padded. */
export function tarEntry(spec: TarEntrySpec): Uint8Array {
  const content = bytesOf(spec.content ?? '');
  const block = new Uint8Array(512);
  const octal = (value: number, width: number) => utf8(`${value.toString(8).padStart(width - 1, '0')}\0`);
  block.set(bytesOf(spec.path).subarray(0, 100), 0);
  block.set(octal(spec.mode ?? 0o644, 8), 100);
  block.set(octal(0, 8), 108);
  block.set(octal(0, 8), 116);
  block.set(spec.sizeField ?? octal(spec.size ?? content.length, 12), 124);
  block.set(octal(0, 12), 136);
  block.set(utf8(spec.type ?? '0'), 156);
  block.set(bytesOf(spec.target ?? '').subarray(0, 100), 157);
  block.set(utf8(spec.magic ?? 'ustar\x0000'), 257);
  block.set(utf8(spec.prefix ?? ''), 345);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0) + (spec.badChecksum === true ? 1 : 0);
  block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return concat(block, content, new Uint8Array((512 - (content.length % 512)) % 512));
}

/** A whole tar with its end mark. */
export function tar(...entries: readonly (TarEntrySpec | Uint8Array)[]): Uint8Array {
  const blocks = entries.map((entry) => (entry instanceof Uint8Array ? entry : tarEntry(entry)));
  return concat(...blocks, new Uint8Array(1024));
}

/** A gzipped tar. */
export function tgz(...entries: readonly (TarEntrySpec | Uint8Array)[]): Uint8Array {
  return gzip(tar(...entries));
}

/** One gzip member. */
export function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

/** A pax extended header for the entry behind it. */
export function paxHeader(records: Readonly<Record<string, string | Uint8Array>>, type = 'x'): Uint8Array {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = concat(utf8(` ${key}=`), bytesOf(value), utf8('\n'));
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    return concat(utf8(String(length)), rest);
  });
  return tarEntry({ path: 'PaxHeader/x', type, content: concat(...lines) });
}

/** A GNU long name (`L`) or long link target (`K`). */
export function gnuLong(type: 'L' | 'K', value: string): Uint8Array {
  return tarEntry({ path: '././@LongLink', type, content: `${value}\0` });
}

/** A tree as tar entries under a prefix, long names by pax. */
export function treeEntries(root: DirectoryNode, prefix: Uint8Array = new Uint8Array(0)): Uint8Array[] {
  return root.entries.flatMap(({ name, node }) => {
    const path = prefix.length === 0 ? name : concat(prefix, utf8('/'), name);
    const long = path.length > 98 ? [paxHeader({ path })] : [];
    if (node.kind === 'directory') {
      return [...long, tarEntry({ path, type: '5', mode: 0o755 }), ...treeEntries(node, path)];
    }
    if (node.kind === 'symlink') {
      const target = node.target.length > 100 ? [paxHeader({ linkpath: node.target })] : [];
      return [...long, ...target, tarEntry({ path, type: '2', target: node.target })];
    }
    return [...long, tarEntry({ path, mode: node.executable ? 0o755 : 0o644, content: contentOf(node) })];
  });
}

function contentOf(node: FileNode): Uint8Array {
  return concat(...(node.open() as Iterable<Uint8Array>));
}

export interface ZipEntrySpec {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly method?: 0 | 8 | 12;
  readonly mode?: number;
  readonly flags?: number;
  /** Name in the local header, when it shall differ. */
  readonly localName?: string;
  /** Written instead of the true values, in both headers. */
  readonly crc?: number;
  readonly size?: number;
  /** Sizes and CRC behind the data, zeros before it. */
  readonly descriptor?: boolean;
}

export interface ZipOptions {
  readonly prefix?: Uint8Array;
  readonly comment?: string;
  readonly between?: Uint8Array;
  readonly beforeDirectory?: Uint8Array;
  readonly count?: number;
}

/** A whole zip. */
export function zip(entries: readonly ZipEntrySpec[], options: ZipOptions = {}): Uint8Array {
  const parts: Uint8Array[] = [options.prefix ?? new Uint8Array(0)];
  const directory: Uint8Array[] = [];
  let offset = parts[0]?.length ?? 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    offset += part.length;
  };
  for (const [position, spec] of entries.entries()) {
    if (position > 0 && options.between !== undefined) put(options.between);
    const content = bytesOf(spec.content ?? '');
    const method = spec.method ?? 8;
    const data = method === 8 ? new Uint8Array(deflateRawSync(content)) : content;
    const flags = (spec.flags ?? 0) | (spec.descriptor === true ? 8 : 0);
    const fields = [spec.crc ?? crc32(content), data.length, spec.size ?? content.length];
    const local = spec.descriptor === true ? [0, 0, 0] : fields;
    const start = offset;
    const localName = utf8(spec.localName ?? spec.name);
    put(
      concat(
        u32(0x04034b50),
        u16(20, flags, method, 0, 0),
        u32(...local),
        u16(localName.length, 0),
        localName,
        data,
      ),
    );
    if (spec.descriptor === true) put(concat(u32(0x08074b50, ...fields)));
    const name = utf8(spec.name);
    directory.push(
      concat(
        u32(0x02014b50),
        u16(0x0314, 20, flags, method, 0, 0),
        u32(...fields),
        u16(name.length, 0, 0, 0, 0),
        u32(((spec.mode ?? 0o100644) << 16) >>> 0, start),
        name,
      ),
    );
  }
  put(options.beforeDirectory ?? new Uint8Array(0));
  const central = concat(...directory);
  const count = options.count ?? entries.length;
  const comment = utf8(options.comment ?? '');
  const end = concat(
    u32(0x06054b50),
    u16(0, 0, count, count),
    u32(central.length, offset),
    u16(comment.length),
    comment,
  );
  return concat(...parts, central, end);
}

function u16(...values: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, i) => {
    bytes.setUint16(i * 2, value, true);
  });
  return new Uint8Array(bytes.buffer);
}

function u32(...values: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    bytes.setUint32(i * 4, value, true);
  });
  return new Uint8Array(bytes.buffer);
}
