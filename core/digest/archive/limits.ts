// How much an archive may ask of its reader. Every bound is checked while reading, before the bytes it is about are kept.

import { TrustError } from '../../errors.ts';

export interface ArchiveLimits {
  /** Bytes of the archive itself. */
  readonly archiveBytes: number;
  /** Entries, metadata entries included. */
  readonly entries: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of everything after decompression. */
  readonly totalBytes: number;
  /** Decompressed bytes for each compressed one, beyond the first `ratioFloor`. */
  readonly ratio: number;
  /** Decompressed bytes that no ratio is asked of: small archives of zeros are harmless. */
  readonly ratioFloor: number;
  /** Bytes of one path. */
  readonly pathBytes: number;
  /** Segments of one path. */
  readonly depth: number;
}

const mebibyte = 1024 * 1024;

/** Room for the largest packages that registries take, and an end to everything else. */
export const defaultArchiveLimits: ArchiveLimits = {
  archiveBytes: 512 * mebibyte,
  entries: 200_000,
  fileBytes: 512 * mebibyte,
  totalBytes: 1024 * mebibyte,
  ratio: 200,
  ratioFloor: 64 * mebibyte,
  pathBytes: 4096,
  depth: 128,
};

/** The error for an archive that asks for too much. */
export function tooLarge(what: string, limit: number): TrustError {
  return new TrustError('archive-too-large', `The archive has more than ${limit} ${what}`, {
    help: 'Raise the limit only for an archive whose origin you know: small files that unpack to huge ones stop machines.',
  });
}

/** The error for an archive that would reach outside, hide something, or be read differently by different tools. */
export function unsafe(problem: string): TrustError {
  return new TrustError('archive-unsafe', `The archive is not safe to read: ${problem}`, {
    help: 'Nothing was unpacked. Look at the archive by hand before you use the package.',
  });
}

/** The error for bytes that are no archive of the kind, or a damaged one. */
export function unreadable(problem: string, cause?: unknown): TrustError {
  return new TrustError('archive-unreadable', `The archive can't be read: ${problem}`, {
    help: 'It may be cut short: fetch it again.',
    ...(cause !== undefined && { cause }),
  });
}
