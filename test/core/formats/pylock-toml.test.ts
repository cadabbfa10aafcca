import { describe, expect, it } from 'vitest';
import { dependenciesOf, inputOf, readLock, standings } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const hash = (digit: string): string => digit.repeat(64);
const commit = '0123456789abcdef0123456789abcdef01234567';
const lock = (packages: string): string => `lock-version = "1.0"\ncreated-by = "a tool"\n\n${packages}`;
const item = (rest: string, name = 'a'): string => `[[packages]]\nname = "${name}"\nversion = "1"\n${rest}\n`;

describe('pylock.toml', () => {
  it('reads sdist and wheels with several hashes, markers, edges and lines', () => {
    const closure = readLock(
      'pylock.toml',
      lock(
        item(
          `marker = "'dev' in dependency_groups or 'x' in extras"\ndependencies = [{name = "B"}]\nindex = "https://index.example/simple"\nsdist = {name = "a.tar.gz", url = "https://f.example/a", hashes = {sha256 = "${hash('a')}", md5 = "${'0'.repeat(32)}"}}\n[[packages.wheels]]\nurl = "https://f.example/a-1-none.whl"\nhashes = {sha512 = "${hash('b').repeat(2)}", blake2b = "00"}`,
        ) + item(`directory = {path = "."}`, 'b'),
      ),
    );
    expect(closure).toEqual({
      format: 'pylock.toml 1.0',
      inputs: [
        {
          purl: 'pkg:pypi/a@1?repository_url=https:%2F%2Findex.example%2Fsimple',
          artefacts: [
            { name: 'a.tar.gz', digests: { sha256: hash('a'), md5: '0'.repeat(32) } },
            { name: 'a-1-none.whl', digests: { sha512: hash('b').repeat(2) } },
          ],
          places: [{ line: 4 }],
          groups: ['dev', 'extra:x'],
          dependencies: [1],
        },
        {
          purl: 'pkg:pypi/b@1',
          artefacts: [],
          places: [{ line: 14 }],
          groups: [],
          dependencies: [],
          local: true,
        },
      ],
      remarks: [],
    });
  });

  it('puts nothing in a group whose marker asks for more than the group', () => {
    for (const marker of [
      "'dev' in dependency_groups or python_version < '3'",
      "'dev' in dependency_groups and sys_platform == 'linux'",
      "'dev' not in dependency_groups",
      "sys_platform == 'win32'",
    ]) {
      const closure = readLock('pylock.toml', lock(item(`marker = "${marker}"`)));
      expect(closure.inputs[0]?.groups, marker).toEqual([]);
    }
  });

  it('reads packages written as one inline list, at the line where it begins', () => {
    const text = `lock-version = "1.0"\ncreated-by = "a tool"\npackages = [\n  {name = "a", version = "1", dependencies = [{name = "b"}]},\n  {name = "b", version = "1"},\n]\n`;
    const closure = readLock('pylock.toml', text);
    expect(dependenciesOf(closure, 'pkg:pypi/a@1')).toEqual(['pkg:pypi/b@1']);
    expect(inputOf(closure, 'pkg:pypi/b@1').places).toEqual([{ line: 3 }]);
  });

  it.each([
    ['pinned', `vcs = {type = "git", url = "https://example.org/a", commit-id = "${commit}"}`],
    ['mutable', 'vcs = {type = "hg", url = "https://example.org/a", commit-id = "0123456789ab"}'],
    ['truncated', 'vcs = {type = "git", url = "https://example.org/a", commit-id = "0123456"}'],
    ['pinned', `archive = {url = "https://example.org/a.zip", hashes = {sha256 = "${hash('a')}"}}`],
    ['weak', `archive = {path = "a.zip", hashes = {sha1 = "${'a'.repeat(40)}"}}`],
    ['other-kind', 'sdist = {name = "a.zip", hashes = {sha3_256 = "00"}}'],
    ['unpinned', ''],
  ])('calls a package %s that is %j', (standing, rest) => {
    expect(standings(readLock('pylock.toml', lock(item(rest))))).toEqual({ [standing]: 1 });
  });

  it.each([
    [item('directory = {path = "."}\narchive = {path = "a.zip"}'), 'line 4: a package with more than one of'],
    [item('directory = {path = "."}\nsdist = {name = "a"}'), 'line 4: a package with more than one of'],
    [item('sdist = {name = "a", hashes = {sha256 = "zz"}}'), 'line 4: a hash that cannot be read'],
    ['[[packages]]\nversion = "1"', 'line 4: a package without name'],
    ['packages = "a"', '"packages" must be a list'],
  ])('refuses %j with the place', async (text, message) => {
    const error = await expectCode('lockfile-invalid', () => readLock('pylock.toml', lock(text)));
    expect(error.message).toContain(message);
  });

  it('names a version that it does not know', async () => {
    const text = lock('').replace('"1.0"', '"2.0"');
    await expectCode('lockfile-version-unknown', () => readLock('pylock.toml', text));
  });
});
