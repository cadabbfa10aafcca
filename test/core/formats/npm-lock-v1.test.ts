import { describe, expect, it } from 'vitest';
import { dependenciesOf, entriesOf, inputOf, readLock } from '../../support/lockfile.ts';

const sri = `sha512-${Buffer.from('ab'.repeat(64), 'hex').toString('base64')}`;
const sha1 = `sha1-${Buffer.from('cd'.repeat(20), 'hex').toString('base64')}`;
const commit = '0123456789abcdef0123456789abcdef01234567';

function lock(dependencies: object): object {
  return { name: 'project', version: '1.0.0', lockfileVersion: 1, requires: true, dependencies };
}

describe('package-lock.json of version 1', () => {
  it('walks nested dependencies and resolves what they require', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        a: {
          version: '1.0.0',
          integrity: sri,
          requires: { b: '^2', c: '^1', missing: '*' },
          dependencies: { b: { version: '2.0.0', integrity: sri, requires: { c: '^1' } } },
        },
        b: { version: '1.0.0', integrity: sri, dev: true, optional: true },
        c: { version: '1.0.0', integrity: sha1 },
      }),
    );
    expect(closure.format).toBe('package-lock v1');
    expect(inputOf(closure, 'pkg:npm/project@1.0.0').local).toBe(true);
    expect(dependenciesOf(closure, 'pkg:npm/a@1.0.0')).toEqual(['pkg:npm/b@2.0.0', 'pkg:npm/c@1.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/b@2.0.0')).toEqual(['pkg:npm/c@1.0.0']);
    expect(inputOf(closure, 'pkg:npm/b@2.0.0').places).toEqual([
      { line: 16, path: 'node_modules/a/node_modules/b' },
    ]);
    expect(inputOf(closure, 'pkg:npm/b@1.0.0').groups).toEqual(['dev', 'optional']);
    expect(inputOf(closure, 'pkg:npm/c@1.0.0').unverifiable?.reason).toBe('weak');
    expect(entriesOf(closure.inputs)).toBe(5);
  });

  it('reads aliases, git and file addresses, and tarballs in place of a version', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        cjs: { version: 'npm:@s/real@4.2.0', integrity: sri },
        git: {
          version: `git+ssh://git@example.org/o/r.git#${commit}`,
          from: 'git+ssh://git@example.org/o/r.git',
        },
        hosted: { version: `github:o/r#${commit}` },
        moving: { version: 'github:o/r#main' },
        folder: { version: 'file:../folder' },
        tarball: { version: 'https://example.org/t.tgz', integrity: sri },
        packed: { version: 'file:packed-1.0.0.tgz', integrity: sri },
      }),
    );
    const standing = Object.fromEntries(
      closure.inputs.map((input) => [
        input.places[0]?.path?.replace('node_modules/', '') ?? 'root',
        input.local === true
          ? 'local'
          : (input.unverifiable?.reason ?? Object.keys(input.artefacts[0]?.digests ?? {})[0]),
      ]),
    );
    expect(standing).toEqual({
      root: 'local',
      cjs: 'sha512',
      git: 'gitCommit',
      hosted: 'gitCommit',
      moving: 'mutable',
      folder: 'local',
      tarball: 'sha512',
      packed: 'sha512',
    });
    expect(inputOf(closure, 'pkg:npm/%40s/real@4.2.0').places[0]?.path).toBe('node_modules/cjs');
    expect(closure.inputs.map((input) => input.purl)).toContain(
      'pkg:npm/tarball?download_url=https:%2F%2Fexample.org%2Ft.tgz',
    );
  });

  it('calls what is bundled inherited from the package above the bundle, also when it has an integrity', () => {
    const closure = readLock(
      'package-lock.json',
      lock({
        p: {
          version: '1.0.0',
          integrity: sri,
          dependencies: {
            b: {
              version: '2.0.0',
              bundled: true,
              resolved: false,
              dependencies: { c: { version: '3.0.0', bundled: true, integrity: sri } },
            },
          },
        },
      }),
    );
    for (const purl of ['pkg:npm/b@2.0.0', 'pkg:npm/c@3.0.0']) {
      expect(inputOf(closure, purl).unverifiable?.reason).toBe('inherited');
      expect(inputOf(closure, purl).unverifiable?.note).toContain('pkg:npm/p@1.0.0');
    }
  });

  it('reads shrinkwraps of npm 4 and older, which have no version and pin git by resolved', () => {
    const closure = readLock('npm-shrinkwrap.json', {
      name: 'old',
      version: '1.0.0',
      dependencies: {
        a: { version: '1.0.0', from: 'a@^1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz' },
        g: {
          version: '1.0.0',
          from: 'git+https://example.org/g.git#v1',
          resolved: `git+https://example.org/g.git#${commit}`,
        },
      },
    });
    expect(closure.format).toBe('npm-shrinkwrap without version');
    expect(inputOf(closure, 'pkg:npm/a@1.0.0').unverifiable?.reason).toBe('unpinned');
    expect(closure.inputs[2]?.artefacts).toEqual([{ digests: { gitCommit: commit } }]);
  });

  it('finds the project alone in a file without dependencies', () => {
    const closure = readLock('package-lock.json', { name: 'empty', version: '1.0.0', lockfileVersion: 1 });
    expect(closure.inputs.map((input) => input.purl)).toEqual(['pkg:npm/empty@1.0.0']);
  });
});
