// Real lockfiles, with the numbers that were counted on them by other means (reference: closure formats).

import { expect, it } from 'vitest';
import { inputSchema, type Closure } from '../../../core/closure/input.ts';
import { readLockfile } from '../../../core/formats/registry.ts';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { readCorpus } from '../../support/corpus-lockfile.ts';
import { dependenciesOf, entriesOf, inputOf, standings } from '../../support/lockfile.ts';

const unverifiable = (closure: Closure, reason: string) =>
  closure.inputs.filter((input) => input.unverifiable?.reason === reason);
const pinned = (closure: Closure) =>
  closure.inputs.filter((input) => input.local !== true && input.unverifiable === undefined);

describeWithCorpus('npm lockfiles of the corpus', () => {
  it('version 1, gulp-vinyl-zip: 349 entries and the project, 125 of them sha1 only', () => {
    const closure = readCorpus('gulp-vinyl-zip', 'package-lock.json');
    expect(closure.format).toBe('package-lock v1');
    expect(entriesOf(closure.inputs)).toBe(349 + 1);
    expect(entriesOf(unverifiable(closure, 'weak'))).toBe(125);
    expect(standings(closure)).toEqual({ local: 1, pinned: 193, weak: 125 });
    expect(inputOf(closure, 'pkg:npm/acorn@6.4.1').places).toEqual([{ line: 7, path: 'node_modules/acorn' }]);
    expect(dependenciesOf(closure, 'pkg:npm/ajv@6.12.6')).toEqual([
      'pkg:npm/fast-deep-equal@3.1.3',
      'pkg:npm/fast-json-stable-stringify@2.0.0',
      'pkg:npm/json-schema-traverse@0.4.1',
      'pkg:npm/uri-js@4.2.2',
    ]);
  });

  it('version 2, in-toto-attestation: 75 packages, read once though they are listed twice', () => {
    const closure = readCorpus('in-toto-attestation', 'package-lock.json');
    expect(closure.format).toBe('package-lock v2');
    expect(entriesOf(closure.inputs)).toBe(75);
    expect(standings(closure)).toEqual({ local: 1, pinned: 74 });
  });

  it('version 3, npm-cli: 1,274 entries, of which 356 bundled, 16 links, 16 workspaces, 196 without integrity', () => {
    const closure = readCorpus('npm-cli', 'package-lock.json');
    expect(closure.format).toBe('package-lock v3');
    expect(entriesOf(closure.inputs)).toBe(1274);
    const local = closure.inputs.filter((input) => input.local === true);
    expect([local.length, entriesOf(local)]).toEqual([1 + 16, 1 + 16 + 16]);
    // Of the 356 that are bundled, 163 come inside tap; 193 are bundled by npm itself and have an integrity of their own.
    const inherited = unverifiable(closure, 'inherited');
    expect(entriesOf(inherited)).toBe(163);
    expect(inherited.every((input) => input.unverifiable?.note.includes('pkg:npm/tap@') === true)).toBe(true);
    expect(entriesOf(pinned(closure))).toBe(1274 - 196);
    expect(entriesOf(local) + entriesOf(inherited)).toBe(196);
    expect(standings(closure)).toEqual({ local: 17, inherited: inherited.length, pinned: 935 });
    expect(closure.remarks).toEqual([
      'Entries that run a script when they are installed: 2 of 1274. Read those first.',
    ]);
  });

  it('version 3, npm-cli: 9 entries have another name than their folder, and the workspaces depend on each other', () => {
    const closure = readCorpus('npm-cli', 'package-lock.json');
    const aliases = closure.inputs.flatMap((input) =>
      input.places.filter(({ path = '' }) => {
        const folder =
          /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? path.replace(/^.*\//, '');
        const name = decodeURIComponent(/^pkg:npm\/([^@]+)/.exec(input.purl)?.[1] ?? '');
        return path !== '' && folder !== name && !name.startsWith('@types');
      }),
    );
    expect(aliases).toHaveLength(9);
    expect(dependenciesOf(closure, 'pkg:npm/npm@10.9.0')).toContain('pkg:npm/%40npmcli/arborist@8.0.0');
    expect(inputOf(closure, 'pkg:npm/%40npmcli/arborist@8.0.0').dependencies.length).toBeGreaterThan(30);
  });

  it('has the known digest of ms 2.1.3', () => {
    const sri = '6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==';
    const closure = readCorpus('npm-cli', 'package-lock.json');
    expect(inputOf(closure, 'pkg:npm/ms@2.1.3').artefacts).toEqual([
      { digests: { sha512: Buffer.from(sri, 'base64').toString('hex') } },
    ]);
  });
});

describeWithCorpus('Cargo lockfiles of the corpus', () => {
  it.each([
    ['cargo-vet', 'Cargo.lock v3', 263, 1, 28],
    ['wasmtime', 'Cargo.lock v4', 583, 98, 63],
  ])('%s: %s, %d packages, %d of them the project’s own', (folder, format, packages, local, shared) => {
    const closure = readCorpus(folder, 'Cargo.lock');
    expect(closure.format).toBe(format);
    expect(entriesOf(closure.inputs)).toBe(packages);
    expect(standings(closure)).toEqual({ local, pinned: packages - local });
    expect(closure.remarks).toEqual([]);
    // The same crates occur in a Bazel lock, by the same sha256.
    const bazel = new Set(
      corpusText('corpus', 'lockfiles', 'bazel-examples', 'MODULE.bazel.lock').match(/\b[0-9a-f]{64}\b/g),
    );
    const digests = closure.inputs.flatMap((input) =>
      input.artefacts.map((artefact) => Object.values(artefact.digests)[0]),
    );
    expect(digests.filter((digest) => bazel.has(String(digest)))).toHaveLength(shared);
  });

  it('gives the line of each package', () => {
    const closure = readCorpus('cargo-vet', 'Cargo.lock');
    const lines = corpusText('corpus', 'lockfiles', 'cargo-vet', 'Cargo.lock').split('\n');
    for (const input of closure.inputs) {
      const line = input.places[0]?.line ?? 0;
      const name = decodeURIComponent(/^pkg:cargo\/([^@]+)/.exec(input.purl)?.[1] ?? '');
      expect([lines[line - 1], lines[line]]).toEqual(['[[package]]', `name = "${name}"`]);
    }
  });
});

describeWithCorpus('the Go lockfile of the corpus', () => {
  it('prometheus: 299 lines of code and 481 of go.mod files, 49 modules not required', () => {
    const alone = readLockfile({
      name: 'go.sum',
      text: corpusText('corpus', 'lockfiles', 'prometheus', 'go.sum'),
      sibling: () => undefined,
    });
    expect(alone.inputs).toHaveLength(299);
    const lines = corpusText('corpus', 'lockfiles', 'prometheus', 'go.sum').trim().split('\n');
    expect(lines.filter((line) => line.includes('/go.mod h1:'))).toHaveLength(481);

    const closure = readCorpus('prometheus', 'go.sum');
    expect(closure.format).toBe('go.mod (go 1.25.10) with go.sum');
    expect(standings(closure)).toEqual({ local: 1, pinned: 299 - 49, unpinned: 1 });
    expect(closure.remarks).toEqual([
      '49 of the 299 modules in go.sum are not required by go.mod and were left out.',
      'Modules that go.mod replaces: 1.',
      'Versions that go.mod excludes: 3.',
    ]);
    expect(unverifiable(closure, 'unpinned').map((input) => input.purl)).toEqual(['pkg:generic/go@1.25.10']);
  });

  it('prometheus: every required module is an input, indirect ones marked, with its line', () => {
    const closure = readCorpus('prometheus', 'go.sum');
    const required =
      corpusText('corpus', 'lockfiles', 'prometheus', 'go.mod').match(/^\t\S+ v\S+(?: \/\/ indirect)?$/gm) ??
      [];
    const excluded = 2;
    expect(pinned(closure)).toHaveLength(required.length - excluded);
    const indirect = required.filter((line) => line.endsWith('// indirect'));
    expect(closure.inputs.filter((input) => input.groups.includes('indirect'))).toHaveLength(indirect.length);
    const lines = corpusText('corpus', 'lockfiles', 'prometheus', 'go.sum').split('\n');
    for (const input of pinned(closure)) {
      const [module, version] = input.purl.replace('pkg:golang/', '').split('@').map(decodeURIComponent);
      expect(lines[(input.places[0]?.line ?? 0) - 1]).toMatch(`${module ?? ''} ${version ?? ''} h1:`);
    }
    expect(readCorpus('prometheus', 'go.mod').inputs.map((input) => [input.purl, input.artefacts])).toEqual(
      closure.inputs.map((input) => [input.purl, input.artefacts]),
    );
  });
});

describeWithCorpus('CycloneDX files of the corpus', () => {
  const sbom = (project: string, file = 'bom.json'): Closure =>
    readCorpus(`cyclonedx-bom-examples/SBOM/${project}`, file);

  it('dropwizard: eight hashes for each of 167 components, of which five are kept', () => {
    const closure = sbom('dropwizard-1.3.15');
    expect(closure.format).toBe('CycloneDX 1.2');
    expect(standings(closure)).toEqual({ local: 1, pinned: 167 });
    for (const input of pinned(closure)) {
      expect(input.artefacts).toHaveLength(1);
      expect(input.artefacts[0]?.declared).toBe(true);
      expect(Object.keys(input.artefacts[0]?.digests ?? {}).sort()).toEqual([
        'md5',
        'sha1',
        'sha256',
        'sha384',
        'sha512',
      ]);
    }
    expect(closure.inputs.reduce((sum, input) => sum + input.dependencies.length, 0)).toBeGreaterThan(100);
  });

  it('cern-lhc-vdm-editor: a mixture of SHA-512 and SHA-1', () => {
    expect(standings(sbom('cern-lhc-vdm-editor-e564943'))).toEqual({ local: 1, pinned: 17, weak: 26 });
  });

  it('laravel: no hash at all', () => {
    const closure = sbom('laravel-7.12.0', 'bom.1.4.json');
    expect(closure.format).toBe('CycloneDX 1.4');
    expect(standings(closure)).toEqual({ local: 1, unpinned: 62 });
  });
});

describeWithCorpus('every lockfile of the corpus that is read', () => {
  it.each([
    ['gulp-vinyl-zip', 'package-lock.json'],
    ['in-toto-attestation', 'package-lock.json'],
    ['npm-cli', 'package-lock.json'],
    ['cargo-vet', 'Cargo.lock'],
    ['wasmtime', 'Cargo.lock'],
    ['prometheus', 'go.sum'],
    ['cyclonedx-bom-examples/SBOM/dropwizard-1.3.15', 'bom.json'],
    ['poetry', 'poetry.lock'],
    ['uv', 'uv.lock'],
    ['pipenv', 'Pipfile.lock'],
    ['node-postgres', 'yarn.lock'],
    ['babel', 'yarn.lock'],
    ['pnpm', 'pnpm-lock.yaml'],
    ['bazel-examples', 'pnpm-lock.yaml'],
    ['hono', 'bun.lock'],
  ])('%s gives inputs that the API takes, and edges inside the closure', (folder, name) => {
    const closure = readCorpus(folder, name);
    for (const input of closure.inputs) {
      expect(inputSchema.parse(input)).toEqual(input);
      expect(input.dependencies.every((position) => position < closure.inputs.length)).toBe(true);
    }
  });

  it.each([
    ['composer', 'composer.lock'],
    ['ghostty', 'flake.lock'],
    ['bazel-examples', 'MODULE.bazel.lock'],
    ['rubygems', 'test_gems.rb.lock'],
    ['spdx-examples/software/example11/spdx2.3', 'sbom.spdx.json'],
    ['spdx-examples/software/example11/spdx3.0', 'sbom.spdx3.json'],
  ])('%s is recognised by its content as what is not read yet', (folder, name) => {
    const text = corpusText('corpus', 'lockfiles', ...folder.split('/'), name);
    expect(() => readLockfile({ name: 'upload', text, sibling: () => undefined })).toThrow(/not read yet/);
  });
});
