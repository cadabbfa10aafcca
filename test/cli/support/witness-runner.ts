// Witnesses for tests: `trust-check log witness` in this process, or in one of its own that can be killed.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../../cli/run.ts';
import { formatAddCheckpoint } from '../../../core/log/add-checkpoint.ts';
import type { GrowingLog } from '../../support/growing-log.ts';
import { runTypeScript } from '../../support/run-typescript.ts';

export interface RunningWitness {
  readonly address: string;
  readonly keys: readonly string[];
  /** Lines of standard error so far. */
  readonly stderr: readonly string[];
  /** Stops it as Ctrl-C does; resolves with the exit status. */
  stop(): Promise<number>;
}

const made: string[] = [];
const started: ChildProcess[] = [];
process.on('exit', () => {
  // Of tests that failed or ran out of time: nothing is left behind.
  for (const child of started) child.kill('SIGKILL');
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which goes when the test process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trust-check-witness-'));
  made.push(folder);
  return folder;
}

interface Listening {
  readonly address: string;
  readonly keys: readonly string[];
}

/** Runs `trust-check log witness --json` here; rejects with what it prints when it does not come to listen. */
export async function startWitness(
  folder: string,
  args: readonly string[],
  clock: () => Date = () => new Date(),
): Promise<RunningWitness> {
  let interrupt = (): void => undefined;
  let stdout = '';
  const stderr: string[] = [];
  let isUp = (): void => undefined;
  const up = new Promise<void>((done) => (isUp = done));
  const ended = run(['log', 'witness', '--json', '--listen', '127.0.0.1:0', '--state', folder, ...args], {
    stdout: {
      isTTY: false,
      columns: 100,
      write: (text) => {
        stdout += text;
        if (stdout.includes('"listening"')) isUp();
      },
    },
    stderr: { isTTY: false, columns: 100, write: (text) => void stderr.push(...text.trimEnd().split('\n')) },
    stdin: {
      isTTY: false,
      read: () => Promise.resolve(new Uint8Array()),
      askSecret: () => Promise.resolve(undefined),
    },
    env: {},
    cwd: folder,
    homedir: folder,
    clock,
    fetch: globalThis.fetch,
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => undefined;
    },
  });
  await Promise.race([up, ended]);
  if (!stdout.includes('"listening"')) throw new Error(`${stdout}\n${stderr.join('\n')}`);
  const { address, keys } = JSON.parse(stdout) as Listening;
  return {
    ...{ address, keys, stderr },
    stop() {
      interrupt();
      return ended;
    },
  };
}

const wholeProgram = resolve(import.meta.dirname, '../../../cli/main.ts');
const witnessAlone = resolve(import.meta.dirname, 'witness-process.ts');

export interface WitnessProcess extends Listening {
  readonly child: ChildProcess;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** The same in a process of its own: as the real executable when `whole`, else without all other commands, which is quicker. */
export async function spawnWitness(
  folder: string,
  args: readonly string[],
  whole = false,
): Promise<WitnessProcess> {
  const all = ['witness', '--json', '--listen', '127.0.0.1:0', '--state', folder, ...args];
  const child = whole
    ? runTypeScript(wholeProgram, ['log', ...all], { stderr: 'pipe' })
    : runTypeScript(witnessAlone, all, { stderr: 'pipe' });
  started.push(child);
  const ended = once(child, 'exit').then(([status, signal]) => (status ?? signal) as number | string);
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const listening = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>,
    ended.then((status) => {
      throw new Error(`The witness ended with ${status}: ${complaints}`);
    }),
  ]);
  return { ...(JSON.parse(listening[0]) as Listening), child, ended };
}

/** Sends a request body as it is. */
export async function addCheckpoint(
  address: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ readonly status: number; readonly body: string; readonly type: string | null }> {
  const response = await fetch(`${address}/add-checkpoint`, { method: 'POST', body });
  return {
    status: response.status,
    body: await response.text(),
    type: response.headers.get('content-type'),
  };
}

/** Sends the log's checkpoint of size `to`, with a proof from `from`. */
export async function submit(
  address: string,
  log: GrowingLog,
  from: number,
  to: number,
): ReturnType<typeof addCheckpoint> {
  const proof = from > to ? [] : log.prove(from, to);
  return addCheckpoint(
    address,
    formatAddCheckpoint({ oldSize: from, proof, checkpoint: await log.note(to) }),
  );
}
