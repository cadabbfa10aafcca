// Runs a TypeScript file in a process of its own, for tests that need one to kill. Node 20 can't read TypeScript, so the
// child gets a module hook that takes the types off with the compiler that the project has anyway.

import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { version } = createRequire(import.meta.url)('typescript/package.json') as { readonly version: string };

/** What was compiled before: it takes seconds of every start. By content, so nothing in it ever goes stale. */
const cache = join(import.meta.dirname, '../../node_modules/.cache/run-typescript');

const hook = `
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
const compiler = ${JSON.stringify(import.meta.resolve('typescript'))};
const cache = ${JSON.stringify(cache)};
const compilerOptions = { target: 'es2022', module: 'esnext', verbatimModuleSyntax: true };
const settings = JSON.stringify([${JSON.stringify(version)}, compilerOptions]);
async function compile(source) {
  const name = createHash('sha256').update(settings).update(source).digest('hex') + '.js';
  try {
    return readFileSync(join(cache, name), 'utf8');
  } catch {
    const { default: ts } = await import(compiler);
    const { outputText } = ts.transpileModule(source, { compilerOptions });
    mkdirSync(cache, { recursive: true });
    const beside = join(cache, randomUUID());
    writeFileSync(beside, outputText);
    renameSync(beside, join(cache, name));
    return outputText;
  }
}
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await compile(readFileSync(fileURLToPath(url), 'utf8'));
  return { format: 'module', source, shortCircuit: true };
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
