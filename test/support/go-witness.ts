// Witnesses and their clients in Go, by others: built from test/conformance/go-witness, the pinned module that names them.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildTimeout, run } from './go.ts';

const module = join(import.meta.dirname, '../conformance/go-witness');
const merkle = 'github.com/transparency-dev/merkle';

/**
 * Builds these packages of the module, or of modules it depends on, into a folder; returns the programs' paths. Why a copy
 * of one package gets one more file is said in go-witness/subtree/missing.go.
 */
export async function buildGoWitness(folder: string, packages: readonly string[]): Promise<string[]> {
  await go(['mod', 'download', merkle]);
  const copy = join(folder, 'merkle');
  copyFolder((await go(['list', '-m', '-f', '{{.Dir}}', merkle])).trim(), copy);
  writeFileSync(join(copy, 'proof', 'missing.go'), readFileSync(join(module, 'subtree', 'missing.go')));
  const modFile = join(folder, 'go.mod');
  const text = readFileSync(join(module, 'go.mod'), 'utf8');
  writeFileSync(
    modFile,
    text.replace(/^(replace \S+ => ).*$/m, (_, head: string) => head + copy),
  );
  writeFileSync(join(folder, 'go.sum'), readFileSync(join(module, 'go.sum')));
  const programs: string[] = [];
  for (const one of packages) {
    const program = join(folder, one.split('/').at(-1) ?? '');
    await go(['build', '-modfile', modFile, '-o', program, one]);
    programs.push(program);
  }
  return programs;
}

/** A server program that was started and answers. */
export interface GoServer {
  readonly address: string;
  readonly child: ChildProcess;
  /** Everything that it wrote. */
  said(): string;
  kill(): Promise<void>;
}

/** Starts a program whose arguments depend on the port that it is to listen on; resolves once it answers there. */
export async function startGoServer(
  program: string,
  args: (listen: string) => readonly string[],
): Promise<GoServer> {
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, args(listen), { stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const address = `http://${listen}`;
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error(`${program} does not listen: ${said}`);
    const answers = await fetch(address).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    address,
    child,
    said: () => said,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function go(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run('go', args, { cwd: module, timeout: buildTimeout });
  if (status !== 0) throw new Error(`go ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Files of the module cache are read-only, so contents are copied and modes are not. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isFile()) writeFileSync(target, readFileSync(source));
  }
}
