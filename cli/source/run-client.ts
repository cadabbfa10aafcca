// Running an ecosystem's own client as a child process: never through a shell, with arguments as a list, a time limit, and
// its output bounded.

import { spawn } from 'node:child_process';
import { TrustError } from '../../core/errors.ts';

export interface ClientRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface ClientResult {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const maxOutput = 16 * 1024 * 1024;

/**
 * Runs a client to its end and gives what it printed, whatever its status; throws source-unavailable when it is not
 * installed, takes too long or prints too much.
 */
export async function runClient(run: ClientRun): Promise<ClientResult> {
  const { command, args, cwd, env, timeoutMs } = run;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let length = 0;
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxOutput) child.kill('SIGKILL');
      else chunks.push(chunk);
    };
    child.stdout.on('data', collect(printed.stdout));
    child.stderr.on('data', collect(printed.stderr));
    child.on('error', (cause) => {
      reject(
        new TrustError('source-unavailable', `Can't run ${command}`, {
          help: `Fetching goes through ${command}, so that your own settings hold. Install it, or give the sources with --sources.`,
          cause,
        }),
      );
    });
    child.on('close', (status, signal) => {
      if (signal === 'SIGKILL') {
        const seconds = Math.round(timeoutMs / 1000);
        reject(
          new TrustError('source-unavailable', `${command} was ended: over ${seconds} s, or too much output`),
        );
        return;
      }
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');
      resolve({ status, stdout: text(printed.stdout), stderr: text(printed.stderr) });
    });
  });
}

/** The last lines of what a client said on stderr, for a message. */
export function lastWords({ stderr }: ClientResult): string {
  return stderr.trim().split('\n').slice(-4).join(' / ');
}
