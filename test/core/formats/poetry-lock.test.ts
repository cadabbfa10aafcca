import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const hash = (digit: string): string => digit.repeat(64);
const commit = '0123456789abcdef0123456789abcdef01234567';
const metadata = '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9"\ncontent-hash = "0"\n';
const lock = (...packages: string[]): string => `${packages.join('\n')}\n${metadata}`;
const plain = (name: string, version: string, rest = ''): string =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\noptional = false\n${rest}`;

describe('poetry.lock', () => {
  it('keeps every file of a package with its sha256, its line, groups and edges', () => {
    const closure = readLock(
      'poetry.lock',
      lock(
        plain(
          'Zope_Interface',
          '1.0',
          `groups = ["main", "test"]\nfiles = [\n  {file = "z-1.0.tar.gz", hash = "sha256:${hash('a')}"},\n  {file = "z-1.0-py3-none-any.whl", hash = "sha256:${hash('B')}"},\n]\n\n[package.dependencies]\n"six.moves" = ">=1"\n`,
        ),
        plain(
          'six-moves',
          '2.0',
          `groups = ["main"]\nfiles = [{file = "s", hash = "sha256:${hash('c')}"}]\n`,
        ),
      ),
    );
    expect(closure).toEqual({
      format: 'poetry.lock 2.1',
      inputs: [
        {
          purl: 'pkg:pypi/zope-interface@1.0',
          artefacts: [
            { name: 'z-1.0.tar.gz', digests: { sha256: hash('a') } },
            { name: 'z-1.0-py3-none-any.whl', digests: { sha256: hash('b') } },
          ],
          places: [{ line: 1 }],
          groups: ['main', 'test'],
          dependencies: [1],
        },
        {
          purl: 'pkg:pypi/six-moves@2.0',
          artefacts: [{ name: 's', digests: { sha256: hash('c') } }],
          places: [{ line: 14 }],
          groups: ['main'],
          dependencies: [],
        },
      ],
      remarks: [],
    });
  });

  it('reads the files of Poetry 1 apart, by name, and by version where a name has several', () => {
    const closure = readLock(
      'poetry.lock',
      `${plain('a', '1.0', 'category = "dev"\n')}\n${plain('b', '1.0')}\n${plain('b', '2.0')}
[metadata]
lock-version = "1.1"
content-hash = "0"

