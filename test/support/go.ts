// Go, for holding our log against programs that others wrote: test/conformance/go. Tests that need it are skipped where there
// is none, or one that is too old, and say so loudly, once a suite. Modules come the way Go's environment says.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';

/** Where our Go module is. */
export const goFolder = join(import.meta.dirname, '../conformance/go');

/** How long a build may take that first downloads its modules. */
export const buildTimeout = 600_000;

/** What a program said, and how it ended. */
export interface GoRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `describe` for tests that run Go: skipped, with a warning that nobody overlooks, when it can't be run. */
export function describeWithGo(name: string, body: () => void): void {
  const missing = whyNoGo();
  if (missing === undefined) {
    describe(name, body);
    return;
  }
  process.stderr.write(`\n!!! NOT TESTED, ${missing}: ${name}\n`);
  // The body builds, so it is not entered; the report still counts what was skipped.
  describe.skip(name, () => {
    it('runs where Go is', () => undefined);
  });
}

/** For use in a `describe`: a temporary folder that is gone afterwards. */
export function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-go-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Builds a package, of ours (`./audit`) or of a module that ours depends on, and returns the program's path. */
export async function buildGo(goPackage: string, folder: string): Promise<string> {
  const program = join(folder, goPackage.split('/').at(-1) ?? 'program');
  const { status, stderr } = await run('go', ['build', '-o', program, goPackage], { timeout: buildTimeout });
  if (status !== 0) throw new Error(`go build ${goPackage} failed:\n${stderr}`);
  return program;
}

/** The folder in Go's module cache where a module lies that ours depends on. */
export async function moduleFolder(module: string): Promise<string> {
  const { status, stdout, stderr } = await run('go', ['mod', 'download', '-json', module], {
    timeout: buildTimeout,
  });
  if (status !== 0) throw new Error(`go mod download ${module} failed:\n${stdout}${stderr}`);
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

export interface RunOptions {
  /** Our Go module's folder when left out. */
  readonly cwd?: string;
  /** What it gets on standard input. */
  readonly input?: string;
  /** When it is ended, in milliseconds: 100 seconds when left out. */
  readonly timeout?: number;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<GoRun> {
  const { cwd = goFolder, input = '', timeout = 100_000 } = options;
  return new Promise((resolve) => {
    const limits = { cwd, maxBuffer: 64 * 1024 * 1024, timeout };
    const child = execFile(program, args, limits, (error, stdout, stderr) => {
      resolve({
        status: error === null ? 0 : typeof error.code === 'number' ? error.code : 127,
        stdout,
        stderr,
      });
    });
    // A program that ends without reading is judged by its status.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function whyNoGo(): string | undefined {
  const wanted = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(goFolder, 'go.mod'), 'utf8'));
  let version: string;
  try {
    version = execFileSync('go', ['env', 'GOVERSION'], { cwd: tmpdir(), encoding: 'utf8' });
  } catch {
    return 'Go is not installed';
  }
  const found = /^go(\d+)\.(\d+)/.exec(version);
  const [wantedMajor = 0, wantedMinor = 0] = wanted?.slice(1).map(Number) ?? [];
  const [major = 0, minor = 0] = found?.slice(1).map(Number) ?? [];
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return isEnough ? undefined : `Go is ${version.trim()}, and go.mod asks for ${wantedMajor}.${wantedMinor}`;
}
