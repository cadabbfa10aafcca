// Runs a TypeScript file in a process of its own, for tests that need one to kill. Node 20 can't read TypeScript, so the
// child gets a module hook that takes the types off with the compiler that the project has anyway.

import { spawn, type ChildProcess } from 'node:child_process';

const hook = `
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from ${JSON.stringify(import.meta.resolve('typescript'))};
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const compilerOptions = { target: 'es2022', module: 'esnext', verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), { compilerOptions });
  return { format: 'module', source: outputText, shortCircuit: true };
}`;

const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
const registration = `
import { register } from 'node:module';
register(${JSON.stringify(dataUrl(hook))});`;

export interface RunOptions {
  /** Set beside what this process has in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where errors go: this process's own when left out. */
  readonly stderr?: 'inherit' | 'pipe';
}

/** Starts the file with these arguments; standard output and input are pipes. */
export function runTypeScript(path: string, args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, ['--import', dataUrl(registration), path, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', options.stderr ?? 'inherit'],
  });
}