[metadata.files]
A = [{file = "a-1.0.tar.gz", hash = "sha256:${hash('1')}"}]
b = [
  {file = "b-1.0.tar.gz", hash = "sha256:${hash('2')}"},
  {file = "b-2.0-py3-none-any.whl", hash = "sha256:${hash('3')}"},
]
`,
    );
    expect(closure.format).toBe('poetry.lock 1.1');
    expect(inputOf(closure, 'pkg:pypi/a@1.0').groups).toEqual(['dev']);
    expect(closure.inputs.map((input) => input.artefacts.map(({ digests }) => digests.sha256?.[0]))).toEqual([
      ['1'],
      ['2'],
      ['3'],
    ]);
  });

  it('reads the bare hashes of the oldest files', () => {
    const closure = readLock(
      'poetry.lock',
      `${plain('a', '1.0')}\n[metadata]\ncontent-hash = "0"\n[metadata.hashes]\na = ["${hash('1')}", "${hash('2')}"]\n`,
    );
    expect(closure.inputs[0]?.artefacts).toEqual([
      { digests: { sha256: hash('1') } },
      { digests: { sha256: hash('2') } },
    ]);
  });

  it('tells sources apart: git by commit, url by file, another index, a directory as the project’s own', () => {
    const source = (type: string, rest: string): string =>
      `files = [{file = "f", hash = "sha256:${hash('a')}"}]\n[package.source]\ntype = "${type}"\n${rest}\n`;
    const closure = readLock(
      'poetry.lock',
      lock(
        plain(
          'g',
          '1',
          source(
            'git',
            `url = "https://me:secret@example.org/g.git"\nreference = "main"\nresolved_reference = "${commit}"`,
          ),
        ),
        plain('u', '1', source('url', 'url = "https://example.org/u-1.tar.gz"')),
        plain('l', '1', source('legacy', 'url = "https://index.example/simple"')),
        plain('d', '1', '[package.source]\ntype = "directory"\nurl = "../d"\n'),
        plain('f', '1', source('file', 'url = "f-1.whl"')),
      ),
    );
    expect(
      closure.inputs.map((input) => [
        input.purl,
        input.local ?? Object.keys(input.artefacts[0]?.digests ?? {}),
      ]),
    ).toEqual([
      [`pkg:pypi/g@1?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fg.git%40${commit}`, ['gitCommit']],
      ['pkg:pypi/u@1?download_url=https:%2F%2Fexample.org%2Fu-1.tar.gz', ['sha256']],
      ['pkg:pypi/l@1?repository_url=https:%2F%2Findex.example%2Fsimple', ['sha256']],
      ['pkg:pypi/d@1', true],
      ['pkg:pypi/f@1', ['sha256']],
    ]);
  });

  it.each([
    ['unpinned', 'files = []\n'],
    ['weak', `files = [{file = "a", hash = "md5:${'a'.repeat(32)}"}]\n`],
    ['other-kind', `files = [{file = "a", hash = "sha3_256:${hash('a')}"}]\n`],
    ['mutable', '[package.source]\ntype = "git"\nurl = "https://example.org/a"\nreference = "main"\n'],
    [
      'truncated',
      '[package.source]\ntype = "git"\nurl = "https://example.org/a"\nresolved_reference = "0123456"\n',
    ],
  ])('calls a package %s with %j', (reason, rest) => {
    const closure = readLock('poetry.lock', lock(plain('a', '1', rest)));
    expect(standings(closure)).toEqual({ [reason]: 1 });
  });

  it('marks what only extras need, and connects every version that markers choose between', () => {
    const closure = readLock(
      'poetry.lock',
      lock(
        plain('a', '1', 'groups = ["main"]\n[package.dependencies]\nb = "*"\n'),
        plain('b', '1', 'groups = ["main"]\n').replace('optional = false', 'optional = true'),
        plain('b', '2', 'groups = ["main"]\n'),
      ),
    );
    expect(dependenciesOf(closure, 'pkg:pypi/a@1')).toEqual(['pkg:pypi/b@1', 'pkg:pypi/b@2']);
    expect(inputOf(closure, 'pkg:pypi/b@1').groups).toEqual(['optional']);
  });

  it.each([
    [plain('a', '1'), 'without [metadata]'],
    [lock(plain('a', '1', 'files = [{file = "a", hash = "abc"}]\n')), 'line 1: a hash without algorithm'],
    [
      lock(plain('a', '1', 'files = [{file = "a", hash = "sha256:abc"}]\n')),
      'line 1: a hash that cannot be read',
    ],
    [lock('[[package]]\nname = "a"'), 'line 1: a package without version'],
    [lock('[[package]]\nname = 1\nversion = "1"'), 'line 1: "name" must be a text'],
    [lock(plain('a', '1', 'name = "b"\n')), 'line 5: not TOML'],
  ])('refuses %j with the place', async (text, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('poetry.lock', text))).message).toContain(
      message,
    );
  });

  it('names a version that it does not know', async () => {
    const text = lock(plain('a', '1')).replace('2.1', '3.0');
    const error = await expectCode('lockfile-version-unknown', () => readLock('poetry.lock', text));
    expect(error.message).toContain('lock-version 3.0');
  });

  it('takes __proto__ and constructor for names', () => {
    const closure = readLock(
      'poetry.lock',
      lock(
        plain('a', '1', '[package.dependencies]\n__proto__ = "*"\nconstructor = "*"\n'),
        plain('constructor', '1'),
      ).replace('[metadata]', '[metadata]\n__proto__ = {files = []}'),
    );
    expect(dependenciesOf(closure, 'pkg:pypi/a@1')).toEqual(['pkg:pypi/constructor@1']);
    expect(({} as { files?: unknown }).files).toBeUndefined();
  });
});
