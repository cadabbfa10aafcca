// Files that are there whole or not at all, also after a crash: written beside, synced, renamed.
//
// One process writes a mirror at a time, so the file beside has a name that the next try overwrites. Names of new files
// are safe once `syncFolders` was called.

import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

const made = new Set<string>();

export class DurableFiles {
  readonly #folders = new Set<string>();

  /** Writes a file in place of what is there. Throws config-invalid. */
  async write(path: string, content: Uint8Array | string): Promise<void> {
    await this.writeWith(path, async (file) => {
      await file.writeFile(content);
    });
  }

  /** Writes a file piece by piece. Throws config-invalid, and what `act` throws. */
  async writeWith(path: string, act: (file: FileHandle) => Promise<void>): Promise<void> {
    const beside = `${path}.new`;
    try {
      await this.#makeFolder(dirname(path));
      {
        await using file = await open(beside, 'w');
        await act(file);
        await file.sync();
      }
      await rename(beside, path);
    } catch (cause) {
      if (cause instanceof TrustError) throw cause;
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
      throw new TrustError('config-invalid', `${escapeTerminal(path)} can't be written: ${why}.`, {
        ...(why === 'ENOSPC' && {
          help: 'The disk is full. Make room and run it again: it goes on where it stopped.',
        }),
        cause,
      });
    }
    this.#folders.add(dirname(path));
  }

  /** Makes the names of everything written so far safe. */
  async syncFolders(): Promise<void> {
    for (const folder of this.#folders) {
      this.#folders.delete(folder);
      await using handle = await open(folder, 'r');
      await handle.sync();
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (made.has(folder)) return;
    const first = await mkdir(folder, { recursive: true });
    made.add(folder);
    // The names of new folders stand in those above them.
    for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) {
      this.#folders.add(dirname(at));
    }
  }
}
