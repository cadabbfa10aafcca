// What a witness must never forget: the newest checkpoint that it has signed of each log.
//
//   <folder>/<hex SHA-256 of the origin>/checkpoint      the signed note: also what monitors ask for
//
// Written before any answer is given. One process holds the folder. What is read back must carry our own signature or the
// log's, so damage is noticed; a file that does not is refused rather than taken for a new start.

import { createHash } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { parseCheckpoint } from '../../core/log/checkpoint.ts';
import type { VerifierKey } from '../../core/log/note-key.ts';
import { maxNoteLength, parseNote } from '../../core/log/note.ts';
import { openNote } from '../../core/log/open-note.ts';
import type { WitnessState } from '../../core/log/witness.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readTextBounded } from '../read-bounded.ts';
import { besideSuffix, makeFolder, reasonOf, replaceFile } from './durable-file.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';

export interface StoredCheckpoint extends WitnessState {
  readonly note: string;
}

/** Name of a log in paths: SHA-256 of its origin, hex. */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin, 'utf8').digest('hex');
}

export class WitnessStore {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #states: Map<string, StoredCheckpoint>;
  /** The newest time that this witness has stated, POSIX seconds; 0 at first. */
  newestTime: number;

  private constructor(
    folder: string,
    lock: FolderLock,
    states: Map<string, StoredCheckpoint>,
    newestTime: number,
  ) {
    this.#folder = folder;
    this.#lock = lock;
    this.#states = states;
    this.newestTime = newestTime;
  }

  /**
   * Takes the folder and reads what is in it of these logs. Throws config-invalid when it can't be used or another
   * process has it, ledger-corrupt when a file in it is damaged.
   * @param logs trusted keys by origin
   * @param own keys of this witness
   */
  static async open(
    folder: string,
    logs: ReadonlyMap<string, readonly VerifierKey[]>,
    own: readonly VerifierKey[],
  ): Promise<WitnessStore> {
    const lock = await takeLock(folder);
    try {
      const states = new Map<string, StoredCheckpoint>();
      let newestTime = 0;
      for (const [origin, keys] of logs) {
        await removeLeftovers(join(folder, originHash(origin)));
        const read = await readCheckpoint(join(folder, originHash(origin), 'checkpoint'), origin, keys, own);
        if (read === undefined) continue;
        states.set(origin, read.stored);
        newestTime = Math.max(newestTime, read.time);
      }
      return new WitnessStore(folder, lock, states, newestTime);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get(origin: string): StoredCheckpoint | undefined {
    return this.#states.get(origin);
  }

  /** Returns once the checkpoint is on the disk. Throws what the file system throws; then nothing has changed here. */
  async put(origin: string, checkpoint: StoredCheckpoint, time: number): Promise<void> {
    const folder = join(this.#folder, originHash(origin));
    if (!this.#states.has(origin)) await makeFolder(folder);
    await replaceFile(join(folder, 'checkpoint'), checkpoint.note);
    this.#states.set(origin, checkpoint);
    this.newestTime = Math.max(this.newestTime, time);
  }

  close(): Promise<void> {
    return this.#lock.release();
  }
}

async function takeLock(folder: string): Promise<FolderLock> {
  let lock: FolderLock | undefined;
  try {
    await makeFolder(folder);
    lock = await lockFolder(folder);
  } catch (cause) {
    throw new TrustError(
      'config-invalid',
      `The state folder ${escapeTerminal(folder)} can't be used: ${reasonOf(cause)}`,
      {
        help: 'It must be a folder on a local file system that this user may write to. Name another with --state.',
        cause,
      },
    );
  }
  if (lock !== undefined) return lock;
  throw new TrustError(
    'config-invalid',
    `Another witness is using the state folder ${escapeTerminal(folder)}`,
    {
      help: 'Two of them could sign two histories. Stop the other one, or make a witness with its own --state, --key and --name.',
    },
  );
}

async function readCheckpoint(
  path: string,
  origin: string,
  logKeys: readonly VerifierKey[],
  own: readonly VerifierKey[],
): Promise<{ stored: StoredCheckpoint; time: number } | undefined> {
  let note: string;
  try {
    note = await readTextBounded(path, maxNoteLength, 'ledger-corrupt');
  } catch (error) {
    if (error instanceof TrustError && reasonOf(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const parsed = parseNote(note);
    const checkpoint = parseCheckpoint(parsed.text);
    if (checkpoint.origin !== origin) throw new TrustError('note-invalid', 'it is of another log');
    const signatures = await openNote(parsed, [...own, ...logKeys]);
    const times = signatures.filter(({ key }) => own.includes(key)).map(({ time }) => time ?? 0);
    const { size, root } = checkpoint;
    return { stored: { size, root, note }, time: Math.max(0, ...times) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError(
      'ledger-corrupt',
      `What this witness has signed last is damaged: ${escapeTerminal(path)}: ${why}`,
      {
        help:
          'Put the newest copy of this file back. Without it this witness could be made to sign another history of ' +
          'the log; if it is lost, start a new witness under a new name.',
        cause,
      },
    );
  }
}

/** What a crash left half-written. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names.filter((name) => name.endsWith(besideSuffix)).map((name) => unlink(join(folder, name))),
  );
}
