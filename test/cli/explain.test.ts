// trust-check explain and config show: what applies, and why.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inversePaths } from '../../cli/report/inverse-paths.ts';
import type { Input } from '../../core/closure/input.ts';
import { hex, sampleWorld, type SampleWorld } from './support/sample-world.ts';
import { packageLock, review, say } from './support/world.ts';

describe('trust-check explain', () => {
  let sample: SampleWorld;
  let base: string[];
  beforeAll(async () => {
    sample = await sampleWorld();
    base = ['--server', sample.url, '--root', sample.root.identity];
  });
  afterAll(() => sample.close());

  const explain = async (purl: string, ...more: string[]) => {
    const outcome = await sample.world.run(['explain', purl, ...base, ...more]);
    return { ...outcome, stdout: sample.steady(outcome.stdout) };
  };

  it.each([
    'pkg:npm/good@1.0.0',
    'pkg:npm/bad@2.0.0',
    'pkg:npm/changed@1.0.0',
    'pkg:npm/unread@1.0.0',
    'skimmed',
  ])('shows reviews, paths with statements and entries, what is missing, and who needs %s', async (purl) => {
    const { exit, stdout, stderr } = await explain(purl);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatchSnapshot();
  });

  it('shows the whole chain of a reviewed difference', async () => {
    const { world, reader } = sample;
    await say(world.ledger, reader, {
      ...review('pkg:npm/good@1.1.0', hex('9'), 'positive', 'Only the difference.'),
      'package-diff-base': { purl: 'pkg:npm/good@1.0.0', digests: { sha512: hex('a') } },
    });
    const lock = packageLock([{ name: 'good', version: '1.1.0', sha512: hex('9') }]);
    world.write('chain/package-lock.json', lock);
    const { stdout } = await explain('good@1.1.0', 'chain');
    expect(stdout).toContain('pkg:npm/good@1.1.0: reviewed');
    expect(stdout).toContain('the difference from pkg:npm/good@1.0.0');
    expect(stdout).toContain('of the version that a difference starts from, decides the verdict');
    expect(stdout).toContain('statement <GOOD>');
    world.ledger.entries.pop();
  });

  it('says the same as JSON', async () => {
    const { stdout } = await explain('pkg:npm/unread@1.0.0', '--json');
    const { inputs } = JSON.parse(stdout) as { inputs: unknown[] };
    expect(inputs).toMatchObject([
      {
        lockfile: 'package-lock.json',
        verdict: { result: { verdict: 'unreviewed', strangers: 1 } },
        reviews: [
          {
            author: 'openpgp:<STRANGER>',
            bytes: 'same',
            counted: false,
            standing: { kind: 'unreached', missing: [{ from: 'openpgp:<ROOT>', to: 'openpgp:<STRANGER>' }] },
          },
        ],
        dependents: [
          ['pkg:npm/unread@1.0.0', 'pkg:npm/bad@2.0.0', 'pkg:npm/good@1.0.0', 'pkg:npm/project@1.0.0'],
        ],
      },
    ]);
  });

  it('suggests the input that was meant', async () => {
    const { exit, stderr } = await explain('pkg:npm/goood@1.0.0');
    expect(exit).toBe(2);
    expect(stderr).toContain('Did you mean pkg:npm/good@1.0.0?');
  });

  it('finds shortest chains of dependents, also in loops', () => {
    const input = (dependencies: number[]): Input => ({
      purl: 'pkg:npm/x@1.0.0',
      artefacts: [],
      places: [],
      groups: [],
      dependencies,
    });
    // 0 → 1 → 2 → 1, 3 → 2
    const inputs = [input([1]), input([2]), input([1]), input([2])];
    expect(inversePaths(inputs, 2)).toEqual([
      [2, 3],
      [2, 1, 0],
    ]);
    expect(inversePaths([input([0])], 0)).toEqual([]);
  });
});

