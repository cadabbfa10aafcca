// The fence: a file outside the database that remembers the largest tree that this service ever signed.
//
// A database can be restored from a backup and then knows nothing of what was signed since. The fence does: a head that is
// smaller, or does not begin with the tree of the fence, is never signed. It is written and synced before a signature
// leaves the process. Its text is that of a checkpoint (core/log/checkpoint.ts). Keep it on another disk than the database.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareBytes } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from '../../core/log/checkpoint.ts';

export interface Fence {
  readonly file: string;
  /** What was signed last, as far as this process knows; undefined before the first time. */
  readonly last: Checkpoint | undefined;
  /**
   * The same, after a look into the file: processes on one machine may share it. Throws config-invalid when it is damaged,
   * and ledger-stopped when it can't be read right now.
   */
  read(): Checkpoint | undefined;
  /**
   * Remembers a head for good, before it is signed. Refused with ledger-rolled-back: a smaller one than the last, and
   * another of the same size. Throws ledger-stopped when it can't be written.
   */
  raise(head: Checkpoint): Promise<void>;
}

/** Opens the fence. Throws config-invalid when the file can't be read, or is none: an unreadable fence guards nothing. */
export function openFence(file: string): Fence {
  let stored = readFence(file, 'config-invalid');
  let last = stored;
  const read = (): Checkpoint | undefined => {
    stored = readFence(file, 'ledger-stopped');
    // What this process has signed stays signed, also when somebody removes the file or puts an older one there.
    if (stored !== undefined && (last === undefined || stored.size > last.size)) last = stored;
    return last;
  };
  return {
    file,
    get last() {
      return last;
    },
    read,
    async raise(head) {
      const signed = read();
      if (signed !== undefined && head.size < signed.size) throw rolledBack(file, signed, head.size);
      if (signed?.size === head.size && compareBytes(signed.root, head.root) !== 0) {
        throw rolledBack(file, signed, head.size, 'with other entries');
      }
      if (stored !== undefined && formatCheckpoint(stored) === formatCheckpoint(head)) return;
      await writeDurably(file, formatCheckpoint(head));
      last = head;
    },
  };
}

/** The refusal to go on from a database that lacks what was signed: the reason, and the ways out. */
export function rolledBack(file: string, signed: Checkpoint, size: number, why?: string): TrustError {
  return new TrustError(
    'ledger-rolled-back',
    `The database holds a log of ${size} entries${why === undefined ? '' : ` ${why}`}, and one of ${signed.size} was signed (${file}): it was restored from an old backup, or altered`,
    {
      help:
        'Nothing is signed or taken until that is mended, because it would be a fork. The ways out: restore a newer backup; or ' +
        'bring the missing entries back from a mirror with `npm run ledger -- recover --mirror DIR`; or freeze this log ' +
        '(`npm run ledger -- freeze --incomplete`) and begin a successor under another origin. docs/OPERATIONS.md, "A restored backup", has the steps.',
    },
  );
}

function readFence(file: string, unreadable: 'config-invalid' | 'ledger-stopped'): Checkpoint | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new TrustError(unreadable, `The log's fence ${file} can't be read`, {
      help: 'It says what was signed last. Give this user the right to read and write it.',
      cause,
    });
  }
  try {
    return parseCheckpoint(text);
  } catch (cause) {
    throw new TrustError('config-invalid', `The log's fence ${file} is damaged`, {
      help: 'Compare it with the newest checkpoint that a witness or a mirror has of this log, and write its three lines into the file.',
      cause,
    });
  }
}

/** Temporary file, fsync, rename, fsync of the folder: after it the new content is there, whatever happens. */
async function writeDurably(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true });
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
    await syncFolder(folder);
  } catch (cause) {
    await unlink(beside).catch(() => undefined);
    throw new TrustError('ledger-stopped', `The log's fence ${file} can't be written`, {
      help: 'Nothing is signed without it. Check the disk and the rights of its folder.',
      cause,
    });
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle of a folder to sync.
  if (process.platform === 'win32') return;
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}
