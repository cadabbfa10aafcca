// npm run demo, as people run it: the built files, a folder of its own, twice.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'dist/server/demo/main.js');
const hasBuild = existsSync(program);
if (!hasBuild) process.stderr.write('\n!!! NOT TESTED, run npm run build first: the demo\n');

async function run(dataDir: string, ...args: string[]): Promise<{ status: number | null; out: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, DATA_DIR: dataDir, NO_COLOR: '1' },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  }
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, out };
}

describe.skipIf(!hasBuild)('the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-ledger-demo-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows every interesting verdict on this project’s own lockfile, and the same when run again', async () => {
    const first = await run(folder, '--exit');
    expect(first.out).toMatch(/ 0 known from an earlier run/);
    for (const verdict of ['flagged', 'mismatch', 'insufficient', 'unreviewed', 'exempt', 'reviewed']) {
      expect(first.out).toMatch(new RegExp(`^${verdict} \\(\\d+\\)`, 'm'));
    }
    expect(first.out).toContain('on top of');
    expect(first.status).toBe(0);
    const second = await run(folder, '--exit');
    expect(second.out).toMatch(/ 0 new entries, \d+ known/);
    expect(second.status).toBe(0);
  }, 120_000);

  it('refuses an option that it does not have', async () => {
    const { status, out } = await run(folder, '--stay');
    expect(status).toBe(1);
    expect(out).toContain('there is only --exit');
  });
});
