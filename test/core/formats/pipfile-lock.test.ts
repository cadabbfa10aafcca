import { describe, expect, it } from 'vitest';
import { inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;
const meta = { hash: { sha256: '0' }, 'pipfile-spec': 6, requires: {}, sources: [] };
const lock = (packages: object, develop: object = {}): object => ({
  _meta: meta,
  default: packages,
  develop,
});

describe('Pipfile.lock', () => {
  it('reads hashes, line and category', () => {
    const closure = readLock(
      'Pipfile.lock',
      `{"_meta": {"pipfile-spec": 6},\n"default": {},\n"develop": {\n"a": {"hashes": ["${hash('a')}", "${hash('b')}"],\n"version": "==1.0"}}}`,
    );
    expect(closure).toEqual({
      format: 'Pipfile.lock v6',
      inputs: [
        {
          purl: 'pkg:pypi/a@1.0',
          artefacts: [{ digests: { sha256: 'a'.repeat(64) } }, { digests: { sha256: 'b'.repeat(64) } }],
          places: [{ line: 4 }],
          groups: ['develop'],
          dependencies: [],
        },
      ],
      remarks: [],
    });
  });

  it('takes what production needs too out of the group', () => {
    const a = { hashes: [hash('a')], version: '==1' };
    const closure = readLock('Pipfile.lock', { ...lock({ a }, { a, b: { ...a } }), docs: { b: a } });
    expect(inputOf(closure, 'pkg:pypi/a@1').groups).toEqual([]);
    expect(inputOf(closure, 'pkg:pypi/a@1').places).toHaveLength(2);
  });

  it('names another index than the usual one', () => {
    const sources = [
      { name: 'main', url: 'https://pypi.org/simple' },
      { name: 'own', url: 'https://user:pw@index.example/simple' },
    ];
    const closure = readLock('Pipfile.lock', {
      _meta: { ...meta, sources },
      default: {
        a: { version: '==1', hashes: [hash('a')], index: 'own' },
        b: { version: '==1', hashes: [hash('b')] },
      },
    });
    expect(closure.inputs.map((input) => input.purl)).toEqual([
      'pkg:pypi/a@1?repository_url=https:%2F%2Findex.example%2Fsimple',
      'pkg:pypi/b@1',
    ]);
  });

  it.each([
    ['unpinned', { version: '==1' }],
    ['unpinned', { version: '*' }],
    ['weak', { version: '==1', hashes: [`md5:${'a'.repeat(32)}`] }],
    ['pinned', { git: 'https://example.org/a.git', ref: 'a'.repeat(40) }],
    ['mutable', { git: 'https://example.org/a.git', ref: 'main' }],
    ['mutable', { hg: 'https://example.org/a', ref: 'a'.repeat(40) }],
    ['local', { path: '.', editable: true }],
    ['unpinned', { file: 'https://example.org/a.zip' }],
    ['pinned', { file: 'https://example.org/a.zip', hashes: [hash('a')] }],
  ])('calls a package %s that is %j', (standing, item) => {
    expect(standings(readLock('Pipfile.lock', lock({ a: item })))).toEqual({ [standing]: 1 });
  });

  it.each([
    [{ default: {} }, 'without _meta'],
    [lock({ a: 1 }), 'the package "a" must be an object'],
    [lock({ a: { hashes: ['abc'] } }), 'a hash without algorithm'],
    [lock({ a: { hashes: 'abc' } }), '"hashes" must be a list'],
  ])('refuses %j', async (content, message) => {
    expect((await expectCode('lockfile-invalid', () => readLock('Pipfile.lock', content))).message).toContain(
      message,
    );
  });

  it('names a specification that it does not know', async () => {
    const content = { _meta: { 'pipfile-spec': 7 }, default: {} };
    await expectCode('lockfile-version-unknown', () => readLock('Pipfile.lock', content));
  });

  it('takes __proto__ for a category and for a name', () => {
    const closure = readLock(
      'Pipfile.lock',
      `{"_meta": {"pipfile-spec": 6}, "default": {"__proto__": {"version": "==1", "hashes": ["${hash('a')}"]}}, "__proto__": {"b": {}}}`,
    );
    expect(closure.inputs.map((input) => [input.purl, input.groups])).toEqual([
      ['pkg:pypi/--proto--@1', ['default']],
      ['pkg:pypi/b', ['__proto__']],
    ]);
  });
});
