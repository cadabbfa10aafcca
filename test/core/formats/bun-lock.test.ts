import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const sri = (byte: number): string => `sha512-${Buffer.alloc(64, byte).toString('base64')}`;
const lock = (packages: string, workspaces = '"": {"name": "own"}'): string =>
  `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    ${workspaces},\n  },\n  "packages": {\n${packages}\n  },\n}\n`;

describe('bun.lock', () => {
  it('reads workspaces, nested installs, groups and lines, with trailing commas', () => {
    const closure = readLock(
      'bun.lock',
      lock(
        `    "a": ["a@1.0.0", "", { "dependencies": { "b": "^1", }, }, "${sri(1)}"],
    "a/b": ["b@1.0.0", "", {}, "${sri(2)}"],
    "b": ["b@2.0.0", "", {}, "${sri(3)}"],
    "x": ["@s/real@3.0.0", "", {}, "${sri(4)}"],
    "tool": ["tool@workspace:packages/tool"],`,
        '"": {"name": "own", "dependencies": {"a": "1"}, "devDependencies": {"b": "2", "tool": "*"}}, "packages/tool": {"name": "tool", "optionalDependencies": {"x": "3"}}',
      ),
    );
    expect(closure.format).toBe('bun.lock v1');
    expect(
      closure.inputs.map(({ purl, groups, places, local }) => [
        purl,
        groups,
        places[0]?.line,
        local ?? false,
      ]),
    ).toEqual([
      ['pkg:npm/own', [], 4, true],
      ['pkg:npm/tool', [], 4, true],
      ['pkg:npm/a@1.0.0', [], 7, false],
      ['pkg:npm/b@1.0.0', [], 8, false],
      ['pkg:npm/b@2.0.0', ['dev'], 9, false],
      ['pkg:npm/%40s/real@3.0.0', ['optional'], 10, false],
    ]);
    expect(dependenciesOf(closure, 'pkg:npm/a@1.0.0')).toEqual(['pkg:npm/b@1.0.0']);
    expect(dependenciesOf(closure, 'pkg:npm/own')).toEqual([
      'pkg:npm/a@1.0.0',
      'pkg:npm/b@2.0.0',
      'pkg:npm/tool',
    ]);
    expect(dependenciesOf(closure, 'pkg:npm/tool')).toEqual(['pkg:npm/%40s/real@3.0.0']);
    expect(inputOf(closure, 'pkg:npm/b@1.0.0').places).toEqual([{ line: 8, path: 'a/b' }]);
  });

  it.each([
    ['pinned', `["a@1.0.0", "", {}, "${sri(1)}"]`],
    ['unpinned', '["a@1.0.0", "", {}]'],
    ['truncated', '["a@github:o/a#0123456", {}, "o-a-0123456"]'],
    ['pinned', `["a@git+https://u:p@example.org/a#${'0'.repeat(40)}", {}, "x"]`],
    ['mutable', '["a@git+https://example.org/a", {}, "x"]'],
    ['local', '["a@file:../a", {}]'],
    ['local', '["a@link:a", {}]'],
    ['local', '["a@root:", {}]'],
    ['pinned', `["a@https://example.org/a.tgz", {}, "${sri(1)}"]`],
    ['unpinned', '["a@https://example.org/a.tgz", {}]'],
    ['pinned', `["a@a.tgz", {}, "${sri(1)}"]`],
  ])('calls a package %s that is %s', (standing, tuple) => {
    const closure = readLock('bun.lock', lock(`"a": ${tuple}`));
    expect(standings(closure)).toEqual({
      local: standing === 'local' ? 2 : 1,
      ...(standing !== 'local' && { [standing]: 1 }),
    });
    expect(closure.inputs[1]?.purl).not.toContain('u:p');
  });

  it('names the package that another one is bundled in', () => {
    const closure = readLock(
      'bun.lock',
      lock(`"a": ["a@1.0.0", "", {}, "${sri(1)}"], "a/b": ["b@1.0.0", "", {"bundled": true}, "${sri(2)}"]`),
    );
    expect(inputOf(closure, 'pkg:npm/b@1.0.0').unverifiable?.reason).toBe('inherited');
  });

  it.each([
    [lock('"a": {}'), 'line 6: the package "a" must be a list'],
    [lock('"a": []'), 'the package "a" has no id'],
    [lock('"a": ["a"]'), 'not an id: a'],
    [lock('"a": ["a@1", "", {}, "sha512-x"]'), 'line 7: an integrity that cannot be read'],
    [lock('"a": ["a@1",,]'), 'line 7: not JSON'],
    [lock('"a": ["a@1"],,'), 'line 7: not JSON'],
    [lock('"a": ["a@1"], "a": ["a@1"]'), 'line 7: the key "a" occurs twice'],
    [lock('', '"": 1'), 'the workspace "" must be an object'],
    ['{"lockfileVersion": 1, "workspaces": {,}}', 'line 1: not JSON'],
  ])('refuses %j with the line', async (text, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('bun.lock', text))).message).toContain(
      message,
    );
  });

  it('refuses deep nesting, and names a version that it does not know', async () => {
    await expectCode('lockfile-too-large', () => readLock('bun.lock', lock(`"a": ${'['.repeat(100_000)}`)));
    await expectCode('lockfile-version-unknown', () =>
      readLock('bun.lock', lock('').replace('"lockfileVersion": 1', '"lockfileVersion": 9')),
    );
  });

  it('takes __proto__ for a name and a path', () => {
    const closure = readLock(
      'bun.lock',
      lock(
        `"__proto__": ["__proto__@1.0.0", "", {"__proto__": {}}, "${sri(1)}"]`,
        '"": {"dependencies": {"__proto__": "1"}}',
      ),
    );
    expect(dependenciesOf(closure, 'pkg:npm/unnamed')).toEqual(['pkg:npm/__proto__@1.0.0']);
  });
});
