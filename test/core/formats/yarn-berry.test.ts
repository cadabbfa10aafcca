import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const sum = 'ab'.repeat(64);
const commit = '0123456789abcdef0123456789abcdef01234567';
const head = '__metadata:\n  version: 8\n  cacheKey: 10c0\n\n';
const entry = (header: string, resolution: string, rest = ''): string =>
  `"${header}":\n  version: 1.0.0\n  resolution: "${resolution}"\n${rest}  languageName: node\n`;
const lock = (...entries: string[]): string => `${head}${entries.join('\n')}`;

describe('yarn.lock of yarn 2 and newer', () => {
  it('keeps the checksum as what it is: of the zip that yarn repacks, under a cache key', () => {
    const closure = readLock(
      'yarn.lock',
      lock(
        entry(
          '@s/a@npm:^1, @s/a@npm:~1.0',
          '@s/a@npm:1.0.0',
          `  dependencies:\n    b: "npm:^2"\n    c: ^3\n  checksum: 10c0/${sum}\n`,
        ),
        entry('b@npm:^2', 'b@npm:2.0.0', `  checksum: ${sum}\n`),
        entry('c@npm:^3', 'real@npm:3.0.0', `  checksum: 9/${sum}\n`),
      ),
    );
    expect(closure.format).toBe('yarn.lock metadata 8');
    expect(closure.inputs[0]).toEqual({
      purl: 'pkg:npm/%40s/a@1.0.0',
      artefacts: [{ digests: { yarnZip: sum } }],
      places: [{ line: 5, path: '@s/a@npm:1.0.0' }],
      groups: [],
      dependencies: [1, 2],
      unverifiable: {
        reason: 'other-kind',
        note: 'Its checksum is of the zip that yarn repacks it into (cache key 10c0), not of the published tarball.',
      },
    });
    expect(
      closure.inputs.map((input) => /cache key ([^)]*)/.exec(input.unverifiable?.note ?? '')?.[1]),
    ).toEqual(['10c0', '10c0', '9']);
    expect(inputOf(closure, 'pkg:npm/real@3.0.0').dependencies).toEqual([]);
  });

  it('reports packages for one platform without checksum loudly', () => {
    const closure = readLock(
      'yarn.lock',
      lock(entry('a@npm:1', 'a@npm:1.0.0', '  conditions: os=linux & cpu=x64\n')),
    );
    expect(standings(closure)).toEqual({ unpinned: 1 });
    expect(closure.remarks).toEqual([
      'Packages for one platform that have no checksum, so that yarn takes whatever the registry gives: 1.',
    ]);
  });

  it('keeps a patched package beside the package, and leads to both', () => {
    const patch = 'ts@patch:ts@npm%3A^5#optional!builtin<compat/ts>';
    const closure = readLock(
      'yarn.lock',
      lock(
        entry('own@workspace:.', 'own@workspace:.', '  dependencies:\n    ts: "npm:^5"\n'),
        entry('ts@npm:^5', 'ts@npm:1.0.0', `  checksum: 10c0/${sum}\n`),
        entry(
          patch,
          'ts@patch:ts@npm%3A1.0.0#optional!builtin<compat/ts>::version=1.0.0&hash=74658d',
          `  checksum: 10c0/${'cd'.repeat(64)}\n`,
        ),
      ),
    );
    expect(dependenciesOf(closure, 'pkg:npm/own@1.0.0')).toEqual([
      'pkg:npm/ts@1.0.0',
      'pkg:npm/ts@1.0.0?patch=optional%21builtin%3Ccompat%2Fts%3E',
    ]);
    expect(closure.remarks).toEqual([]);
  });

  it.each([
    ['local', 'a@workspace:packages/a', ''],
    ['local', 'a@link:../a::locator=x', ''],
    ['local', 'a@portal:../a', ''],
    ['local', 'a@file:../a#../a::hash=1', ''],
    ['other-kind', 'a@file:a.tgz#a.tgz::hash=1', `  checksum: ${sum}\n`],
    ['other-kind', 'a@https://example.org/a.tgz', `  checksum: ${sum}\n`],
    ['other-kind', 'a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fx.example', `  checksum: ${sum}\n`],
    ['unpinned', 'a@npm:1.0.0', ''],
    ['unpinned', 'a@exec:./make.js#x', `  checksum: ${sum}\n`],
    ['pinned', `a@https://u:p@github.com/o/a.git#commit=${commit}`, `  checksum: ${sum}\n`],
    ['pinned', `a@git+ssh://git@example.org/a#workspace=x&commit=${commit}`, ''],
    ['mutable', 'a@git@example.org:o/a.git', ''],
    ['truncated', 'a@https://example.org/a.git#commit=0123456', ''],
  ])('calls an entry %s whose resolution is %s', (standing, resolution, rest) => {
    const closure = readLock('yarn.lock', lock(entry('a@x', resolution, rest)));
    expect(standings(closure)).toEqual({ [standing]: 1 });
    expect(closure.inputs[0]?.purl).not.toContain('u:p');
  });

  it.each([
    [`${head}a: text\n`, 'the entry "a" must be an object'],
    [`${head}"a@1":\n  version: 1\n`, 'line 5: an entry without resolution'],
    [lock(entry('a@1', 'nothing')), 'line 5: not a resolution'],
    [lock(entry('a@1', 'a@moon:1')), 'line 5: a resolution of an unknown protocol'],
    [lock(entry('a@1', 'a@npm:1', '  checksum: abc\n')), 'line 5: a checksum that cannot be read'],
    [lock(entry('a@1', 'a@npm:1', '  version: 2\n')), 'line 8: the key "version" occurs twice'],
    [`${head}a: &x 1\nb: *x\n`, 'line 5: an anchor'],
    [`${head}a: *x\n`, 'line 5: an alias'],
    [`${head}a: !!binary x\n`, 'line 5: a tag'],
    [`${head}? [a]\n: b\n`, 'line 5: a key that is not a text'],
    [`${head}---\na: b\n`, 'expected one document'],
    [`${head}a: "b\n`, 'not YAML'],
  ])('refuses %j with the line', async (text, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('yarn.lock', text))).message).toContain(
      message,
    );
  });

  it('refuses an alias bomb before it can expand, and deep nesting', async () => {
    const bomb = Array.from(
      { length: 12 },
      (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]\n`,
    );
    await expectCode('lockfile-invalid', () => readLock('yarn.lock', `${head}x: &a-1 y\n${bomb.join('')}`));
    await expectCode('lockfile-too-large', () => readLock('yarn.lock', `${head}a: ${'['.repeat(100_000)}`));
    await expectCode('lockfile-too-large', () =>
      readLock('yarn.lock', `${head}a: ${'{a: '.repeat(100_000)}`),
    );
  });

  it('takes time in proportion to a header of the kind that makes patterns go back and forth', () => {
    for (const header of [`a${' '.repeat(500_000)}b`, 'a@patch:'.repeat(60_000), ', '.repeat(250_000)]) {
      const started = process.cpuUsage();
      readLock('yarn.lock', lock(entry(header, 'a@npm:1')));
      expect(process.cpuUsage(started).user).toBeLessThan(3_000_000);
    }
  });

  it('names a version that it does not know', async () => {
    const error = await expectCode('lockfile-version-unknown', () =>
      readLock('yarn.lock', head.replace('8', '99')),
    );
    expect(error.message).toContain('version "99"');
  });

  it('takes __proto__ for a name', () => {
    const text = `${head}__proto__:\n  version: 1.0.0\n  resolution: "__proto__@npm:1.0.0"\n  __proto__: x\n`;
    expect(readLock('yarn.lock', text).inputs[0]?.purl).toBe('pkg:npm/__proto__@1.0.0');
  });
});
