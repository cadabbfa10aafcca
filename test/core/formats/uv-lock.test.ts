import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const hash = (digit: string): string => digit.repeat(64);
const commit = '0123456789abcdef0123456789abcdef01234567';
const head = 'version = 1\nrevision = 3\nrequires-python = ">=3.9"\n';
const registry = 'source = { registry = "https://pypi.example/simple" }\n';
const item = (name: string, rest: string, version = '1'): string =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\n${rest}`;
const lock = (...items: string[]): string => `${head}${items.join('\n')}`;

describe('uv.lock', () => {
  it('keeps source distribution and wheels by file name', () => {
    const closure = readLock(
      'uv.lock',
      lock(
        item(
          'a',
          `${registry}sdist = { url = "https://f.example/x/a-1%2B.tar.gz?x#y", hash = "sha256:${hash('a')}", size = 1 }\nwheels = [\n  { url = "https://f.example/x/a-1-py3-none-any.whl", hash = "sha256:${hash('b')}" },\n  { filename = "a-1-none.whl" },\n]\n`,
        ),
      ),
    );
    expect(closure).toEqual({
      format: 'uv.lock v1 revision 3',
      inputs: [
        {
          purl: 'pkg:pypi/a@1?repository_url=https:%2F%2Fpypi.example%2Fsimple',
          artefacts: [
            { name: 'a-1+.tar.gz', digests: { sha256: hash('a') } },
            { name: 'a-1-py3-none-any.whl', digests: { sha256: hash('b') } },
            { name: 'a-1-none.whl', digests: {} },
          ],
          places: [{ line: 4 }],
          groups: [],
          dependencies: [],
        },
      ],
      remarks: [],
    });
  });

  it('derives groups from the project’s own: production first, then groups and extras', () => {
    const empty = 'source = { url = "https://x.example/f.whl" }\n';
    const closure = readLock(
      'uv.lock',
      lock(
        item(
          'own',
          'source = { editable = "." }\ndependencies = [{ name = "prod" }]\n[package.optional-dependencies]\nfast = [{ name = "quick" }]\n[package.dev-dependencies]\ndev = [{ name = "test" }, { name = "prod" }]\nlint = [{ name = "test" }]\n',
        ),
        item('prod', `${empty}dependencies = [{ name = "deep" }]\n`),
        item('deep', empty),
        item('quick', empty),
        item('test', `${empty}dependencies = [{ name = "deep" }, { name = "own" }, { name = "twig" }]\n`),
        item('twig', empty),
      ),
    );
    const groups: Record<string, readonly string[]> = Object.fromEntries(
      closure.inputs.map((input) => [/pypi\/(\w+)/.exec(input.purl)?.[1] ?? '', input.groups] as const),
    );
    expect(groups).toEqual({
      own: [],
      prod: [],
      deep: [],
      quick: ['extra:fast'],
      test: ['dev', 'lint'],
      twig: ['dev', 'lint'],
    });
    expect(inputOf(closure, 'pkg:pypi/own@1').local).toBe(true);
    expect(inputOf(closure, 'pkg:pypi/own@1').dependencies).toEqual([1, 3, 4]);
  });

  it('tells versions of one name apart by the version of the dependency', () => {
    const closure = readLock(
      'uv.lock',
      lock(
        item('own', 'source = { virtual = "." }\ndependencies = [{ name = "a", version = "2" }]\n'),
        item('a', 'source = { url = "https://x.example/1" }\n'),
        item('a', 'source = { url = "https://x.example/2" }\n', '2'),
      ),
    );
    expect(dependenciesOf(closure, 'pkg:pypi/own@1')).toEqual([
      'pkg:pypi/a@2?download_url=https:%2F%2Fx.example%2F2',
    ]);
  });

  it.each([
    ['local', 'source = { directory = "../a" }\n'],
    ['local', 'source = { virtual = "a" }\n'],
    ['pinned', `source = { git = "https://example.org/a?rev=main#${commit}" }\n`],
    ['mutable', 'source = { git = "https://example.org/a?branch=main" }\n'],
    ['truncated', 'source = { git = "https://example.org/a#0123456" }\n'],
    [
      'pinned',
      `source = { path = "a.whl" }\nwheels = [{ filename = "a.whl", hash = "sha256:${hash('a')}" }]\n`,
    ],
    ['unpinned', `${registry}sdist = { url = "https://x.example/a.tar.gz" }\n`],
    ['unpinned', registry],
  ])('calls a package %s whose source is %j', (standing, rest) => {
    expect(standings(readLock('uv.lock', lock(item('a', rest))))).toEqual({ [standing]: 1 });
  });

  it('counts packages with wheels only', () => {
    const closure = readLock(
      'uv.lock',
      lock(item('a', `${registry}wheels = [{ filename = "a.whl", hash = "sha256:${hash('a')}" }]\n`)),
    );
    expect(closure.remarks).toEqual([
      'Packages with wheels only, so without a source distribution to read: 1.',
    ]);
  });

  it.each([
    [`${head}[[package]]\nname = "a"\n`, 'line 4: "a" has no source'],
    [lock(item('a', 'source = { moon = "x" }\n')), 'line 4: a source of an unknown kind: "moon"'],
    [lock(item('a', `${registry}wheels = [{ hash = "sha256:1" }]\n`)), 'line 4: a hash that cannot be read'],
    [item('a', registry), 'without a version'],
  ])('refuses %j with the place', async (text, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('uv.lock', text))).message).toContain(
      message,
    );
  });

  it('names a version that it does not know', async () => {
    const text = lock(item('a', registry)).replace('version = 1', 'version = 2');
    await expectCode('lockfile-version-unknown', () => readLock('uv.lock', text));
  });

  it('refuses a net of edges that would fill the memory', async () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      item('a', `source = { url = "https://x.example/${index}" }\ndependencies = [{ name = "a" }]\n`),
    );
    await expectCode('lockfile-too-large', () => readLock('uv.lock', lock(...many)));
  });

  it('puts nobody in a group when there are more groups than an input may have', () => {
    const groups = Array.from({ length: 65 }, (_, index) => `g${index} = [{ name = "b" }]`).join('\n');
    const closure = readLock(
      'uv.lock',
      lock(
        item('a', `source = { virtual = "." }\n[package.dev-dependencies]\n${groups}\n`),
        item('b', 'source = { url = "https://x.example/b" }\n'),
      ),
    );
    expect(closure.inputs[1]?.groups).toEqual([]);
  });
});
