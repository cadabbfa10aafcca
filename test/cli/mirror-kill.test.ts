// A mirror that is killed at any moment goes on where it was, and ends as the copy that one run would have made.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import { runTypeScript } from '../support/run-typescript.ts';
import { manyEntries } from './support/many-entries.ts';
import { logKey } from './support/signed-log.ts';
import { contentOf, staticPaths, writeStatic } from './support/static-ledger.ts';
import { World } from './support/world.ts';

const script = join(import.meta.dirname, 'support/mirror-process.ts');

describe('a mirror that is killed', () => {
  const world = new World();
  afterAll(() => {
    world.remove();
  });

  it('resumes after kill -9 at random moments, and ends complete', { timeout: 240_000 }, async () => {
    const { builder } = await manyEntries(2100);
    const [ledger, mirror] = [join(world.folder, 'ledger'), join(world.folder, 'mirror')];
    await writeStatic(builder.log, ledger);
    const vkey = formatVerifierKey((await logKey()).key);
    const begun: number[] = [];
    let isDone = false;
    for (let round = 0; round < 40 && !isDone; round++) {
      const child = runTypeScript(script, [ledger, mirror, vkey]);
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
      const exit = once(child, 'exit');
      // Some die while they begin, most when they got on by a bundle or more; from some round on they may end by themselves.
      const steps = round < 2 ? 0 : round < 6 ? 1 + (round % 3) : Infinity;
      const got = (): number => (said.includes('from') ? said.split('at ').length - 1 : -1);
      while (got() < steps && child.exitCode === null) await sleep(1);
      if (steps !== Infinity) {
        await sleep(Math.random() * 20);
        child.kill('SIGKILL');
      }
      await exit;
      begun.push(Number(/from (\d+)/.exec(said)?.[1] ?? -1));
      isDone = said.includes('done');
      // The checkpoint is there only when everything under it is.
      if (!isDone && existsSync(join(mirror, 'checkpoint'))) expect(begun.at(-1)).toBeGreaterThan(0);
    }
    expect(isDone).toBe(true);
    // It went on, and never back.
    expect(begun).toEqual([...begun].sort((a, b) => a - b));
    expect(begun.some((size) => size > 0 && size < 2100)).toBe(true);
    expect([...contentOf(mirror).keys()].sort()).toEqual(staticPaths(builder.log).sort());
    expect(contentOf(mirror)).toEqual(contentOf(ledger));
    const fsck = await world.run(['log', 'fsck', mirror, '--log-key', vkey, '--json']);
    expect(fsck.exit, fsck.stdout).toBe(0);
    const again = await world.run(['mirror', mirror, '--from', ledger, '--log-key', vkey, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'current', size: 2100, added: 0 });
  });
});
