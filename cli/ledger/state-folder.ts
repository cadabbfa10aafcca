// Files that must survive and that several processes write at once: XDG_STATE_HOME or ~/.local/state, then trust-check.
//
// A file is written beside, synced, and linked to its name, which fails when the name is taken. So of two processes one
// wins and the other knows it, a crash leaves nothing half-written, and no lock can be left behind.

import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { readTextBounded } from '../read-bounded.ts';

/** Where this program keeps what it knows of ledgers. */
export function ledgersFolder(io: Io): string {
  const base = io.env['XDG_STATE_HOME'];
  const state = base !== undefined && base.startsWith('/') ? base : join(io.homedir, '.local', 'state');
  return join(state, 'trust-check', 'ledgers');
}

/** The text of a file that this program keeps; undefined when there is none. Throws config-invalid. */
export async function readState(path: string, limit: number): Promise<string | undefined> {
  try {
    return await readTextBounded(path, limit, 'config-invalid');
  } catch (error) {
    const code = error instanceof TrustError ? codeOf(error.cause) : undefined;
    if (code === 'ENOENT') return undefined;
    throw code === undefined ? error : unusable(path, error);
  }
}

/** Writes a file that is not there yet; false, with nothing written, when somebody was faster. Throws config-invalid. */
export async function createState(path: string, text: string): Promise<boolean> {
  const beside = await writeBeside(path, text);
  try {
    await link(beside, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw unusable(path, cause);
  } finally {
    await unlink(beside).catch(() => undefined);
  }
}

/** Writes a file, in the place of what is there. Throws config-invalid. */
export async function replaceState(path: string, text: string): Promise<void> {
  const beside = await writeBeside(path, text);
  try {
    await rename(beside, path);
  } catch (cause) {
    await unlink(beside).catch(() => undefined);
    throw unusable(path, cause);
  }
}

/** The numbers n of the files `<prefix>.<n>` in a folder, ascending; none when there is no folder. */
export async function generations(folder: string, prefix: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw unusable(folder, cause);
  }
  return names
    .filter((name) => name.startsWith(`${prefix}.`) && /^[1-9]\d{0,14}$/.test(name.slice(prefix.length + 1)))
    .map((name) => Number(name.slice(prefix.length + 1)))
    .sort((a, b) => a - b);
}

async function writeBeside(path: string, text: string): Promise<string> {
  const beside = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(beside, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    return beside;
  } catch (cause) {
    await unlink(beside).catch(() => undefined);
    throw unusable(path, cause);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function unusable(path: string, cause: unknown): TrustError {
  return new TrustError(
    'config-invalid',
    `What is known of ledgers can't be kept: ${escapeTerminal(path)}: ${codeOf(cause) ?? messageOf(cause)}.`,
    {
      help:
        'Name a folder that can be written with XDG_STATE_HOME. Without it a ledger could show this machine one ' +
        'history today and another tomorrow; --no-log-check leaves that unchecked.',
      cause,
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
