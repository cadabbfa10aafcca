// Letting the person write: a text in a file, their editor over it, and the file kept until what they wrote is safe.

import { spawn } from 'node:child_process';
import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { maxStatementBytes } from '../../core/statement/statement.ts';
import { TrustError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { readTextBounded } from '../read-bounded.ts';

/** A text that the person works on, and the file that holds it. */
export interface Draft {
  readonly path: string;
  readonly text: string;
  /** Removes the file: what was in it is published or was never changed. */
  discard(): Promise<void>;
}

/** The folder for drafts and for signed documents that could not be sent: XDG_STATE_HOME or ~/.local/state. */
export function draftsFolder(io: Io): string {
  const base = io.env['XDG_STATE_HOME'];
  const state = base !== undefined && base.startsWith('/') ? base : join(io.homedir, '.local', 'state');
  return join(state, 'trust-check', 'drafts');
}

/** Writes a text into a new file of the drafts folder, readable by its owner only, and returns its path. */
export async function keepDraft(io: Io, name: string, text: string): Promise<string> {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
  const stamp = io.clock().toISOString().replace(/[-:]/g, '').replace('.', '');
  const path = join(draftsFolder(io), `${stamp}-${plain}`);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return path;
}

/**
 * Opens the person's editor (VISUAL, EDITOR, then vi) on `template`, or on the file `existing` with what they wrote
 * before. Throws usage when the editor fails; the file stays.
 */
export async function editText(
  io: Io,
  name: string,
  template: string,
  existing: string | undefined,
): Promise<Draft> {
  const path = existing ?? (await keepDraft(io, `${name}.yaml`, template));
  const editor = io.env['VISUAL'] ?? io.env['EDITOR'] ?? 'vi';
  await runEditor(io, editor, path);
  return openDraft(path, existing === undefined);
}

/** A draft as it stands in its file. `own`: whether the file is ours to remove. */
export async function openDraft(path: string, own: boolean): Promise<Draft> {
  const text = await readTextBounded(path, 4 * maxStatementBytes);
  return {
    path,
    text,
    discard: () => (own ? unlink(path).catch(() => undefined) : Promise.resolve()),
  };
}

function runEditor(io: Io, editor: string, path: string): Promise<void> {
  const help = `Your text is in ${path}. Set EDITOR, or write without one: --no-edit with --comment and the other flags.`;
  return new Promise((resolve, reject) => {
    // Through a shell, as git does it: people set EDITOR='code --wait'. The path is an argument, never part of the script.
    const child = spawn('sh', ['-c', `${editor} "$@"`, 'sh', path], {
      env: io.env,
      cwd: io.cwd,
      stdio: 'inherit',
    });
    child.on('error', (cause) => {
      reject(new TrustError('usage', `Cannot run the editor: ${cause.message}`, { help, cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new TrustError('usage', `The editor ended with status ${String(code)}.`, { help }));
    });
  });
}
