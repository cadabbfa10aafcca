import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const h1 = (digit: string): string => `h1:${Buffer.from(digit.repeat(32), 'hex').toString('base64')}`;
const sumOf = (...lines: (readonly [string, string])[]): string =>
  lines.map(([what, digit]) => `${what} ${h1(digit)}\n`).join('');

const goSum = sumOf(
  ['example.org/Big/a v1.0.0', 'aa'],
  ['example.org/Big/a v1.0.0/go.mod', 'ab'],
  ['example.org/b v2.0.0+incompatible', 'bb'],
  ['example.org/c v0.0.0-20200101000000-0123456789ab/go.mod', 'cc'],
  ['example.org/unused v1.0.0', 'dd'],
);

const goMod = `module example.org/own

go 1.21

require example.org/Big/a v1.0.0

require (
	example.org/b v2.0.0+incompatible // indirect
	example.org/c v0.0.0-20200101000000-0123456789ab // indirect; a comment
)
`;

describe('go.sum with go.mod', () => {
  it('takes what go.mod requires, with the hash of the code and of its go.mod', () => {
    const closure = readLock('go.sum', goSum, { 'go.mod': goMod });
    expect(closure.format).toBe('go.mod (go 1.21) with go.sum');
    expect(inputOf(closure, 'pkg:golang/example.org/Big/a@v1.0.0')).toEqual({
      purl: 'pkg:golang/example.org/Big/a@v1.0.0',
      artefacts: [{ digests: { dirHash: 'aa'.repeat(32), goModHash: 'ab'.repeat(32) } }],
      places: [{ line: 1 }],
      groups: [],
      dependencies: [],
    });
    const b = inputOf(closure, 'pkg:golang/example.org/b@v2.0.0%2Bincompatible');
    expect([b.groups, b.places]).toEqual([['indirect'], [{ line: 3 }]]);
    expect(closure.remarks).toEqual([
      '1 of the 3 modules in go.sum are not required by go.mod and were left out.',
    ]);
  });

  it('calls a required module without a line unpinned, and never takes the hash of its go.mod for its code', () => {
    const closure = readLock('go.sum', goSum, { 'go.mod': goMod });
    const c = inputOf(closure, 'pkg:golang/example.org/c@v0.0.0-20200101000000-0123456789ab');
    expect(c.artefacts).toEqual([]);
    expect(c.unverifiable?.reason).toBe('unpinned');
    expect(c.unverifiable?.note).toContain('go mod tidy');
    expect(c.groups).toEqual(['indirect']);
  });

  it('lists the module itself with its direct requirements, and the standard library', () => {
    const closure = readLock('go.sum', goSum, { 'go.mod': goMod });
    expect(inputOf(closure, 'pkg:golang/example.org/own').local).toBe(true);
    expect(dependenciesOf(closure, 'pkg:golang/example.org/own')).toEqual([
      'pkg:golang/example.org/Big/a@v1.0.0',
    ]);
    expect(inputOf(closure, 'pkg:generic/go@1.21').unverifiable?.reason).toBe('unpinned');
    expect(standings(closure)).toEqual({ local: 1, pinned: 2, unpinned: 2 });
  });

  it('gives lines of go.mod when go.mod is the file that was asked about', () => {
    const closure = readLock('go.mod', goMod, { 'go.sum': goSum });
    expect(inputOf(closure, 'pkg:golang/example.org/Big/a@v1.0.0').places).toEqual([{ line: 5 }]);
    expect(inputOf(closure, 'pkg:golang/example.org/b@v2.0.0%2Bincompatible').places).toEqual([{ line: 8 }]);
    const purls = (name: string, text: string, siblings: Record<string, string>): string[] =>
      readLock(name, text, siblings).inputs.map((input) => input.purl);
    expect(purls('go.mod', goMod, { 'go.sum': goSum })).toEqual(purls('go.sum', goSum, { 'go.mod': goMod }));
  });

  it('finds no digest without go.sum', () => {
    expect(standings(readLock('go.mod', goMod))).toEqual({ local: 1, unpinned: 4 });
  });

  it('takes all of go.sum without go.mod, and says that it is more than the build', () => {
    const closure = readLock('go.sum', goSum);
    expect(closure.inputs).toHaveLength(3);
    expect(closure.remarks[0]).toContain('lists more modules than a build takes');
  });

  it('takes all of go.sum before go 1.17, whose go.mod names direct requirements only', () => {
    const closure = readLock('go.sum', goSum, { 'go.mod': goMod.replace('go 1.21', 'go 1.16') });
    expect(inputOf(closure, 'pkg:golang/example.org/unused@v1.0.0').artefacts).toHaveLength(1);
    expect(inputOf(closure, 'pkg:golang/example.org/Big/a@v1.0.0').places).toHaveLength(2);
    expect(closure.remarks[0]).toContain('before 1.17');
  });

  it('follows replacements: a folder is the project’s own, a module stands under its own name', () => {
    const closure = readLock('go.sum', goSum, {
      'go.mod': `${goMod}
replace example.org/Big/a => ../a
replace (
	example.org/b v2.0.0+incompatible => example.org/unused v1.0.0
	example.org/b v9.9.9 => example.org/never v1.0.0
)
exclude example.org/x v1.0.0
`,
    });
    expect(inputOf(closure, 'pkg:golang/example.org/Big/a@v1.0.0').local).toBe(true);
    expect(inputOf(closure, 'pkg:golang/example.org/unused@v1.0.0').artefacts).toEqual([
      { digests: { dirHash: 'dd'.repeat(32) } },
    ]);
    expect(closure.inputs.map((input) => input.purl)).not.toContain(
      'pkg:golang/example.org/b@v2.0.0%2Bincompatible',
    );
    expect(closure.remarks).toContain('Modules that go.mod replaces: 3.');
    expect(closure.remarks).toContain('Versions that go.mod excludes: 1.');
  });

  it('takes the toolchain line for the version of the standard library, and its hashes where go.sum has them', () => {
    const closure = readLock(
      'go.sum',
      goSum + sumOf(['golang.org/toolchain v0.0.1-go1.22.1.linux-amd64', 'ee']),
      {
        'go.mod': goMod.replace('go 1.21', 'go 1.21\ntoolchain go1.22.1'),
      },
    );
    expect(inputOf(closure, 'pkg:generic/go@1.22.1').unverifiable?.reason).toBe('unpinned');
    expect(inputOf(closure, 'pkg:golang/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64').artefacts).toEqual(
      [{ digests: { dirHash: 'ee'.repeat(32) } }],
    );
  });

  it('makes two inputs of one version with two hashes, and reports them', () => {
    const closure = readLock('go.sum', goSum + sumOf(['example.org/Big/a v1.0.0', '99']), {
      'go.mod': goMod,
    });
    expect(
      closure.inputs.filter((input) => input.purl === 'pkg:golang/example.org/Big/a@v1.0.0'),
    ).toHaveLength(2);
    expect(closure.remarks.join()).toContain('two different digests');
  });

  it('keeps a module path of one part, which pkg:golang cannot name', () => {
    const closure = readLock('go.mod', 'module own\ngo 1.21\nrequire lone v1.0.0\n');
    expect(closure.inputs.map((input) => input.purl)).toEqual([
      'pkg:generic/own',
      'pkg:generic/lone@v1.0.0',
      'pkg:generic/go@1.21',
    ]);
  });

  it('reads quoted words, comments and directives that need no reading, and names those it does not know', () => {
    const closure = readLock(
      'go.mod',
      '// a comment\nmodule "example.org/own" // trailing\ngo 1.24\nretract [v1.0.0, v1.1.0]\ntool example.org/t\nrequire (\n\n// nothing\n`example.org/a` v1.0.0\n)\nfancy thing\n',
    );
    expect(dependenciesOf(closure, 'pkg:golang/example.org/own')).toEqual([
      'pkg:golang/example.org/a@v1.0.0',
    ]);
    expect(closure.remarks.join()).toContain('"fancy"');
  });

  it('marks a hash of a newer algorithm as of another kind', () => {
    const closure = readLock('go.sum', 'example.org/Big/a v1.0.0 h2:abcd\n', { 'go.mod': goMod });
    expect(inputOf(closure, 'pkg:golang/example.org/Big/a@v1.0.0').unverifiable?.reason).toBe('other-kind');
  });

  it.each([
    ['go.sum', 'example.org/a v1.0.0', 'line 1: not "module version hash"'],
    [
      'go.sum',
      `${sumOf(['example.org/a v1.0.0', 'aa'])}example.org/b v1.0.0 h1:short=\n`,
      'line 2: not an h1 hash',
    ],
    [
      'go.sum',
      `${sumOf(['example.org/a v1.0.0', 'aa'])}example.org/b v1.0.0 h1:AAAA\n`,
      'line 2: an h1 hash is of 32',
    ],
    [
      'go.sum',
      `${sumOf(['example.org/a v1.0.0', 'aa'])}example.org/b v1.0.0 sha256:AAAA\n`,
      'line 2: not a hash',
    ],
    ['go.mod', 'module a/b\nrequire x\n', 'line 2: "require" takes 2 words, not 1'],
    ['go.mod', 'module a/b\nreplace x y\n', 'line 2: "replace" takes the form'],
    ['go.mod', 'module a/b\nrequire (\n', 'does not end'],
    ['go.mod', 'go 1.21\n', 'no "module" line'],
  ])('refuses a %s that reads %j', async (name, text, message) => {
    const error = await expectCode('lockfile-invalid', () => readLock(name, text));
    expect(error.message).toContain(message);
  });

  it('names the file beside when that is the broken one', async () => {
    const error = await expectCode('lockfile-invalid', () =>
      readLock('go.sum', goSum, { 'go.mod': 'module a/b\nrequire x\n' }),
    );
    expect(error.message).toBe('go.sum: go.mod: line 2: "require" takes 2 words, not 1');
  });
});
