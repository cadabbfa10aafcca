// Reading files that somebody else may have written: only plain files, only up to a size.

import { open } from 'node:fs/promises';
import { escapeTerminal } from './output/escape-terminal.ts';
import { TrustError, type ErrorCode } from '../core/errors.ts';

/**
 * The bytes of a plain file. Throws `code` when it cannot be read, is no plain file or is longer than `limit` bytes, also
 * when it grows while it is read.
 */
export async function readBounded(
  path: string,
  limit: number,
  code: ErrorCode = 'usage',
): Promise<Uint8Array> {
  const shown = escapeTerminal(path);
  try {
    await using file = await open(path, 'r');
    const facts = await file.stat();
    if (!facts.isFile()) throw new TrustError(code, `Not a plain file: ${shown}`);
    if (facts.size > limit) {
      throw new TrustError(code, `${shown} is larger than ${limit} bytes.`);
    }
    const buffer = new Uint8Array(facts.size + 1);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled);
      if (bytesRead === 0) return buffer.slice(0, filled);
      filled += bytesRead;
      if (filled === buffer.length) throw new TrustError(code, `${shown} grew while it was read.`);
    }
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const words =
      why === 'ENOENT' ? 'No such file' : why === 'EACCES' ? 'No permission to read' : `Cannot read (${why})`;
    throw new TrustError(code, `${words}: ${shown}`, { cause });
  }
}

/** The text of a plain UTF-8 file, a byte order mark left out. Throws like `readBounded`, also for invalid UTF-8. */
export async function readTextBounded(
  path: string,
  limit: number,
  code: ErrorCode = 'usage',
): Promise<string> {
  return decodeText(await readBounded(path, limit, code), path, code);
}

/** The text of UTF-8 bytes, a byte order mark left out; throws `code`, naming the file, on anything else. */
export function decodeText(bytes: Uint8Array, name: string, code: ErrorCode = 'usage'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TrustError(code, `Not UTF-8 text: ${escapeTerminal(name)}`, { cause });
  }
}
