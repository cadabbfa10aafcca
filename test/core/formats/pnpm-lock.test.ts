import { describe, expect, it } from 'vitest';
import { parsePnpmKey, withoutPeers } from '../../../core/formats/pnpm-key.ts';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const sri = (byte: number): string => `sha512-${Buffer.alloc(64, byte).toString('base64')}`;
const hex = (byte: number): string => Buffer.alloc(64, byte).toString('hex');
const commit = '0123456789abcdef0123456789abcdef01234567';

describe('pnpm-lock.yaml', () => {
  it('reads version 9: packages, snapshots with peers, importers, groups and lines', () => {
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'

importers:
  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)
    devDependencies:
      x:
        specifier: npm:@s/real@3
        version: '@s/real@3.0.0'
      tool:
        specifier: workspace:*
        version: link:packages/tool
  packages/tool:
    optionalDependencies:
      b:
        specifier: ^2.0.0
        version: 2.0.0

packages:
  '@s/real@3.0.0':
    resolution: {integrity: ${sri(3)}}
  a@1.0.0:
    resolution: {integrity: ${sri(1)}}
    peerDependencies:
      b: '*'
  b@2.0.0:
    resolution: {integrity: ${sri(2)}}

snapshots:
  '@s/real@3.0.0': {}
  a@1.0.0(b@2.0.0):
    dependencies:
      b: 2.0.0
  b@2.0.0: {}
`,
    );
    expect(closure.format).toBe('pnpm-lock v9.0');
    expect(inputOf(closure, 'pkg:npm/a@1.0.0')).toEqual({
      purl: 'pkg:npm/a@1.0.0',
      artefacts: [{ digests: { sha512: hex(1) } }],
      places: [{ line: 25, path: 'a@1.0.0' }],
      groups: [],
      dependencies: [2],
    });
    expect(inputOf(closure, 'pkg:npm/b@2.0.0').groups).toEqual([]);
    expect(inputOf(closure, 'pkg:npm/%40s/real@3.0.0').groups).toEqual(['dev']);
    expect(dependenciesOf(closure, 'pkg:npm/unnamed')).toEqual([
      'pkg:npm/%40s/real@3.0.0',
      'pkg:npm/a@1.0.0',
      'pkg:npm/tool',
    ]);
    expect(standings(closure)).toEqual({ pinned: 3, local: 2 });
  });

  it('reads version 6, where packages have the edges and a slash in front', () => {
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: '6.0'
dependencies:
  a:
    specifier: ^1
    version: 1.0.0(b@2.0.0)
packages:
  /a@1.0.0(b@2.0.0):
    resolution: {integrity: ${sri(1)}}
    dependencies:
      b: 2.0.0
  /b@2.0.0:
    resolution: {integrity: ${sri(2)}}
    optional: true
  github.com/o/c/${commit}:
    resolution: {tarball: https://codeload.github.com/o/c/tar.gz/${commit}}
    name: c
    version: 3.0.0
`,
    );
    expect(closure.inputs.map((input) => [input.purl, input.groups, input.dependencies])).toEqual([
      ['pkg:npm/a@1.0.0', [], [1]],
      ['pkg:npm/b@2.0.0', ['optional'], []],
      [`pkg:npm/c@3.0.0?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fo%2Fc%40${commit}`, [], []],
      ['pkg:npm/unnamed', [], [0]],
    ]);
    expect(closure.inputs[2]?.artefacts).toEqual([{ digests: { gitCommit: commit } }]);
  });

  it('reads version 5, with slashes and an underscore before the peers', () => {
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: 5.4
specifiers:
  '@s/a': ^1
devDependencies:
  '@s/a': 1.0.0_b@2.0.0
packages:
  /@s/a/1.0.0_b@2.0.0:
    resolution: {integrity: ${sri(1)}}
    dependencies:
      b: 2.0.0
    dev: true
  /b/2.0.0:
    resolution: {integrity: ${sri(2)}}
    dev: true
`,
    );
    expect(closure.format).toBe('pnpm-lock v5.4');
    expect(closure.inputs.map((input) => [input.purl, input.groups, input.dependencies])).toEqual([
      ['pkg:npm/%40s/a@1.0.0', ['dev'], [1]],
      ['pkg:npm/b@2.0.0', ['dev'], []],
      ['pkg:npm/unnamed', [], [0]],
    ]);
  });

  it('reads every document: pnpm itself in the first, the project in the second', () => {
    const document = (name: string, list: string): string =>
      `---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    ${list}:\n      ${name}:\n        specifier: 1.0.0\n        version: 1.0.0\npackages:\n  ${name}@1.0.0:\n    resolution: {integrity: ${sri(1)}}\nsnapshots:\n  ${name}@1.0.0: {}\n`;
    const closure = readLock(
      'pnpm-lock.yaml',
      `${document('pnpm', 'packageManagerDependencies')}${document('a', 'dependencies')}---\n`,
    );
    expect(inputOf(closure, 'pkg:npm/pnpm@1.0.0').groups).toEqual(['package-manager']);
    expect(inputOf(closure, 'pkg:npm/a@1.0.0').groups).toEqual([]);
  });

  it.each([
    ['pinned', 'a@1.0.0', `{integrity: ${sri(1)}}`],
    ['unpinned', 'a@1.0.0', '{tarball: https://example.org/a.tgz}'],
    ['weak', 'a@1.0.0', `{integrity: sha1-${Buffer.alloc(20).toString('base64')}}`],
    ['local', 'a@file:a', '{directory: a, type: directory}'],
    ['pinned', 'a@file:a.tgz', `{integrity: ${sri(1)}, tarball: file:a.tgz}`],
    ['pinned', 'a@git+https://x', `{type: git, repo: 'https://u:p@example.org/a', commit: ${commit}}`],
    ['truncated', 'a@git+https://x', "{type: git, repo: 'https://example.org/a', commit: '0123456'}"],
    ['pinned', `a@https://x/${commit}`, `{tarball: https://codeload.github.com/o/a/tar.gz/${commit}}`],
    ['unpinned', `a@https://x/${commit}`, `{tarball: https://codeload.github.example/o/a/tar.gz/${commit}}`],
    ['binary', 'node@runtime:1.0.0', `{type: binary, url: https://x.example, integrity: ${sri(1)}}`],
    ['unpinned', 'a@custom:x', '{type: custom:x}'],
  ])('calls a package %s whose key is %s and resolution %s', (standing, key, resolution) => {
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\nimporters: {}\npackages:\n  '${key}':\n    resolution: ${resolution}\n`,
    );
    expect(standings(closure)).toEqual({ [standing]: 1 });
    expect(closure.inputs[0]?.purl).not.toContain('u:p');
  });

  it('keeps a digest for each platform of a runtime, which is no package of the registry', () => {
    const variant = (os: string, byte: number): string =>
      `{resolution: {type: binary, url: https://x.example, integrity: ${sri(byte)}}, targets: [{os: ${os}, cpu: x64}]}`;
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\nimporters: {}\npackages:\n  node@runtime:26.7.0:\n    resolution: {type: variations, variants: [${variant('linux', 1)}, ${variant('darwin', 2)}]}\n    version: 26.7.0\n`,
    );
    expect(closure.inputs[0]).toMatchObject({
      purl: 'pkg:generic/node@26.7.0',
      artefacts: [
        { name: 'linux-x64', digests: { sha512: hex(1) } },
        { name: 'darwin-x64', digests: { sha512: hex(2) } },
      ],
      unverifiable: { reason: 'binary' },
    });
  });

  it('says what changes resolution from outside the list', () => {
    const text = `lockfileVersion: '9.0'\noverrides:\n  a: 1\npatchedDependencies:\n  a: x\nimporters: {}\n`;
    expect(readLock('pnpm-lock.yaml', text).remarks).toEqual([
      'What is resolved was changed by the project: overrides.',
      'Packages that pnpm patches with files of the project: 1. Read those too.',
    ]);
  });

  it.each([
    ["lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n", 'line 3: "a@1.0.0" has no resolution'],
    ["lockfileVersion: '9.0'\npackages:\n  a@1.0.0: text\n", 'the entry "a@1.0.0" must be an object'],
    ["lockfileVersion: '9.0'\npackages:\n  a@1: {}\n  a@1: {}\n", 'line 4: the key "a@1" occurs twice'],
    ["lockfileVersion: '9.0'\npackages: &x {}\nsnapshots: *x\n", 'line 2: an anchor'],
    ["lockfileVersion: '9.0'\n<<: *x\n", 'line 2: an alias'],
    ['packages: {}\n', 'without lockfileVersion'],
    ['- a\n', 'a document that is no list of keys'],
    ['---\n', 'no document'],
  ])('refuses %j with the line', async (text, message) => {
    const error = await expectCode('lockfile-invalid', () => readLock('pnpm-lock.yaml', text));
    expect(error.message).toContain(message);
  });

  it.each(['4', '7.0', '10.0', 'nine'])('names version %s, which it does not know', async (version) => {
    const text = `lockfileVersion: ${version}\n`;
    const error = await expectCode('lockfile-version-unknown', () => readLock('pnpm-lock.yaml', text));
    expect(error.message).toContain(`lockfileVersion ${version}`);
  });

  it('takes time in proportion to the text, however long a line is', () => {
    for (const text of ['a: b,'.repeat(200_000), '{},'.repeat(300_000)]) {
      const started = process.cpuUsage();
      readLock('pnpm-lock.yaml', `lockfileVersion: '9.0'\na: [${text}]\n`);
      expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
    }
  }, 60_000);

  it('takes __proto__ for a name', () => {
    const closure = readLock(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n__proto__: {packages: {}}\nimporters:\n  .:\n    dependencies:\n      __proto__: {version: 1.0.0}\npackages:\n  __proto__@1.0.0:\n    resolution: {integrity: ${sri(1)}}\nsnapshots:\n  __proto__@1.0.0: {}\n`,
    );
    expect(dependenciesOf(closure, 'pkg:npm/unnamed')).toEqual(['pkg:npm/__proto__@1.0.0']);
  });
});

describe('keys of pnpm', () => {
  it.each([
    ['a@1.0.0(b@2(c@3))(patch_hash=x)', 'a@1.0.0'],
    ['a@file:x(y)(b@2)', 'a@file:x'],
    ['a@1.0.0)', 'a@1.0.0)'],
    ['(a)', '(a)'],
    ['a@1.0.0', 'a@1.0.0'],
  ])('cuts the peers of %s from the right', (key, bare) => {
    expect(withoutPeers(key)).toBe(bare);
  });

  it.each([
    ['/@s/a/1.0.0_x', 5, '@s/a', '1.0.0'],
    ['registry.example/a/1.0.0', 5, undefined, undefined],
    ['/a@1.0.0(b@2)', 6, 'a', '1.0.0'],
    ['file:a', 6, undefined, undefined],
    ['@s/a@1.0.0(b@2)', 9, '@s/a', '1.0.0'],
    ['a@https://x.example/a@b', 9, 'a', 'https://x.example/a@b'],
  ])('reads %s of version %d', (key, generation, name, version) => {
    expect(parsePnpmKey(key, generation)).toEqual({ name, version });
  });
});
