// Reading a zip (PKWARE APPNOTE 6.3.9), whole in memory, strictly: as the central directory says, and only if every local
// header says the same.
//
// A zip names each file twice and may hide bytes anywhere; readers differ in whom they believe. Refused: bytes before,
// between or behind the parts, overlapping entries, differing names, several disks, zip64, encryption, methods other than
// stored and deflate, wrong sizes or CRC, devices.

import { compareBytes } from '../../bytes.ts';
import { showName } from '../tree.ts';
import { crc32 } from './crc32.ts';
import { inflateRaw } from './decompress.ts';
import type { ArchiveEntry } from './entry.ts';
import { tooLarge, unreadable, unsafe, type ArchiveLimits } from './limits.ts';
import { readZipDirectory, type ZipRecord } from './zip-directory.ts';

const localSignature = 0x04034b50;
const descriptorSignature = 0x08074b50;

/** The entries of a zip, in order of their place in the file; throws archive-unreadable, -unsafe, -too-large. */
export async function* readZip(
  bytes: Uint8Array,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const { records, start } = readZipDirectory(bytes, limits);
  const ordered = [...records].sort((a, b) => a.offset - b.offset);
  let position = 0;
  let total = 0;
  for (const record of ordered) {
    if (record.offset !== position)
      throw unsafe('bytes between the entries of the zip, or entries that overlap');
    const data = localData(bytes, record, start);
    total += record.size;
    if (record.size > limits.fileBytes) throw tooLarge('bytes in one file', limits.fileBytes);
    if (total > limits.totalBytes) throw tooLarge('bytes in its files', limits.totalBytes);
    yield toEntry(record, await contentOf(record, bytes.subarray(data.start, data.end), limits));
    position = record.hasDescriptor ? skipDescriptor(bytes, data.end, record) : data.end;
  }
  if (position !== start) throw unsafe('bytes between the entries of the zip and its directory');
}

function localData(bytes: Uint8Array, record: ZipRecord, limit: number): { start: number; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, limit);
  if (record.offset + 30 > limit || view.getUint32(record.offset, true) !== localSignature) {
    throw unreadable('an entry without its local header');
  }
  const at = (offset: number): number => view.getUint16(record.offset + offset, true);
  const nameEnd = record.offset + 30 + at(26);
  const start = nameEnd + at(28);
  const end = start + record.compressedSize;
  if (end > limit) throw unreadable('an entry that reaches into the directory');
  const sameName = compareBytes(bytes.subarray(record.offset + 30, nameEnd), record.name) === 0;
  const sizes = [
    view.getUint32(record.offset + 14, true),
    view.getUint32(record.offset + 18, true),
    view.getUint32(record.offset + 22, true),
  ];
  const expected = [record.crc, record.compressedSize, record.size];
  const sameSizes = sizes.every((size, i) => size === expected[i] || (record.hasDescriptor && size === 0));
  if (!sameName || at(6) !== record.flags || at(8) !== record.method || !sameSizes) {
    throw unsafe(`the two headers of ${showName(record.name)} differ`);
  }
  return { start, end };
}

/** Where the entry after a data descriptor begins. Its signature is optional. */
function skipDescriptor(bytes: Uint8Array, position: number, record: ZipRecord): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const signed = position + 16 <= bytes.length && view.getUint32(position, true) === descriptorSignature;
  const fields = signed ? position + 4 : position;
  if (fields + 12 > bytes.length) throw unreadable('an entry without its data descriptor');
  const matches = [record.crc, record.compressedSize, record.size].every(
    (value, i) => view.getUint32(fields + 4 * i, true) === value,
  );
  if (!matches) throw unsafe(`the headers of ${showName(record.name)} differ`);
  return fields + 12;
}

async function contentOf(record: ZipRecord, data: Uint8Array, limits: ArchiveLimits): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let crc = 0;
  let length = 0;
  const bounds = { ...limits, totalBytes: record.size };
  const content = record.method === 0 ? [data] : inflateRaw([data], bounds);
  for await (const chunk of content) {
    crc = crc32(chunk, crc);
    length += chunk.length;
    chunks.push(chunk);
  }
  if (length !== record.size || crc !== record.crc) {
    throw unreadable(`${showName(record.name)} is not what its size and CRC say`);
  }
  return chunks;
}

function toEntry(record: ZipRecord, chunks: readonly Uint8Array[]): ArchiveEntry {
  const { name: path, size, unixMode } = record;
  const fileType = unixMode & 0o170000;
  if (path.at(-1) === 0x2f) {
    if (size > 0) throw unsafe(`a directory with content, ${showName(path)}`);
    return { kind: 'directory', path };
  }
  if (fileType === 0o120000) {
    const target = new Uint8Array(size);
    let offset = 0;
    for (const chunk of chunks) {
      target.set(chunk, offset);
      offset += chunk.length;
    }
    return { kind: 'symlink', path, target };
  }
  if (fileType !== 0 && fileType !== 0o100000) throw unsafe(`neither file nor link, ${showName(path)}`);
  return { kind: 'file', path, executable: (unixMode & 0o100) !== 0, size, chunks };
}
