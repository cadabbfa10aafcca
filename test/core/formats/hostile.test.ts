import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputSchema } from '../../../core/closure/input.ts';
import { isTrustError } from '../../../core/errors.ts';
import { lockfileNames } from '../../../core/formats/registry.ts';
import { readLock } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const names = [...lockfileNames, 'upload'];
const sri = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;

describe.each(lockfileNames)('a hostile %s', (name) => {
  it('is refused when it is empty, with a message that says so', async () => {
    for (const text of ['', ' \r\n\t\n', '\uFEFF']) {
      expect((await expectCode('lockfile-invalid', () => readLock(name, text))).message).toBe(
        `${name}: is empty`,
      );
    }
  });

  it('is refused with marks of a merge conflict, with their line', async () => {
    const text = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> branch\n}';
    const error = await expectCode('lockfile-invalid', () => readLock(name, text));
    expect(error.message).toBe(`${name}: line 2: marks of an unresolved merge conflict`);
  });

  it('is refused when it holds NUL', async () => {
    expect((await expectCode('lockfile-invalid', () => readLock(name, 'a\nb\0'))).message).toContain(
      'line 2: a NUL',
    );
  });

  it('is refused beyond 32 Mi characters before anything reads it', async () => {
    const text = '{'.repeat(32 * 1024 * 1024 + 1);
    const started = process.cpuUsage();
    await expectCode('lockfile-too-large', () => readLock(name, text));
    expect(process.cpuUsage(started).user).toBeLessThan(100_000);
  });

  it.each(['null', 'true', '[]', '"text"', '{}', '{"a": 1', '[[package]', '\u0001', ')]}'])(
    'is refused when it is %j',
    async (text) => {
      // Requirements are plain words: these two are names of projects, without a pin.
      if (name === 'requirements.txt' && /^\w+$/.test(text)) {
        expect(readLock(name, text).inputs[0]?.unverifiable?.reason).toBe('unpinned');
      } else await expectCode('lockfile-invalid', () => readLock(name, text));
    },
  );
});

