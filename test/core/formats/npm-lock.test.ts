import { describe, expect, it } from 'vitest';
import { dependenciesOf, entriesOf, inputOf, readLock } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const sri = (byte: string, algorithm = 'sha512', bytes = 64): string =>
  `${algorithm}-${Buffer.from(byte.repeat(bytes), 'hex').toString('base64')}`;
const commit = '0123456789abcdef0123456789abcdef01234567';

function lock(packages: object, version = 3): object {
  return { name: 'project', version: '1.0.0', lockfileVersion: version, requires: true, packages };
}

describe('package-lock.json of version 2 and 3', () => {
  it('reads name, version, digest, line and place of a package', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/@s/a': {
          version: '1.2.3',
          resolved: 'https://registry.example/a.tgz',
          integrity: sri('ab'),
        },
      }),
    );
    expect(closure.format).toBe('package-lock v3');
    expect(closure.inputs).toEqual([
      {
        purl: 'pkg:npm/%40s/a@1.2.3',
        artefacts: [{ digests: { sha512: 'ab'.repeat(64) } }],
        places: [{ line: 7, path: 'node_modules/@s/a' }],
        groups: [],
        dependencies: [],
      },
    ]);
  });

  it('reads packages alone in version 2, whatever dependencies say', () => {
    const packages = { 'node_modules/a': { version: '1.0.0', integrity: sri('aa') } };
    const dependencies = { a: { version: '6.6.6', integrity: sri('bb') }, b: { version: '6.6.6' } };
    const closure = readLock('package-lock.json', { ...lock(packages, 2), dependencies });
    expect(closure.format).toBe('package-lock v2');
    expect(closure.inputs.map((input) => input.purl)).toEqual(['pkg:npm/a@1.0.0']);
  });

  it('takes the name of an aliased package from its entry, not from its folder', () => {
    const closure = readLock(
      'package-lock.json',
      lock({ 'node_modules/alias': { name: '@real/one', version: '1.0.0', integrity: sri('aa') } }),
    );
    expect(inputOf(closure, 'pkg:npm/%40real/one@1.0.0').places[0]?.path).toBe('node_modules/alias');
  });

  it('makes one input of the same package at several paths, with the groups that all of them share', () => {
    const entry = { version: '1.0.0', integrity: sri('aa') };
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/a': { ...entry, dev: true, optional: true },
        'node_modules/b/node_modules/a': { ...entry, dev: true },
        'node_modules/c': { version: '1.0.0', integrity: sri('cc'), dev: true },
        'node_modules/d/node_modules/c': { version: '1.0.0', integrity: sri('cc') },
      }),
    );
    expect(closure.inputs).toHaveLength(2);
    expect(entriesOf(closure.inputs)).toBe(4);
    expect(inputOf(closure, 'pkg:npm/a@1.0.0').groups).toEqual(['dev']);
    expect(inputOf(closure, 'pkg:npm/c@1.0.0').groups).toEqual([]);
  });

  it('keeps one name and version with two digests apart, and says so', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/a': { version: '1.0.0', integrity: sri('aa') },
        'node_modules/b/node_modules/a': { version: '1.0.0', integrity: sri('bb') },
      }),
    );
    expect(closure.inputs).toHaveLength(2);
    expect(closure.remarks).toHaveLength(1);
    expect(closure.remarks[0]).toContain('pkg:npm/a@1.0.0 has two different digests');
    expect(closure.remarks[0]).toContain('line 7');
    expect(closure.remarks[0]).toContain('line 11');
  });

  it('does not report digests of two algorithms as a contradiction', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/a': { version: '1.0.0', integrity: sri('aa') },
        'node_modules/b/node_modules/a': { version: '1.0.0', integrity: sri('bb', 'sha1', 20) },
      }),
    );
    expect(closure.remarks).toEqual([]);
  });

  it('takes several hashes of the strongest algorithm for alternatives, and weaker ones for further digests', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/a': {
          version: '1.0.0',
          integrity: `${sri('aa')} ${sri('bb')} ${sri('cc', 'sha1', 20)}`,
        },
        'node_modules/b': { version: '1.0.0', integrity: `${sri('cc', 'sha1', 20)} ${sri('aa')}` },
      }),
    );
    expect(inputOf(closure, 'pkg:npm/a@1.0.0').artefacts).toEqual([
      { digests: { sha512: 'aa'.repeat(64) } },
      { digests: { sha512: 'bb'.repeat(64) } },
    ]);
    expect(inputOf(closure, 'pkg:npm/b@1.0.0').artefacts).toEqual([
      { digests: { sha512: 'aa'.repeat(64), sha1: 'cc'.repeat(20) } },
    ]);
  });

  it.each([
    ['unpinned', {}],
    ['placeholder', { integrity: '' }],
    ['weak', { integrity: sri('aa', 'sha1', 20) }],
    ['mutable', { resolved: 'git+ssh://git@example.org/o/r.git#main' }],
    ['mutable', { resolved: 'git+ssh://git@example.org/o/r.git' }],
    ['truncated', { resolved: 'git+https://example.org/o/r.git#0123456' }],
    ['unpinned', { resolved: 'file:vendor/a-1.0.0.tgz' }],
  ])('calls an entry %s that has %j, with advice', (reason, entry) => {
    const closure = readLock('package-lock.json', lock({ 'node_modules/a': { version: '1.0.0', ...entry } }));
    expect(closure.inputs[0]?.unverifiable?.reason).toBe(reason);
    expect(closure.inputs[0]?.unverifiable?.note).toMatch(/npm install|full commit id/);
  });

  it('pins a git dependency by its commit, and drops an integrity that npm made itself', () => {
    const resolved = `git+ssh://git@example.org/o/r.git#${commit.toUpperCase()}`;
    const closure = readLock(
      'package-lock.json',
      lock({ 'node_modules/a': { version: '1.0.0', resolved, integrity: sri('aa') } }),
    );
    expect(closure.inputs[0]?.artefacts).toEqual([{ digests: { gitCommit: commit } }]);
    expect(closure.inputs[0]?.purl).toMatch(/^pkg:npm\/a@1\.0\.0\?vcs_url=git%2Bssh:/);
    expect(closure.inputs[0]?.unverifiable).toBeUndefined();
  });

  it('takes root, workspaces, links and file: folders for the project’s own', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        '': { name: 'project', version: '1.0.0', workspaces: ['packages/*'] },
        'packages/w': { version: '2.0.0' },
        'node_modules/w': { resolved: 'packages/w', link: true },
        'node_modules/outside': { resolved: '../outside', link: true },
        'node_modules/dir': { version: '3.0.0', resolved: 'file:../dir' },
      }),
    );
    expect(closure.inputs.every((input) => input.local === true)).toBe(true);
    expect(inputOf(closure, 'pkg:npm/w@2.0.0').places.map((place) => place.path)).toEqual([
      'packages/w',
      'node_modules/w',
    ]);
    expect(closure.inputs).toHaveLength(4);
    expect(entriesOf(closure.inputs)).toBe(5);
  });

  it('names the parent of a bundled package, once for each parent', () => {
    const bundled = { version: '9.0.0', inBundle: true };
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/p': { version: '1.0.0', integrity: sri('aa'), bundleDependencies: ['b'] },
        'node_modules/p/node_modules/b': bundled,
        'node_modules/p/node_modules/b/node_modules/c': { ...bundled, integrity: sri('dd') },
        'node_modules/q': { version: '1.0.0', integrity: sri('bb'), bundleDependencies: true },
        'node_modules/q/node_modules/b': bundled,
      }),
    );
    const inherited = closure.inputs.filter((input) => input.unverifiable?.reason === 'inherited');
    expect(inherited.map((input) => input.purl)).toEqual([
      'pkg:npm/b@9.0.0',
      'pkg:npm/c@9.0.0',
      'pkg:npm/b@9.0.0',
    ]);
    expect(inherited[0]?.unverifiable?.note).toContain('pkg:npm/p@1.0.0');
    expect(inherited[2]?.unverifiable?.note).toContain('pkg:npm/q@1.0.0');
  });

  it('takes what the project itself bundles for ordinary: it comes from the registry', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        '': { name: 'project', bundleDependencies: ['a'] },
        'node_modules/a': { version: '1.0.0', integrity: sri('aa'), inBundle: true },
        'node_modules/b': { version: '1.0.0', inBundle: true },
      }),
    );
    expect(inputOf(closure, 'pkg:npm/a@1.0.0').unverifiable).toBeUndefined();
    expect(inputOf(closure, 'pkg:npm/b@1.0.0').unverifiable?.reason).toBe('unpinned');
  });

  it('takes a folder inside an installed package for part of that package', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        'node_modules/@s/p': { version: '1.0.0', integrity: sri('aa') },
        'node_modules/@s/p/lib/inner': { version: '0.1.0' },
        'node_modules/@s/p/node_modules/inner': { resolved: 'node_modules/@s/p/lib/inner', link: true },
      }),
    );
    expect(inputOf(closure, 'pkg:npm/inner@0.1.0').unverifiable?.reason).toBe('inherited');
    expect(inputOf(closure, 'pkg:npm/inner@0.1.0').unverifiable?.note).toContain('pkg:npm/%40s/p@1.0.0');
    expect(inputOf(closure, 'pkg:npm/inner@0.1.0').places).toHaveLength(2);
  });

  it('gives each package the copy that Node would load, from the nearest folder up', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        '': { name: 'project', version: '1.0.0', dependencies: { a: '1' }, devDependencies: { x: '1' } },
        'packages/w': { version: '1.0.0', dependencies: { x: '2', a: '1' } },
        'packages/w/node_modules/x': { version: '2.0.0', integrity: sri('22') },
        'node_modules/w': { resolved: 'packages/w', link: true },
        'node_modules/a': {
          version: '1.0.0',
          integrity: sri('aa'),
          dependencies: { x: '3' },
          optionalDependencies: { missing: '1' },
          peerDependencies: { w: '1' },
          devDependencies: { b: '1' },
        },
        'node_modules/a/node_modules/x': { version: '3.0.0', integrity: sri('33'), dependencies: { b: '1' } },
        'node_modules/b': { version: '1.0.0', integrity: sri('bb'), dependencies: { x: '1' } },
        'node_modules/x': { version: '1.0.0', integrity: sri('11') },
      }),
    );
    expect(dependenciesOf(closure, 'pkg:npm/project@1.0.0')).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/x@1.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/w@1.0.0')).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/x@2.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/a@1.0.0')).toEqual(['pkg:npm/w@1.0.0', 'pkg:npm/x@3.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/x@3.0.0')).toEqual(['pkg:npm/b@1.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/b@1.0.0')).toEqual(['pkg:npm/x@1.0.0']);
  });

  it('counts install scripts in a remark', () => {
    const entry = { version: '1.0.0', integrity: sri('aa') };
    const closure = readLock(
      'package-lock.json',
      lock({ 'node_modules/a': { ...entry, hasInstallScript: true }, 'node_modules/b': entry }),
    );
    expect(closure.remarks).toEqual([
      'Entries that run a script when they are installed: 1 of 2. Read those first.',
    ]);
  });

  it('lists an optional package that was never resolved, without version', () => {
    const closure = readLock('package-lock.json', lock({ 'node_modules/fsevents': { optional: true } }));
    expect(inputOf(closure, 'pkg:npm/fsevents').unverifiable?.reason).toBe('unpinned');
    expect(inputOf(closure, 'pkg:npm/fsevents').groups).toEqual(['optional']);
  });

  it.each([4, 0, '3', null, { a: 1 }])(
    'names a lockfileVersion that it does not know: %j',
    async (version) => {
      const error = await expectCode('lockfile-version-unknown', () =>
        readLock('package-lock.json', { lockfileVersion: version, packages: {} }),
      );
      expect(error.message).toContain('package-lock.json: lockfileVersion');
    },
  );

  it('refuses version 3 without packages rather than finding nothing', async () => {
    await expectCode('lockfile-invalid', () => readLock('package-lock.json', { lockfileVersion: 3 }));
    await expectCode('lockfile-invalid', () => readLock('package-lock.json', { name: 'x' }));
  });

  it.each([
    [{ 'node_modules/a': 'x' }, 'must be an object'],
    [{ 'node_modules/a': { version: 1 } }, 'line 7: "version" must be a text'],
    [
      { 'node_modules/a': { version: '1', integrity: 'sha512-AAAA' } },
      'line 7: an integrity that cannot be read',
    ],
    [
      { 'node_modules/a': { version: '1', integrity: 'rot13-AAAA' } },
      'line 7: an integrity that cannot be read',
    ],
    [{ 'node_modules/': { version: '1' } }, 'is no npm package'],
  ])('refuses the entry %j', async (packages, message) => {
    const error = await expectCode('lockfile-invalid', () => readLock('package-lock.json', lock(packages)));
    expect(error.message).toContain(message);
  });
});