describe('settings', () => {
  let sample: SampleWorld;
  beforeAll(async () => {
    sample = await sampleWorld();
    const user = '.config/trust-check/trust-check.yaml';
    sample.world.write(
      `../home/${user}`,
      'server: http://user.example\nrequire:\n  trust: high\n  rating: strong\n',
    );
    sample.world.write(
      'trust-check.yaml',
      `server: ${sample.url}\nrequire:\n  trust: medium\n  redundancy: 2\n`,
    );
  });
  afterAll(() => sample.close());

  const show = async (argv: string[], env: Record<string, string> = {}) => {
    const { stdout } = await sample.world.run(['config', 'show', '--origin', '--json', ...argv], { env });
    const { settings } = JSON.parse(stdout) as {
      settings: { name: string; value: unknown; origin: string }[];
    };
    return (name: string) => {
      const setting = settings.find((one) => one.name === name);
      return setting === undefined ? undefined : [setting.value, setting.origin];
    };
  };

  it('takes flags before the environment, that before the project’s file, and that before the person’s own', async () => {
    const plain = await show([]);
    expect(plain('server')).toEqual([sample.url, 'trust-check.yaml:1']);
    expect(plain('require.trust')).toEqual(['medium', 'trust-check.yaml:3']);
    expect(plain('require.rating')).toEqual(['strong', '~/.config/trust-check/trust-check.yaml:4']);
    expect(plain('require.thoroughness')).toEqual(['low', 'default']);
    const env = await show([], { TRUST_CHECK_TRUST: 'none', TRUST_CHECK_ROOTS: 'crev:' + 'A'.repeat(43) });
    expect(env('require.trust')).toEqual(['none', 'TRUST_CHECK_TRUST']);
    expect(env('roots')).toEqual([['crev:' + 'A'.repeat(43)], 'TRUST_CHECK_ROOTS']);
    const flags = await show(['--trust', 'low', '--redundancy', '3', '--no-strict'], {
      TRUST_CHECK_TRUST: 'none',
    });
    expect(flags('require.trust')).toEqual(['low', '--trust']);
    expect(flags('require.redundancy')).toEqual([3, '--redundancy']);
    expect(flags('rules.unverifiable')).toEqual(['report', '--no-strict']);
  });

  it('replaces roots with --root and adds to them with --add-root', async () => {
    const [a, b, c] = ['A', 'B', 'C'].map((letter) => `openpgp:${letter.repeat(40)}`) as [
      string,
      string,
      string,
    ];
    const env = { TRUST_CHECK_ROOTS: a };
    expect((await show(['--root', b, '--root', c], env))('roots')).toEqual([[b, c], '--root']);
    expect((await show(['--add-root', b], env))('roots')).toEqual([
      [a, b],
      'TRUST_CHECK_ROOTS and --add-root',
    ]);
  });

  it('lets flags stand on top of the crev-compatible preset', async () => {
    const setting = await show(['--crev-compatible', '--redundancy', '2']);
    expect(setting('require.thoroughness')).toEqual(['none', '--crev-compatible']);
    expect(setting('require.redundancy')).toEqual([2, '--redundancy']);
    expect(setting('rules.mismatch')).toEqual(['ignore', '--crev-compatible']);
  });

  it('refuses a policy file with a misspelt key, naming file, line and what was meant', async () => {
    const path = sample.world.write('wrong.yaml', 'require:\n  redundnacy: 2\n');
    const { exit, stderr } = await sample.world.run(['config', 'show', '--config', path]);
    expect(exit).toBe(2);
    expect(stderr).toContain('wrong.yaml: Line 2');
    expect(stderr).toContain('did you mean redundancy?');
  });

  it.each([
    [{ TRUST_CHECK_TRUST: 'lots' }, 'TRUST_CHECK_TRUST'],
    [{ TRUST_CHECK_STRICT: 'perhaps' }, 'TRUST_CHECK_STRICT'],
    [{ TRUST_CHECK_TIMEOUT: '-1' }, 'TRUST_CHECK_TIMEOUT'],
    [{ TRUST_CHECK_ROOTS: 'bob' }, 'TRUST_CHECK_ROOTS'],
  ])('refuses %j, naming the variable', async (env, name) => {
    const { exit, stderr } = await sample.world.run(['config', 'show'], { env });
    expect(exit).toBe(2);
    expect(stderr).toContain(name);
  });

  it('writes a policy file that reads back, and never overwrites one', async () => {
    const cwd = `${sample.world.folder}/home`;
    const written = await sample.world.run(['init', '--server', sample.url, '--root', sample.root.identity], {
      cwd,
    });
    expect(written.exit).toBe(0);
    const shown = await sample.world.run(['config', 'show', '--origin'], { cwd });
    expect(shown.stdout).toContain(`server: ${sample.url}`);
    expect(shown.stdout).toContain(sample.root.identity);
    const again = await sample.world.run(['init'], { cwd });
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain('exists already');
  });
});
