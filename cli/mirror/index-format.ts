// One file of a mirror's index: sorted postings of the entries from one index up to another.
//
//   header   4096 bytes: a line with the SHA-256 of the next one, a line of JSON, and zeros
//   blocks   4096 bytes each: 16 bytes of SHA-256 over the rest, then 170 postings; the last one filled up with zeros
//   fence    the first posting of every block, whose SHA-256 stands in the header
//
// So a search reads one block, and a damaged block is found when it is read.

import { hash } from 'node:crypto';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { postingBytes } from './posting.ts';

export const blockBytes = 4096;
export const checksumBytes = 16;
/** Postings of a block. */
export const blockPostings = (blockBytes - checksumBytes) / postingBytes;

const magic = 'trust-ledger-mirror-index/v1';

const headerSchema = z.strictObject({
  /** The entries that are in it: from this one up to, not including, the other. */
  from: z.number().int().min(0),
  to: z.number().int().min(0),
  /** Root of the tree of `to` entries, base64: which ledger this is of. */
  root: z.string().length(44),
  /** Postings. */
  count: z.number().int().min(0),
  /** SHA-256 of the fence, hex. */
  fence: z.string().length(64),
});
export type IndexHeader = z.output<typeof headerSchema>;

/** The bytes of a header. */
export function formatHeader(header: IndexHeader): Buffer {
  const json = JSON.stringify(header);
  const bytes = Buffer.alloc(blockBytes);
  bytes.write(`${magic} ${hash('sha256', json, 'hex')}\n${json}\n`);
  return bytes;
}

/** Reads a header; throws ledger-corrupt. */
export function parseHeader(bytes: Buffer, name: string): IndexHeader {
  const [first = '', json = ''] = bytes.toString('utf8').split('\n');
  if (first !== `${magic} ${hash('sha256', json, 'hex')}`) throw damagedIndex(name);
  const parsed = headerSchema.safeParse(JSON.parse(json));
  if (!parsed.success) throw damagedIndex(name);
  return parsed.data;
}

/** A block of up to 170 postings, with its checksum. */
export function formatBlock(postings: Buffer): Buffer {
  const block = Buffer.alloc(blockBytes);
  postings.copy(block, checksumBytes);
  block.write(checksum(block), 'hex');
  return block;
}

/** Throws ledger-corrupt unless the block's checksum holds. */
export function checkBlock(block: Buffer, name: string): void {
  if (block.length !== blockBytes || block.toString('hex', 0, checksumBytes) !== checksum(block)) {
    throw damagedIndex(name);
  }
}

/** The error for an index that is not what was written. */
export function damagedIndex(name: string): TrustError {
  return new TrustError('ledger-corrupt', `The mirror's index is damaged: ${name}`, {
    help: 'Make it anew with trust-check mirror --reindex; the entries themselves are checked by trust-check log fsck.',
  });
}

function checksum(block: Buffer): string {
  return hash('sha256', block.subarray(checksumBytes), 'hex').slice(0, 2 * checksumBytes);
}
