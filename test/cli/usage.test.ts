// Wrong use, wrong places, nothing to check: what is said and which status it ends with.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands/index.ts';
import { commandNames } from '../../cli/commands/suggest-command.ts';
import { sampleWorld, type SampleWorld } from './support/sample-world.ts';
import { packageLock } from './support/world.ts';

describe('trust-check, used wrongly', () => {
  let sample: SampleWorld;
  beforeAll(async () => {
    sample = await sampleWorld();
  });
  afterAll(() => sample.close());

  it('says how to name a ledger when none is configured', async () => {
    const { exit, stdout, stderr } = await sample.world.run([]);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatchSnapshot();
  });

  it('tells errors as JSON where JSON was asked for', async () => {
    const { exit, stdout, stderr } = await sample.world.run(['--json']);
    expect([exit, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, met: false, exit: 2, error: { code: 'usage' } });
  });

  it.each([
    [['--format', 'sarif'], 'Allowed choices are human, json'],
    [['--trus', 'low'], 'Did you mean --trust?'],
    [['--timeout', 'soon'], '--timeout'],
    [['--redundancy', 'many', '--server', 'http://localhost:1'], 'takes a whole number'],
    [['--root', 'openpgp:123', '--server', 'http://localhost:1'], '--root: Not an identity'],
    [['chekc', '--server', 'http://localhost:1'], 'Did you mean trust-check check?'],
    [['no-such-file.json', '--server', 'http://localhost:1'], 'No such file or folder: no-such-file.json'],
    [['--server', 'ftp://example.org'], 'Only http and https'],
    [['--server', 'https://user:secret@example.org'], 'a user name or a password'],
    [['import'], 'needs another one behind it'],
    [['config', 'shwo'], 'show'],
    [['explain'], "missing required argument 'purl'"],
    [['publish'], "missing required argument 'files'"],
    [['--config', 'absent.yaml', '--server', 'http://localhost:1'], 'absent.yaml'],
  ])('refuses %j with status 2', async (argv, words) => {
    const { exit, stdout, stderr } = await sample.world.run(argv);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });

  it('never prints a secret from an address', async () => {
    const { stderr } = await sample.world.run(['--server', 'https://user:hunter2@example.org']);
    expect(stderr).not.toContain('hunter2');
  });

  it('ends with 5 when there is no lockfile, and with 0 when that is fine', async () => {
    const cwd = join(sample.world.folder, 'empty');
    mkdirSync(join(cwd, '.git'), { recursive: true });
    const none = await sample.world.run(['--server', sample.url], { cwd });
    expect(none.exit).toBe(5);
    expect(none.stderr).toContain('package-lock.json');
    expect((await sample.world.run(['--server', sample.url, '--allow-nothing'], { cwd })).exit).toBe(0);
  });

  it('does not look for lockfiles above the root of the repository', async () => {
    const cwd = join(sample.world.project, 'nested');
    mkdirSync(join(cwd, '.git'), { recursive: true });
    expect((await sample.world.run(['--server', sample.url], { cwd })).exit).toBe(5);
  });

  it('ends with 5 for a lockfile without any input', async () => {
    const stdin = JSON.stringify({ lockfileVersion: 3, packages: {} });
    const { exit } = await sample.world.run(
      ['--server', sample.url, '-', '--stdin-name', 'package-lock.json'],
      { stdin },
    );
    expect(exit).toBe(5);
  });

  it('does not take a lockfile of an unread kind for nothing', async () => {
    const cwd = join(sample.world.folder, 'pods');
    mkdirSync(join(cwd, '.git'), { recursive: true });
    sample.world.write('../pods/Podfile.lock', 'PODS:\n');
    const { exit, stderr } = await sample.world.run(['--server', sample.url], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('not read yet');
  });

  it('ends with 2 for a lockfile that is broken, naming file and line', async () => {
    const { exit, stdout } = await sample.world.run(
      ['--server', sample.url, '-', '--stdin-name', 'package-lock.json'],
      {
        stdin: '{\n  "lockfileVersion": 3,\n',
      },
    );
    expect(exit).toBe(2);
    expect(stdout).toContain('package-lock.json');
    expect(stdout).toContain('[lockfile-invalid]');
  });

  it('shows control characters of a lockfile instead of obeying them', async () => {
    const lock = packageLock([{ name: 'good', version: '1.0.0' }]).replaceAll(
      'node_modules/good',
      'node_modules/\\u001b[2Jgood',
    );
    const { stdout, stderr } = await sample.world.run(['--server', sample.url, '-', '-v'], { stdin: lock });
    // eslint-disable-next-line no-control-regex -- looking for them is the point
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('prints no stack without --debug, and the causes with it', async () => {
    const argv = ['--server', 'http://127.0.0.1:1'];
    const plain = await sample.world.run(argv);
    const debug = await sample.world.run([...argv, '--debug']);
    expect([plain.exit, debug.exit]).toEqual([4, 4]);
    expect(plain.stderr + plain.stdout).not.toContain('    at ');
  });

  it('knows every command by name when it guesses what was meant', () => {
    expect([...commandNames].sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it('prints its version', async () => {
    const { exit, stdout } = await sample.world.run(['--version']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['--help'],
    ['-h'],
    ['check --help'],
    ['check -h'],
    ['explain --help'],
    ['digest --help'],
    ['review --help'],
    ['trust --help'],
    ['retract --help'],
    ['publish --help'],
    ['import crev --help'],
    ['set publish --help'],
    ['init --help'],
    ['config show --help'],
  ])('helps with %s', async (line) => {
    const { exit, stdout, stderr } = await sample.world.run(line.split(' '));
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatchSnapshot();
  });
});
