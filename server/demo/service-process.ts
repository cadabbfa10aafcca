// The demo's service: the real server, as a child process on a folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { TrustError } from '../../core/errors.ts';

export interface ServiceProcess {
  /** Where it is reached. */
  readonly address: string;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts the service on a data folder and waits until it is ready; throws unavailable with its own words when it ends. */
export async function startService(dataDir: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const port = await freePort(Number(env['PORT'] ?? 8080));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.js')], {
    env: {
      ...env,
      PORT: String(port),
      HOST: host,
      DATA_DIR: dataDir,
      DATABASE_URL: '',
      DATABASE_OWNER_URL: '',
      LOG_LEVEL: 'warn',
    },
    // A terminal's Ctrl-C reaches the whole group: the child stops only when the demo tells it to.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4096);
  });
  const ended = once(child, 'exit').then(() => undefined);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (running()) child.kill('SIGTERM');
    await ended;
  };
  // Whatever ends the demo ends the service too.
  process.once('exit', () => child.kill('SIGKILL'));

  const address = `http://${host}:${port}`;
  try {
    while (!(await isReady(address))) {
      if (!running()) throw new TrustError('unavailable', `The service ended at once:\n${complaints.trim()}`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 100)), ended]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, ended, stop };
}

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

/** The wanted port if it is free, else any that is. */
async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? 0;
}

async function tryPort(port: number): Promise<number | undefined> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => {
      resolve(undefined);
    });
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
}
