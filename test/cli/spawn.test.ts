// The real executable in a process of its own: streams, statuses, signals.

import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTypeScript } from '../support/run-typescript.ts';
import { listen } from './support/memory-ledger.ts';
import { sampleWorld, type SampleWorld } from './support/sample-world.ts';

const main = resolve(import.meta.dirname, '../../cli/main.ts');

describe('the executable', () => {
  let sample: SampleWorld;
  let base: string[];
  const atHome = () => ({ env: { HOME: sample.world.home, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' } });
  beforeAll(async () => {
    sample = await sampleWorld();
    base = [
      'check',
      sample.world.project,
      '--server',
      sample.url,
      '--root',
      sample.root.identity,
      '--no-cache',
    ];
  });
  afterAll(() => sample.close());

  it('prints and ends as the function behind it does', async () => {
    const child = runTypeScript(main, [...base, '--json'], atHome());
    const [stdout, [code]] = await Promise.all([
      text(child.stdout!),
      once(child, 'exit') as Promise<[number]>,
    ]);
    const inside = await sample.world.run(['--server', sample.url, '--root', sample.root.identity, '--json']);
    expect(code).toBe(1);
    expect(stdout).toBe(inside.stdout);
  });

  it('reads a lockfile from standard input', async () => {
    const child = runTypeScript(
      main,
      ['check', '-', '--stdin-name', 'package-lock.json', ...base.slice(2), '--json'],
      atHome(),
    );
    child.stdin!.end('{"lockfileVersion": 99}');
    const [stdout, [code]] = await Promise.all([
      text(child.stdout!),
      once(child, 'exit') as Promise<[number]>,
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      exit: 2,
      lockfiles: [{ error: { code: 'lockfile-version-unknown' } }],
    });
  });

  it('is quiet and keeps its status when the reader goes away', async () => {
    const child = runTypeScript(main, [...base, '-v'], atHome());
    child.stdout!.destroy();
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([1, null]);
  });

  it('ends with 130 on Ctrl-C', async () => {
    let asked = (): void => undefined;
    const waiting = new Promise<void>((done) => (asked = done));
    const silent = await listen(() => {
      asked();
    });
    const child = runTypeScript(main, ['check', sample.world.project, '--server', silent.url], atHome());
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    await waiting;
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    await silent.close();
  });
});
