// The central directory of a zip (APPNOTE 4.3.12 and 4.3.16): found from the end, checked against the length of the file.
//
// Refused: a file whose last bytes are not the end record and its comment, other disks, zip64, encryption, unknown methods,
// the same name twice, a directory that is not exactly where and as long as it says.

import { showName } from '../tree.ts';
import { tooLarge, unreadable, unsafe, type ArchiveLimits } from './limits.ts';

export interface ZipRecord {
  /** Raw bytes. */
  readonly name: Uint8Array;
  readonly flags: number;
  /** 0 stored, 8 deflate. */
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where the local header begins. */
  readonly offset: number;
  /** Whether sizes and CRC stand behind the data too. */
  readonly hasDescriptor: boolean;
  /** Mode with file type, 0 when the zip was not made on Unix. */
  readonly unixMode: number;
}

const endSignature = 0x06054b50;
const recordSignature = 0x02014b50;
const endLength = 22;
const maxComment = 0xffff;

/** The records of the directory and where it begins; throws archive-unreadable, archive-unsafe, archive-too-large. */
export function readZipDirectory(
  bytes: Uint8Array,
  limits: ArchiveLimits,
): { readonly records: readonly ZipRecord[]; readonly start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(view);
  const [disk, startDisk, onDisk, count] = [4, 6, 8, 10].map((offset) => view.getUint16(end + offset, true));
  const length = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff) throw unsafe('a zip64 file');
  if (disk !== 0 || startDisk !== 0 || onDisk !== count) throw unsafe('a zip of several disks');
  if (start + length !== end) throw unsafe('bytes between the directory of the zip and its end record');
  if (count === undefined || count > limits.entries) throw tooLarge('entries', limits.entries);

  const records: ZipRecord[] = [];
  const names = new Set<string>();
  let position = start;
  for (let i = 0; i < count; i++) {
    if (position + 46 > end || view.getUint32(position, true) !== recordSignature) {
      throw unreadable('a directory that is shorter than it says');
    }
    const nameEnd = position + 46 + view.getUint16(position + 28, true);
    const next = nameEnd + view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
    if (next > end) throw unreadable('a directory that is shorter than it says');
    const record = readRecord(view, position, bytes.subarray(position + 46, nameEnd));
    const key = record.name.join();
    if (names.has(key)) throw unsafe(`two entries are called ${showName(record.name)}`);
    names.add(key);
    records.push(record);
    position = next;
  }
  if (position !== end) throw unsafe('bytes in the directory of the zip that belong to no entry');
  return { records, start };
}

function readRecord(view: DataView, position: number, name: Uint8Array): ZipRecord {
  const u16 = (offset: number): number => view.getUint16(position + offset, true);
  const u32 = (offset: number): number => view.getUint32(position + offset, true);
  const flags = u16(8);
  const method = u16(10);
  if ((flags & 0x2041) !== 0) throw unsafe(`an encrypted entry, ${showName(name)}`);
  if (method !== 0 && method !== 8) throw unsafe(`an unknown compression of ${showName(name)}`);
  if ([u32(20), u32(24), u32(42)].includes(0xffffffff)) throw unsafe('a zip64 file');
  if (u16(34) !== 0) throw unsafe('a zip of several disks');
  if (method === 0 && u32(20) !== u32(24)) throw unsafe(`two sizes for ${showName(name)}, which is stored`);
  const madeOnUnix = u16(4) >> 8 === 3;
  return {
    name,
    flags,
    method,
    crc: u32(16),
    compressedSize: u32(20),
    size: u32(24),
    offset: u32(42),
    hasDescriptor: (flags & 8) !== 0,
    unixMode: madeOnUnix ? u32(38) >>> 16 : 0,
  };
}

/** Position of the end record whose comment ends with the file. */
function findEnd(view: DataView): number {
  const last = view.byteLength - endLength;
  for (let position = last; position >= 0 && position >= last - maxComment; position--) {
    if (view.getUint32(position, true) !== endSignature) continue;
    if (position + endLength + view.getUint16(position + 20, true) === view.byteLength) return position;
  }
  throw unreadable('no end record of a zip, or bytes behind it');
}
