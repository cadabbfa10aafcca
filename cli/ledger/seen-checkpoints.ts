// The last checkpoint that was seen of a log, by the key that signed it: `checkpoint.<n>` in a folder of its own, the whole
// signed note. A newer one becomes n + 1, which exactly one process can create; that is the compare-and-swap.

import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { formatVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import { maxNoteLength } from '../../core/log/note.ts';
import { createState, generations, readState } from './state-folder.ts';

const prefix = 'checkpoint';
const maxTries = 20;

export interface SeenNote {
  readonly note: string;
  /** The n of its file. */
  readonly generation: number;
  readonly file: string;
}

export class SeenCheckpoints {
  /** Where the checkpoints of this key are, and evidence against it. */
  readonly folder: string;

  /** `ledgers` is the folder of all ledgers (state-folder.ts). */
  constructor(ledgers: string, key: VerifierKey) {
    // Names of logs are any text; for people the readable part of it stands in front.
    const readable = key.name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
    const hash = createHash('sha256').update(formatVerifierKey(key)).digest('hex').slice(0, 32);
    this.folder = join(ledgers, `${readable}-${hash}`);
  }

  /** The newest note; undefined when none was seen. Throws config-invalid when it can't be read. */
  async newest(): Promise<SeenNote | undefined> {
    for (let tries = 0; tries < maxTries; tries++) {
      const generation = (await generations(this.folder, prefix)).at(-1);
      if (generation === undefined) return undefined;
      const file = this.#file(generation);
      const note = await readState(file, 4 * maxNoteLength);
      // Gone means that another process has stored a newer one since.
      if (note !== undefined) return { note, generation, file };
    }
    throw new TrustError('config-invalid', `Too much is going on in ${this.folder} to read it.`);
  }

  /** Stores a note as the one after a generation (0 for the first); false when it was not the newest any more. */
  async store(note: string, after: number): Promise<boolean> {
    const own = after + 1;
    if (!(await createState(this.#file(own), note))) return false;
    const all = await generations(this.folder, prefix);
    for (const older of all.filter((generation) => generation < own)) {
      await unlink(this.#file(older)).catch(() => undefined);
    }
    // Who was very slow may have taken a place that others have left behind them: then it is not the newest.
    return all.at(-1) === own;
  }

  #file(generation: number): string {
    return join(this.folder, `${prefix}.${generation}`);
  }
}
