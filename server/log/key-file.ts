// The file with the keys of the log: who may read it, what stands in it, and replacing it whole.
//
//   # a comment
//   PRIVATE+KEY+<name>+<key id>+<base64>     a key that signs every checkpoint; the first is the current one
//   <name>+<key id>+<base64>                 a verifier key: one that is retired, and still known by what it signed
//
// Refused: a file that others than its owner may open, a line of another kind, one key twice, and more than 16 keys, which
// is as many as discovery can name. A message never shows a line, because a line may be a secret.

import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, linkSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { formatVerifierKey, parsePrivateKey, parseVerifierKey } from '../../core/log/note-key.ts';
import type { PrivateKey, VerifierKey } from '../../core/log/note-key.ts';
import { codeOf } from '../../db/failures.ts';

/** The keys that sign, and those that once did. */
export interface LogKeys {
  /** The current key first; all of them sign every checkpoint. At least one is Ed25519, and such a one is first. */
  readonly signers: readonly PrivateKey[];
  /** Keys that no longer sign; older checkpoints carry their signatures. */
  readonly retired: readonly VerifierKey[];
}

/** Most keys in a file, retired ones included. */
export const maxLogKeys = 16;
const maxFileBytes = 256 * 1024;
const isWindows = process.platform === 'win32';

/** The text of a key file; undefined when there is none. Throws config-invalid when others may open it, or it can't be read. */
export function readKeyFile(file: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusable(file, cause);
  }
  try {
    const { mode, size } = fstatSync(handle);
    if (!isWindows && (mode & 0o077) !== 0) {
      throw new TrustError('config-invalid', `Others than its owner may open the log's keys in ${file}`, {
        help: `Close it with: chmod 600 '${file}'. If others had access, add a new key and retire this one: docs/OPERATIONS.md.`,
      });
    }
    if (size > maxFileBytes) throw wrong(file, 0, 'it is too large');
    return readFileSync(handle, 'utf8');
  } catch (cause) {
    throw cause instanceof TrustError ? cause : unusable(file, cause);
  } finally {
    closeSync(handle);
  }
}

/** The keys that stand in a file's text, all named like the log's origin. Throws config-invalid with the line. */
export async function parseKeyFile(text: string, file: string, origin: string): Promise<LogKeys> {
  const signers: PrivateKey[] = [];
  const retired: VerifierKey[] = [];
  const seen = new Set<string>();
  for (const [position, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const isPrivate = line.startsWith('PRIVATE+KEY+');
    let key: VerifierKey;
    try {
      if (isPrivate) {
        const signer = await parsePrivateKey(line);
        signers.push(signer);
        key = signer.key;
      } else {
        key = parseVerifierKey(line);
        retired.push(key);
      }
    } catch (cause) {
      throw wrong(file, position + 1, 'it is neither a private key nor a verifier key', cause);
    }
    if (key.name !== origin) {
      throw wrong(file, position + 1, `its key is named ${key.name}, and the log ${origin}`);
    }
    if (key.type === 'cosignature') throw wrong(file, position + 1, 'its key is one of a witness');
    if (seen.has(key.id)) throw wrong(file, position + 1, `the key ${key.id} is there already`);
    seen.add(key.id);
  }
  if (seen.size > maxLogKeys) throw wrong(file, 0, `it has over ${maxLogKeys} keys`);
  const ed25519 = signers.filter(({ key }) => key.type === 'ed25519');
  if (ed25519.length === 0) throw wrong(file, 0, 'it has no private Ed25519 key');
  return { signers: [...ed25519, ...signers.filter(({ key }) => key.type !== 'ed25519')], retired };
}

/** The lines of a new private key, as they stand in a file. */
export function keyLines(privateKey: string, key: VerifierKey, made: Date): string {
  return `# made ${made.toISOString()}, verifier key ${formatVerifierKey(key)}\n${privateKey}\n`;
}

/**
 * Writes a key file that is not there yet, readable by its owner alone, and syncs it. Returns false, and writes nothing,
 * when somebody was faster. Throws config-invalid when the place can't be written to.
 */
export function createKeyFile(file: string, text: string): boolean {
  return place(file, text, (temporary) => {
    try {
      // Unlike a rename, a link never takes the place of what is there; and unlike a file that is written in place, it
      // appears whole.
      linkSync(temporary, file);
      return true;
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') return false;
      throw cause;
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

/** Puts a text in place of a key file, whole or not at all. Throws config-invalid when the place can't be written to. */
export function replaceKeyFile(file: string, text: string): void {
  place(file, text, (temporary) => {
    renameSync(temporary, file);
    return true;
  });
}

function place(file: string, text: string, put: (temporary: string) => boolean): boolean {
  const folder = dirname(resolve(file));
  const temporary = `${resolve(file)}.${randomUUID()}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const handle = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    const done = put(temporary);
    syncFolder(folder);
    return done;
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unusable(file, cause);
  }
}

function syncFolder(folder: string): void {
  // Windows has no handle of a folder to sync.
  if (isWindows) return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(file: string, cause: unknown): TrustError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TrustError('config-invalid', `The log's keys in ${file} can't be read or written: ${reason}`, {
    help: 'LOG_KEY_FILE must name a file on a local file system that this user owns.',
    cause,
  });
}

function wrong(file: string, line: number, why: string, cause?: unknown): TrustError {
  const where = line === 0 ? file : `${file}, line ${line}`;
  return new TrustError('config-invalid', `The log's keys can't be used: ${where}: ${why}`, {
    help: 'One PRIVATE+KEY+… line for each key, all named like the origin of the log: docs/OPERATIONS.md.',
    ...(cause !== undefined && { cause }),
  });
}
