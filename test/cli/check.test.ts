// The default command, through its arguments: what it finds, prints and ends with.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, sampleLock, sampleWorld, type SampleWorld } from './support/sample-world.ts';
import { packageLock } from './support/world.ts';

describe('trust-check', () => {
  let sample: SampleWorld;
  let base: string[];

  beforeAll(async () => {
    sample = await sampleWorld();
    base = ['--server', sample.url, '--root', sample.root.identity];
  });
  afterAll(() => sample.close());

  it('prints the worst first, why, where and what next, and ends with arithmetic', async () => {
    const { exit, stdout, stderr } = await sample.world.run(base);
    expect(exit).toBe(1);
    expect(stderr).toBe('');
    expect(sample.steady(stdout)).toMatchSnapshot();
  });

  it('lists everything with -v', async () => {
    const { stdout } = await sample.world.run([...base, '-v']);
    expect(stdout).toContain('reviewed (1)');
    expect(stdout).toContain('pkg:npm/good@1.0.0');
  });

  it('prints the same as JSON, with schema, ledger and places, and nothing else on stdout', async () => {
    const { exit, stdout, stderr } = await sample.world.run([...base, '--json']);
    expect(exit).toBe(1);
    expect(stderr).toBe('');
    expect(sample.steady(stdout)).toMatchSnapshot();
  });

  it('gives the same bytes for the same question, from wherever it is asked', async () => {
    const folder = join(sample.world.project, 'deep', 'inside');
    mkdirSync(folder, { recursive: true });
    const [here, there] = await Promise.all([
      sample.world.run([...base, '--json']),
      sample.world.run([...base, '--json', '--no-cache'], { cwd: folder }),
    ]);
    expect(there.stdout).toBe(here.stdout);
    expect(there.stdout).not.toContain(sample.world.folder);
  });

  it('turns reviewed into mismatch when one digit of a hash changes, and says who reviewed what other bytes', async () => {
    const first = await sample.world.run([...base, '--json', '-'], { stdin: sampleLock() });
    const other = `0${hex('a').slice(1)}`;
    const packages = [{ name: 'good', version: '1.0.0', sha512: other }];
    const { exit, stdout } = await sample.world.run([...base, '-'], { stdin: packageLock(packages) });
    expect(first.stdout).toContain('"verdict": "reviewed"');
    expect(exit).toBe(1);
    expect(stdout).toContain('mismatch (1)');
    expect(stdout).toContain(`${sample.reader.identity} reviewed other bytes of pkg:npm/good@1.0.0`);
    expect(stdout).toContain(hex('a'));
    expect(stdout).toContain(other);
  });

  it('meets the policy when everything is reviewed', async () => {
    const stdin = packageLock([{ name: 'good', version: '1.0.0', sha512: hex('a') }]);
    const { exit, stdout } = await sample.world.run([...base, '-'], { stdin });
    expect(exit).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "standard input (package-lock v3)

      2 inputs: 1 reviewed, 1 local: policy met
      "
    `);
  });

  it('only reports unverifiable inputs with --no-strict', async () => {
    const packages = [
      { name: 'good', version: '1.0.0', sha512: hex('a') },
      { name: 'unpinned', version: '1.0.0' },
    ];
    const stdin = packageLock(packages);
    expect((await sample.world.run([...base, '-'], { stdin })).exit).toBe(1);
    const { exit, stdout } = await sample.world.run([...base, '--no-strict', '-'], { stdin });
    expect(exit).toBe(0);
    expect(stdout).toContain('3 inputs: 1 reviewed, 1 unverifiable (1 unpinned), 1 local: policy met');
  });

  it.each([
    [['--redundancy', '2'], 'insufficient'],
    [['--trust', 'high'], 'insufficient'],
    [['--thoroughness', 'high'], 'insufficient'],
    [['--understanding', 'high'], 'insufficient'],
    [['--rating', 'strong'], 'insufficient'],
    [['--rating', 'neutral'], 'reviewed'],
    [['--depth', '0'], 'unreviewed'],
    [['--medium-cost', '100'], 'unreviewed'],
    [['--crev-compatible'], 'reviewed'],
  ])('takes %j into account', async (flags, verdict) => {
    const stdin = packageLock([{ name: 'good', version: '1.0.0', sha512: hex('a') }]);
    const { stdout } = await sample.world.run([...base, ...flags, '-'], { stdin });
    expect(stdout).toContain(`1 ${verdict}`);
  });

  it('changes only the exit status with --no-fail', async () => {
    const { exit, stdout } = await sample.world.run([...base, '--no-fail']);
    expect(exit).toBe(0);
    expect(stdout).toContain('policy not met');
  });

  it('warns who trusts nobody, and passes nothing', async () => {
    const { exit, stderr } = await sample.world.run(['--server', sample.url]);
    expect(exit).toBe(1);
    expect(stderr).toContain('you trust nobody yet');
  });

  it('checks several lockfiles, lists each, and ends with the most severe outcome', async () => {
    const folder = 'several';
    sample.world.write(
      `${folder}/package-lock.json`,
      packageLock([{ name: 'good', version: '1.0.0', sha512: hex('a') }]),
    );
    sample.world.write(`${folder}/Cargo.lock`, 'version = 99\n');
    const { exit, stdout } = await sample.world.run([...base, folder]);
    expect(exit).toBe(2);
    expect(stdout).toContain('several/package-lock.json (package-lock v3)');
    expect(stdout).toContain('policy met');
    expect(stdout).toContain('Cargo.lock');
    const json = await sample.world.run([...base, folder, '--json']);
    expect(json.exit).toBe(2);
    const parsed = JSON.parse(json.stdout) as {
      met: boolean;
      lockfiles: { lockfile: string; exit: number }[];
    };
    expect(parsed.met).toBe(false);
    expect(parsed.lockfiles.map(({ lockfile, exit: one }) => [lockfile, one])).toEqual([
      ['several/Cargo.lock', 2],
      ['several/package-lock.json', 0],
    ]);
  });
});