describe('hostile text in any lockfile', () => {
  it('is answered with a closure of valid inputs or a TrustError, whatever the text', () => {
    const scraps = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\n',
      ' ',
      '\\',
      '"lockfileVersion": 3',
      '"lockfileVersion": 1',
      '"packages": {',
      '"dependencies": {',
      '"node_modules/a": {',
      '"version": "1.0.0"',
      '"__proto__"',
      '[[package]]\n',
      'name = "a"\n',
      'version = "1"\n',
      'version = 3\n',
      'source = "registry+https://x.example/"\n',
      'source = { registry = "https://x.example" }\n',
      'files = [{file = "a-1.whl", hash = "sha256:00"}]\n',
      '[package.source]\n',
      '[metadata]\n',
      'lock-version = "1.0"\n',
      '[[packages]]\n',
      '"_meta": {"pipfile-spec": 6}',
      '"default": {',
      'a==1 \\\n',
      ' --hash=sha256:00\n',
      "lockfileVersion: '9.0'\n",
      'lockfileVersion: 5.4\n',
      'packages:\n',
      '  /a@1(b@2):\n',
      '    resolution: {type: git, integrity: x}\n',
      '"workspaces": {',
      '"a": ["a@1", "", {}]',
      '"version": "4"',
      '"npm": {',
      '"a@1_b@2": {',
      '"remote": {"https://x.example/": "00"}',
      '# yarn lockfile v1\n',
      'a@1:\n',
      '  version "1"\n',
      '  dependencies:\n',
      '    a "1"\n',
      '__metadata:\n  version: 8\n',
      '  resolution: "a@npm:1"\n',
      '  checksum: 00\n',
      '-e git+https://x.example/a@main#egg=a\n',
      'module a/b\n',
      'go 1.21\n',
      'require (\n',
      ')\n',
      'a/b v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n',
      '"bomFormat": "CycloneDX"',
      '"specVersion": "1.5"',
      '"components": [',
      '"name": "a"',
      '"purl": "pkg:npm/a@1"',
      '"hashes": [{"alg": "SHA-1", "content": "00"}]',
      '//',
      '=>',
      '\r\n',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(scraps, { maxLength: 40 }).map((parts) => parts.join('')),
      fc.array(scraps, { maxLength: 40 }).map((parts) => `{${parts.join(',')}}`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), text, (name, content) => {
        try {
          for (const input of readLock(name, content, { 'go.mod': content, 'go.sum': content }).inputs) {
            inputSchema.parse(input);
          }
        } catch (error) {
          if (!isTrustError(error) || !error.code.startsWith('lockfile-')) throw error;
          expect(error.message.startsWith(`${name}: `)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('makes valid inputs of any names, versions and paths that it accepts', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        '..',
        '../../etc',
        '__proto__',
        'constructor',
        '@s/n',
        'ünï',
        '\u202e',
        '%00',
        'a b',
        '?x=y#z',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 8 }), (entries) => {
        const packages = Object.fromEntries(
          entries.map(([path, name, version]) => [
            `node_modules/${path}`,
            { name, version, integrity: sri, dependencies: { [path]: '*' } },
          ]),
        );
        const toml = entries.map(
          ([, name, version]) =>
            `[[package]]\nname = ${JSON.stringify(name)}\nversion = ${JSON.stringify(version)}\n`,
        );
        for (const [file, content] of [
          ['package-lock.json', { lockfileVersion: 3, packages }],
          ['Cargo.lock', `version = 3\n${toml.join('')}`],
          [
            'bom.json',
            {
              bomFormat: 'CycloneDX',
              specVersion: '1.5',
              components: entries.map(([group, name, version]) => ({ group, name, version })),
            },
          ],
        ] as const) {
          try {
            for (const input of readLock(file, content).inputs) inputSchema.parse(input);
          } catch (error) {
            if (!isTrustError(error)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('accepts a byte order mark, CRLF and a missing last line end', () => {
    const npm = '{\r\n"lockfileVersion": 3,\r\n"packages": {\r\n"node_modules/a": {"version": "1.0.0"}\r\n}}';
    expect(readLock('package-lock.json', `\uFEFF${npm}`).inputs[0]?.places).toEqual([
      { line: 4, path: 'node_modules/a' },
    ]);
    const cargo = 'version = 3\r\n\r\n[[package]]\r\nname = "a"\r\nversion = "1.0.0"';
    expect(readLock('Cargo.lock', `\uFEFF${cargo}`).inputs[0]?.places).toEqual([{ line: 3 }]);
    const goMod = 'module a/b\r\n\r\ngo 1.21\r\nrequire c/d v1.0.0 // indirect\r';
    expect(readLock('go.mod', `\uFEFF${goMod}`).inputs[1]?.groups).toEqual(['indirect']);
  });

  it('takes __proto__ for a name, and leaves prototypes alone', () => {
    const text = `{"lockfileVersion": 3, "__proto__": {"version": "9"}, "packages": {
      "node_modules/__proto__": {"version": "1.0.0", "integrity": "${sri}", "__proto__": {"link": true}},
      "node_modules/constructor": {"version": "1.0.0", "integrity": "${sri}", "dependencies": {"__proto__": "1"}}}}`;
    const closure = readLock('package-lock.json', text);
    expect(closure.inputs.map((input) => [input.purl, input.dependencies])).toEqual([
      ['pkg:npm/__proto__@1.0.0', []],
      ['pkg:npm/constructor@1.0.0', [0]],
    ]);
    expect(({} as { link?: boolean }).link).toBeUndefined();
    expect(
      readLock(
        'Cargo.lock',
        'version = 3\n[__proto__]\nx = 1\n[[package]]\nname = "__proto__"\nversion = "1"\n',
      ).inputs[0]?.purl,
    ).toBe('pkg:cargo/__proto__@1');
  });

  it('keeps paths out of the project as data', () => {
    const closure = readLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '../../etc': { version: '1.0.0', dependencies: { a: '1' } },
        'node_modules/a': { version: '1.0.0', resolved: 'file:../../../etc/passwd', integrity: sri },
        'node_modules/b': { resolved: '/etc/passwd', link: true },
      },
    });
    expect(closure.inputs.map((input) => [input.purl, input.local ?? false])).toEqual([
      ['pkg:npm/etc@1.0.0', true],
      ['pkg:npm/a@1.0.0', true],
      ['pkg:npm/b', true],
    ]);
    expect(closure.inputs[0]?.dependencies).toEqual([1]);
  });
});

describe('limits', () => {
  it('refuses a key twice, so that no tool can be shown another package than we are', async () => {
    const text = `{"lockfileVersion": 3, "packages": {\n"node_modules/a": {"version": "1.0.0"},\n"node_modules/a": {"version": "2.0.0"}}}`;
    const error = await expectCode('lockfile-invalid', () => readLock('package-lock.json', text));
    expect(error.message).toBe(
      'package-lock.json: line 3: the key "node_modules/a" occurs twice in one object',
    );
    await expectCode('lockfile-invalid', () => readLock('Cargo.lock', 'version = 3\nversion = 3\n'));
  });

  it('refuses deep nesting in every syntax', async () => {
    await expectCode('lockfile-too-large', () =>
      readLock('package-lock.json', '{"dependencies":'.repeat(100_000)),
    );
    await expectCode('lockfile-invalid', () => readLock('Cargo.lock', `a = ${'['.repeat(100_000)}`));
  });

  it('refuses more entries than a check takes', async () => {
    const crates = '[[package]]\nname = "a"\nversion = "1"\n'.repeat(200_001);
    await expectCode('lockfile-too-large', () => readLock('Cargo.lock', `version = 3\n${crates}`));
    const many = (count: number): string => {
      const entries = Array.from({ length: count }, (_, index) => `"node_modules/a${index}":{}`);
      return `{"lockfileVersion":3,"packages":{${entries.join()}}}`;
    };
    await expectCode('lockfile-too-large', () => readLock('package-lock.json', many(200_001)));
    await expectCode('lockfile-too-large', () => readLock('package-lock.json', many(100_001)));
    const hash = `h1:${Buffer.alloc(32).toString('base64')}`;
    const lines = Array.from({ length: 100_001 }, (_, index) => `a/b${index} v1 ${hash}`);
    await expectCode('lockfile-too-large', () => readLock('go.sum', lines.join('\n')));
  });

  it('refuses names, versions and paths beyond any real length', async () => {
    const long = 'a'.repeat(2000);
    for (const packages of [
      { [`node_modules/${long}`]: {} },
      { 'node_modules/a': { name: long } },
      { 'node_modules/a': { version: long } },
      { 'node_modules/a': { version: '1', resolved: `git+https://example.org/${long}#main` } },
      { [`${'a/'.repeat(100)}a`]: {} },
    ]) {
      await expectCode('lockfile-too-large', () =>
        readLock('package-lock.json', { lockfileVersion: 3, packages }),
      );
    }
    await expectCode('lockfile-too-large', () =>
      readLock('Cargo.lock', `version = 3\n[[package]]\nname = "${long}"\nversion = "1"\n`),
    );
    await expectCode('lockfile-too-large', () => readLock('go.mod', `module a/b\nrequire a/${long} v1\n`));
  });

  it('takes time in proportion to the text where hostile text aims at more', () => {
    // Processor time: other processes may hold the machine.
    const seconds = (run: () => unknown): number => {
      const started = process.cpuUsage();
      try {
        run();
      } catch (error) {
        if (!isTrustError(error)) throw error;
      }
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1e6;
    };
    const packages = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `${'node_modules/a/'.repeat(60)}node_modules/b${index}`,
        { dependencies: { missing: '1', absent: '1' } },
      ]),
    );
    const sameName = Array.from(
      { length: 40_000 },
      (_, index) =>
        `[[package]]\nname = "a"\nversion = "1"\nsource = "registry+https://${index}.example/"\ndependencies = ["a", "a 1", "a 1 (registry+https://${index + 1}.example/)"]\n`,
    );
    const twoDigests = Array.from(
      { length: 40_000 },
      (_, index) =>
        `a/b v1 h1:${Buffer.from(index.toString(16).padStart(64, '0'), 'hex').toString('base64')}`,
    );
    const cases: Record<string, () => unknown> = {
      'deep paths': () => readLock('package-lock.json', { lockfileVersion: 3, packages }),
      'one name, many sources': () => readLock('Cargo.lock', `version = 3\n${sameName.join('')}`),
      'one module, many hashes': () => readLock('go.sum', twoDigests.join('\n')),
      'blank lines': () => readLock('upload', `${'\n'.repeat(4_000_000)}x`),
      'spaces and slashes': () => readLock('go.mod', `module a/b\nrequire ${' /'.repeat(2_000_000)}`),
      quotes: () => readLock('go.mod', `module a/b\nrequire ${'"`'.repeat(2_000_000)}`),
      'open strings': () => readLock('package-lock.json', '{"a'.repeat(2_000_000)),
      escapes: () => readLock('package-lock.json', `{"${'\\u0061'.repeat(1_000_000)}": 1}`),
      'integrity of spaces': () =>
        readLock('package-lock.json', {
          lockfileVersion: 3,
          packages: { 'node_modules/a': { integrity: `${' '.repeat(4_000_000)}x` } },
        }),
    };
    for (const [what, run] of Object.entries(cases)) expect(seconds(run), what).toBeLessThan(5);
  }, 120_000);
});
