// core/log in a browser: what it is made of, and that it runs where there is nothing of Node.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { formatTlogProof } from '../../../core/log/tlog-proof.ts';
import { hashesOf, tessera, tesseraNote } from './support/known-answers.ts';

const root = join(import.meta.dirname, '../../..');
/** Files of core/log that join the log with the rest of the project, and may use what that uses. */
const joints = new Set(['document-lines.ts', 'leaf-of.ts']);

interface Module {
  readonly path: string;
  readonly code: string;
  /** What it asks for when it is loaded: paths and package names. Types are gone by then. */
  readonly imports: readonly string[];
}

/** A file as CommonJS, as it would run. */
function transpile(path: string): Module {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      verbatimModuleSyntax: false,
    },
  });
  const imports = [...outputText.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
  return { path, code: outputText, imports };
}

const resolve = (from: string, name: string): string =>
  name.startsWith('.') ? join(dirname(from), name) : fileURLToPath(import.meta.resolve(name));

/** Every file that these files need, by path. */
function closureOf(entries: readonly string[]): Map<string, Module> {
  const modules = new Map<string, Module>();
  const visit = (path: string): void => {
    if (modules.has(path)) return;
    const module = transpile(path);
    modules.set(path, module);
    for (const name of module.imports) {
      if (name.startsWith('.') || name.startsWith('@noble/hashes/')) visit(resolve(path, name));
    }
  };
  entries.forEach(visit);
  return modules;
}

const folder = join(root, 'core/log');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !joints.has(name));
const modules = closureOf(files.map((name) => join(folder, name)));

describe('core/log', () => {
  it('needs no package but @noble/hashes, and @noble/post-quantum only once an ML-DSA key is used', () => {
    const packages = [...modules.values()].flatMap(({ path, imports }) =>
      imports.filter((name) => !name.startsWith('.')).map((name) => `${relative(root, path)} needs ${name}`),
    );
    expect(packages.filter((line) => line.startsWith('core/') && !line.includes(' @noble/hashes/'))).toEqual(
      [],
    );
    expect(packages.filter((line) => line.includes('node:'))).toEqual([]);
    const later = [...modules.values()].flatMap(({ path, code }) =>
      [...code.matchAll(/\bthen\(\(\) => .*\brequire\(['"]([^'"]+)['"]\)/g)].map(([, name]) => [
        relative(root, path),
        name,
      ]),
    );
    expect(later).toEqual([['core/log/ml-dsa.ts', '@noble/post-quantum/ml-dsa.js']]);
  });

  it('needs of the rest of the project only a few small files', () => {
    const others = [...modules.keys()]
      .map((path) => relative(root, path))
      .filter((path) => /^core\/(?!log\/)/.test(path));
    expect(others.toSorted()).toEqual([
      'core/bytes.ts',
      'core/ed25519.ts',
      'core/errors.ts',
      'core/identity.ts',
      'core/statement/kinds.ts',
      'core/time.ts',
    ]);
  });

  it('verifies and signs where there is only what browsers have', async () => {
    const loaded = new Map<string, Record<string, unknown>>();
    // Nothing but the language itself, and these.
    const context = createContext({ crypto, TextEncoder, TextDecoder, atob, btoa });
    const load = (path: string): Record<string, unknown> => {
      const known = loaded.get(path);
      if (known !== undefined) return known;
      const exports: Record<string, unknown> = {};
      loaded.set(path, exports);
      const { code } = modules.get(path) ?? transpile(path);
      const run = runInContext(`(function (exports, require) {${code}\n})`, context, { filename: path }) as (
        exports: object,
        require: (name: string) => object,
      ) => void;
      run(exports, (name) => load(resolve(path, name)));
      return exports;
    };
    expect(runInContext('typeof process + typeof Buffer + typeof require + typeof setTimeout', context)).toBe(
      'undefined'.repeat(4),
    );
    for (const name of files) load(join(folder, name));
    const log = <Name extends string>(file: string): Record<Name, (...args: unknown[]) => unknown> =>
      load(join(folder, file)) as Record<Name, (...args: unknown[]) => unknown>;

    const key = log<'parseVerifierKey'>('note-key.ts').parseVerifierKey(tessera.verifierKey);
    const policy = log<'policyOfLogs'>('witness-policy.ts').policyOfLogs([key]);
    const receipt = formatTlogProof({
      ...{ index: 4, hashes: hashesOf(tessera.inclusion), checkpoint: tesseraNote(15) },
    });
    const { parseTlogProof, verifyTlogProof } = log<'parseTlogProof' | 'verifyTlogProof'>('tlog-proof.ts');
    const leaf = log<'leafHash'>('merkle-hash.ts').leafHash(tessera.entries[4]);
    const checkpoint = await verifyTlogProof(parseTlogProof(receipt), leaf, policy);
    expect(checkpoint).toMatchObject({ origin: tessera.origin, size: 15 });
    const other = log<'leafHash'>('merkle-hash.ts').leafHash(tessera.entries[5]);
    await expect(verifyTlogProof(parseTlogProof(receipt), other, policy)).rejects.toMatchObject({
      code: 'proof-invalid',
    });

    const privateKey = await log<'parsePrivateKey'>('note-key.ts').parsePrivateKey(tessera.privateKey);
    const text = tesseraNote(15).split('\n\n')[0] ?? '';
    const signed = await log<'signNote'>('note-signature.ts').signNote(privateKey, `${text}\n`, 0);
    const [, line] = tesseraNote(15).split('\n\n');
    expect(log<'formatSignatureLine'>('note.ts').formatSignatureLine(signed)).toBe(line);
  });
});
