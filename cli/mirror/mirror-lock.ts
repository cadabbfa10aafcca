// One process writes a mirror at a time: a file with its process id, which a process that is gone does not hold.

import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { stateFolder } from './mirror-state.ts';

const maxTries = 10;

/** Locks a mirror's folder, whose `.mirror` is there. Returns how to let go. Throws config-invalid when another process has it. */
export async function lockMirror(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, stateFolder, 'lock');
  const own = `${path}.${process.pid}`;
  await writeFile(own, `${process.pid}\n`);
  try {
    for (let tries = 0; tries < maxTries; tries++) {
      try {
        await link(own, path);
        return async () => {
          await unlink(path).catch(() => undefined);
        };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (isAlive(holder)) {
        throw new TrustError(
          'config-invalid',
          `Process ${holder} is writing the mirror in ${escapeTerminal(folder)}.`,
          { help: `If that is no trust-check, remove ${escapeTerminal(path)}.` },
        );
      }
      await unlink(path).catch(() => undefined);
    }
    throw new TrustError('config-invalid', `The mirror in ${escapeTerminal(folder)} can't be locked.`);
  } finally {
    await unlink(own).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
