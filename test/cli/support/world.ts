// A world for tests of the command line: a project folder with a lockfile, reviewers with real keys, a ledger, and `run`.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../cli/run.ts';
import type { Io } from '../../../cli/io.ts';
import type { Identity } from '../../../core/identity.ts';
import { splitIdentity } from '../../../core/identity.ts';
import { formatStatement, readStatement } from '../../../core/statement/canonical.ts';
import {
  generateKey,
  openSigner,
  signCleartext,
  type OpenpgpSigner,
} from '../../../core/statement/openpgp/sign.ts';
import type { StatementId } from '../../../core/statement/statement.ts';
import { MemoryLedger } from './memory-ledger.ts';

export const testNow = new Date('2026-11-22T20:00:00Z');
const keyDate = new Date('2026-01-01T00:00:00Z');

export interface Reviewer {
  readonly identity: Identity;
  readonly signer: OpenpgpSigner;
  readonly privateKey: string;
  readonly armored: string;
}

/** A reviewer with a fresh Ed25519 key. */
export async function makeReviewer(name: string, passphrase?: string): Promise<Reviewer> {
  const key = await generateKey({
    name,
    email: `${name.toLowerCase()}@example.org`,
    date: keyDate,
    ...(passphrase !== undefined && { passphrase }),
  });
  return {
    identity: key.identity,
    signer: await openSigner(key.privateKey, passphrase),
    privateKey: key.privateKey,
    armored: key.certificate.armored,
  };
}

/** Signs a statement's fields and adds it to the ledger, its author's certificate before it. Returns the statement id. */
export async function say(
  ledger: MemoryLedger,
  reviewer: Reviewer,
  fields: Record<string, unknown>,
): Promise<StatementId> {
  if (!ledger.certificates.has(reviewer.identity)) await ledger.addCertificate(reviewer.armored);
  return (await ledger.addStatement(await sign(reviewer, fields))).id as StatementId;
}

/** The signed document of a statement's fields. */
export async function sign(reviewer: Reviewer, fields: Record<string, unknown>): Promise<string> {
  const statement = readStatement({
    version: 1,
    date: '2026-11-20T12:00:00Z',
    from: splitIdentity(reviewer.identity),
    ...fields,
  });
  return signCleartext(formatStatement(statement), reviewer.signer, new Date('2026-11-20T12:00:00Z'));
}

/** Fields of a review of an npm package with this sha512. */
export function review(
  purl: string,
  sha512: string,
  rating = 'positive',
  comment?: string,
): Record<string, unknown> {
  return {
    kind: 'package review',
    package: { purl, digests: { sha512 } },
    review: { thoroughness: 'medium', understanding: 'medium', rating },
    ...(comment !== undefined && { comment }),
  };
}

/** Fields of a trust statement. */
export function trust(ids: readonly Identity[], level = 'high'): Record<string, unknown> {
  return { kind: 'trust', ids: ids.map(splitIdentity), trust: level };
}

export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'trust-check-test-'));
  readonly home = join(this.folder, 'home');
  readonly project = join(this.folder, 'project');
  readonly ledger = new MemoryLedger();

  constructor() {
    mkdirSync(this.home);
    mkdirSync(join(this.project, '.git'), { recursive: true });
  }

  /** Writes a file of the project. */
  write(name: string, text: string): string {
    const path = join(this.project, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs the command line in this world. */
  async run(argv: readonly string[], more: RunOptions = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const io: Io = {
      stdout: { isTTY: more.tty === true, columns: 100, write: (text) => void (stdout += text) },
      stderr: { isTTY: more.tty === true, columns: 100, write: (text) => void (stderr += text) },
      stdin: {
        isTTY: false,
        read: () => Promise.resolve(new TextEncoder().encode(more.stdin ?? '')),
        askSecret: () => Promise.resolve(more.secret),
      },
      env: { PATH: process.env['PATH'], HOME: this.home, LANG: 'C.UTF-8', ...more.env },
      cwd: more.cwd ?? this.project,
      homedir: this.home,
      clock: more.clock ?? (() => testNow),
      fetch: more.fetch ?? ((input, init) => fetch(input, init)),
      onInterrupt: more.onInterrupt ?? (() => () => undefined),
    };
    const exit = await run(argv, io);
    return { exit, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly secret?: string;
  readonly cwd?: string;
  readonly tty?: boolean;
  readonly clock?: () => Date;
  readonly fetch?: typeof globalThis.fetch;
  readonly onInterrupt?: Io['onInterrupt'];
}

/** A package-lock v3 with these packages. `sha512` is hex. */
export function packageLock(
  packages: readonly {
    name: string;
    version: string;
    sha512?: string;
    dependencies?: Record<string, string>;
  }[],
): string {
  const entries = packages.map(({ name, version, sha512, dependencies }): [string, object] => [
    `node_modules/${name}`,
    {
      version,
      resolved: `https://registry.example.org/${name}/-/${name}-${version}.tgz`,
      ...(sha512 !== undefined && { integrity: `sha512-${Buffer.from(sha512, 'hex').toString('base64')}` }),
      ...(dependencies !== undefined && { dependencies }),
    },
  ]);
  const root = {
    name: 'project',
    version: '1.0.0',
    dependencies: Object.fromEntries(packages.slice(0, 1).map(({ name, version }) => [name, version])),
  };
  const lock = {
    name: 'project',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: Object.fromEntries([['', root], ...entries]),
  };
  return `${JSON.stringify(lock, null, 2)}\n`;
}
