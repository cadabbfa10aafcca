// Reading a tar, entry by entry, strictly: ustar, pax, GNU long names, V7 (POSIX.1-2017 pax, "pax Interchange Format").
//
// Written by hand because names must stay raw bytes and because what readers differ on must be refused rather than chosen:
// devices and pipes, sparse files, unknown types, overrides that apply to nothing, links with bodies, anything but zeros
// behind the end mark (some tools read on, others stop).

import { showName } from '../tree.ts';
import { ByteReader, type ByteStream } from './byte-reader.ts';
import type { ArchiveEntry } from './entry.ts';
import { tooLarge, unreadable, unsafe, type ArchiveLimits } from './limits.ts';
import { blockSize, isZeroBlock, parseTarHeader, untilNul, type TarHeader } from './tar-header.ts';
import { checkGlobalPax, parsePax, type PaxOverrides } from './tar-pax.ts';

/** Largest extended header or long name. */
const metadataBytes = 64 * 1024;

/** The entries of an uncompressed tar; throws archive-unreadable, archive-unsafe, archive-too-large. */
export async function* readTar(
  stream: ByteStream,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const reader = new ByteReader(stream);
  try {
    let overrides: PaxOverrides = {};
    let total = 0;
    for (let count = 1; ; count++) {
      const block = await reader.take(blockSize);
      if (block.length === 0 || (block.length === blockSize && isZeroBlock(block))) {
        if (Object.keys(overrides).length > 0) throw unreadable('a header that belongs to no entry');
        await expectZeros(reader);
        return;
      }
      if (block.length < blockSize) throw unreadable('it ends inside a header');
      if (count > limits.entries) throw tooLarge('entries', limits.entries);

      const header = parseTarHeader(block);
      if ('xgLK'.includes(header.type)) {
        overrides = { ...overrides, ...metadata(header.type, await readMetadata(reader, header)) };
        continue;
      }
      const entry = { ...header, ...overrides };
      overrides = {};
      if (entry.size > limits.fileBytes) throw tooLarge('bytes in one file', limits.fileBytes);
      total += entry.size;
      if (total > limits.totalBytes) throw tooLarge('bytes in its files', limits.totalBytes);
      const chunks = await readBody(reader, entry.size);
      yield toEntry(entry, chunks);
    }
  } finally {
    await reader.close();
  }
}

function metadata(type: string, body: Uint8Array): PaxOverrides {
  switch (type) {
    case 'x':
      return parsePax(body);
    case 'L':
      return { path: untilNul(body) };
    case 'K':
      return { linkTarget: untilNul(body) };
    default:
      checkGlobalPax(body);
      return {};
  }
}

function toEntry(header: TarHeader, chunks: readonly Uint8Array[]): ArchiveEntry {
  const { path, linkTarget: target, type, size } = header;
  const bare = (kind: string): void => {
    if (size > 0) throw unsafe(`${kind} with content, ${showName(path)}`);
  };
  switch (type) {
    case '0':
    case '7':
      // Before ustar a directory was a file whose name ends in a slash, and readers still take it as one.
      if (path.at(-1) === 0x2f) {
        bare('a directory');
        return { kind: 'directory', path };
      }
      return { kind: 'file', path, executable: (header.mode & 0o100) !== 0, size, chunks };
    case '1':
      bare('a hard link');
      return { kind: 'hardlink', path, target };
    case '2':
      bare('a symbolic link');
      return { kind: 'symlink', path, target };
    case '5':
      bare('a directory');
      return { kind: 'directory', path };
    case '3':
    case '4':
    case '6':
      throw unsafe(`a device or pipe, ${showName(path)}`);
    default:
      throw unsafe(`an entry of the unknown type ${JSON.stringify(type)}, ${showName(path)}`);
  }
}

async function readMetadata(reader: ByteReader, { size }: TarHeader): Promise<Uint8Array> {
  if (size > metadataBytes) throw tooLarge('bytes in an extended header', metadataBytes);
  const padded = Math.ceil(size / blockSize) * blockSize;
  const body = await reader.take(padded);
  if (body.length < padded) throw unreadable('it ends inside an extended header');
  return body.slice(0, size);
}

async function readBody(reader: ByteReader, size: number): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let missing = size;
  while (missing > 0) {
    const piece = await reader.some(missing);
    if (piece === undefined) throw unreadable('it ends inside a file');
    chunks.push(piece);
    missing -= piece.length;
  }
  const padding = (blockSize - (size % blockSize)) % blockSize;
  if ((await reader.take(padding)).length < padding) throw unreadable('it ends inside a file');
  return chunks;
}

/** Reads to the end of the stream, where only zeros may stand. */
async function expectZeros(reader: ByteReader): Promise<void> {
  for (let piece = await reader.some(1 << 16); piece !== undefined; piece = await reader.some(1 << 16)) {
    if (!isZeroBlock(piece)) throw unsafe('bytes behind the mark that ends the tar');
  }
}
