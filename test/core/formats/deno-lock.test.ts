import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const sri = (byte: number): string => `sha512-${Buffer.alloc(64, byte).toString('base64')}`;
const hash = (digit: string): string => digit.repeat(64);
const jsr = (name: string): string => `pkg:generic/%40std/${name}?repository_url=https:%2F%2Fjsr.io`;

describe('deno.lock', () => {
  it('reads versions 4 and 5: npm with peers, jsr, modules by address, the workspace', () => {
    const closure = readLock('deno.lock', {
      version: '5',
      specifiers: {
        'npm:a@^1': '1.0.0_b@2.0.0',
        'jsr:@std/path@^1': '1.0.8',
        'jsr:@std/internal@^1.0.1': '1.0.1',
      },
      jsr: {
        '@std/internal@1.0.1': { integrity: hash('1') },
        '@std/path@1.0.8': { integrity: hash('2'), dependencies: ['jsr:@std/internal@^1.0.1', 'npm:a@^1'] },
      },
      npm: {
        'a@1.0.0_b@2.0.0': { integrity: sri(1), dependencies: ['b', 'x@npm:b@2.0.0'] },
        'b@2.0.0': { integrity: sri(2) },
      },
      remote: { 'https://deno.example/std/mod.ts': hash('3') },
      workspace: { dependencies: ['jsr:@std/path@^1'], packageJson: { dependencies: ['npm:a@^1'] } },
    });
    expect(closure.format).toBe('deno.lock v5');
    expect(inputOf(closure, 'pkg:npm/a@1.0.0')).toEqual({
      purl: 'pkg:npm/a@1.0.0',
      artefacts: [{ digests: { sha512: Buffer.alloc(64, 1).toString('hex') } }],
      places: [{ line: 21, path: 'npm:a@1.0.0_b@2.0.0' }],
      groups: [],
      dependencies: [1],
    });
    expect(inputOf(closure, jsr('path@1.0.8'))).toMatchObject({
      artefacts: [{ digests: { jsrManifest: hash('2') } }],
      unverifiable: { reason: 'other-kind' },
    });
    expect(dependenciesOf(closure, jsr('path@1.0.8'))).toEqual([jsr('internal@1.0.1'), 'pkg:npm/a@1.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/unnamed')).toEqual([jsr('path@1.0.8'), 'pkg:npm/a@1.0.0']);
    const remote = inputOf(
      closure,
      'pkg:generic/mod.ts?download_url=https:%2F%2Fdeno.example%2Fstd%2Fmod.ts',
    );
    expect(remote.artefacts).toEqual([{ digests: { sha256: hash('3') } }]);
    expect(remote.places[0]?.line).toBe(33);
  });

  it('reads version 3, everything below packages', () => {
    const closure = readLock('deno.lock', {
      version: '3',
      packages: {
        specifiers: { 'npm:a@1': 'npm:a@1.0.0' },
        npm: {
          'a@1.0.0': { integrity: sri(1), dependencies: { renamed: 'b@2.0.0' } },
          'b@2.0.0': { integrity: sri(2), dependencies: {} },
        },
      },
      workspace: { dependencies: ['npm:a@1'] },
    });
    expect(dependenciesOf(closure, 'pkg:npm/a@1.0.0')).toEqual(['pkg:npm/b@2.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/unnamed')).toEqual(['pkg:npm/a@1.0.0']);
  });

  it('reads version 2, and version 1, which is a map of addresses', () => {
    const second = readLock('deno.lock', {
      version: '2',
      remote: {},
      npm: {
        specifiers: { 'a@1': 'a@1.0.0' },
        packages: { 'a@1.0.0': { integrity: sri(1), dependencies: {} } },
      },
    });
    expect([second.format, standings(second)]).toEqual(['deno.lock v2', { pinned: 1 }]);
    const first = readLock('upload', {
      'https://u:p@deno.example/': hash('1'),
      'http://x.example/a.ts?b': hash('2'),
    });
    expect(first.format).toBe('deno.lock v1');
    expect(first.inputs.map((input) => [input.purl, input.places[0]?.line])).toEqual([
      ['pkg:generic/deno.example?download_url=https:%2F%2Fdeno.example%2F', 2],
      ['pkg:generic/a.ts?download_url=http:%2F%2Fx.example%2Fa.ts%3Fb', 3],
    ]);
  });

  it.each([
    ['unpinned', { npm: { 'a@1.0.0': {} } }],
    ['unpinned', { jsr: { '@s/a@1.0.0': {} } }],
    ['pinned', { npm: { 'a@1.0.0': { integrity: sri(1), tarball: 'https://example.org/a.tgz' } } }],
  ])('calls a package %s in %j', (standing, packages) => {
    expect(standings(readLock('deno.lock', { version: '4', ...packages }))).toEqual({ [standing]: 1 });
  });

  it.each([
    [{ version: '4', npm: { a: {} } }, 'not a package with a version'],
    [{ version: '4', npm: { 'a@1': [] } }, 'the package "a@1" must be an object'],
    [{ version: '4', jsr: { '@s/a@1': { integrity: 'x' } } }, 'a hash that cannot be read'],
    [{ version: '4', remote: { 'https://x.example': 'x' } }, 'a hash that cannot be read'],
    [{ specifiers: {} }, 'without a version'],
  ])('refuses %j', async (content, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('deno.lock', content))).message).toContain(
      message,
    );
  });

  it('names a version that it does not know', async () => {
    await expectCode('lockfile-version-unknown', () => readLock('deno.lock', { version: '6', npm: {} }));
  });

  it('takes __proto__ for a name', () => {
    const text = `{"version": "4", "specifiers": {"__proto__": "x"}, "npm": {"__proto__@1.0.0": {"integrity": "${sri(1)}", "dependencies": ["constructor"]}}}`;
    const closure = readLock('deno.lock', text);
    expect(closure.inputs.map((input) => [input.purl, input.dependencies])).toEqual([
      ['pkg:npm/__proto__@1.0.0', []],
    ]);
  });
});
