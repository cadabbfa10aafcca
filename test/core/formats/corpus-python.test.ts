// Real Python lockfiles. Every number was counted by the command beside it, in the folder corpus/lockfiles.

import { expect, it } from 'vitest';
import { describeWithCorpus } from '../../support/corpus.ts';
import { digestCounts, edgeCount, readCorpus } from '../../support/corpus-lockfile.ts';
import { dependenciesOf, entriesOf, inputOf, standings } from '../../support/lockfile.ts';

describeWithCorpus('Python lockfiles of the corpus', () => {
  it('poetry: 78 packages with 1,105 files, one from git', () => {
    const closure = readCorpus('poetry', 'poetry.lock');
    expect(closure.format).toBe('poetry.lock 2.1');
    // grep -c '^\[\[package\]\]' poetry/poetry.lock; all of them have a hash or a commit
    expect(standings(closure)).toEqual({ pinned: 78 });
    // grep -c 'hash = "sha256:[0-9a-f]\{64\}"' poetry/poetry.lock; grep -c '^resolved_reference = ' poetry/poetry.lock
    expect(digestCounts(closure)).toEqual({ sha256: 1105, gitCommit: 1 });
    // python3 -c 'import tomllib; print(sum(len(p.get("dependencies", {})) for p in tomllib.load(open("poetry/poetry.lock", "rb"))["package"]))'
    expect(edgeCount(closure)).toBe(87);
    // grep -c '^groups = .*"main"' poetry/poetry.lock
    expect(closure.inputs.filter(({ groups }) => groups.includes('main'))).toHaveLength(53);
    // sed -n 23,25p poetry/poetry.lock
    expect(inputOf(closure, 'pkg:pypi/backports-tarfile@1.2.0').places).toEqual([{ line: 23 }]);
    // grep -A3 '^idna\|^\[\[package' poetry/poetry.lock, the first package
    expect(dependenciesOf(closure, 'pkg:pypi/anyio@4.13.0')).toHaveLength(3);
  });

  it('uv: 89 packages, 891 wheels and 86 source distributions, one of its own', () => {
    const closure = readCorpus('uv', 'uv.lock');
    expect(closure.format).toBe('uv.lock v1 revision 3');
    // grep -c '^\[\[package\]\]' uv/uv.lock; grep -c '^source = { editable' uv/uv.lock
    expect(standings(closure)).toEqual({ pinned: 88, local: 1 });
    // grep -o 'hash = "sha256:[0-9a-f]\{64\}"' uv/uv.lock | wc -l
    expect(digestCounts(closure)).toEqual({ sha256: 891 + 86 });
    // grep -c '^sdist = ' uv/uv.lock gives 86 for 88 packages that are not its own
    expect(closure.remarks).toEqual([
      'Packages with wheels only, so without a source distribution to read: 2.',
    ]);
    // python3: distinct (name, version, name, version) in dependencies, optional-dependencies and dev-dependencies
    expect(edgeCount(closure)).toBe(147);
    // python3: packages reached from each list in dev-dependencies; the project has no other dependencies
    const inGroup = (name: string) => closure.inputs.filter(({ groups }) => groups.includes(name)).length;
    expect(['check', 'docker', 'docs', 'release'].map(inGroup)).toEqual([13, 2, 53, 29]);
  });

  it('pipenv: 10 and 100 packages with 910 hashes, 5 of them the same in both', () => {
    const closure = readCorpus('pipenv', 'Pipfile.lock');
    // jq '(.default | length) + (.develop | length)' pipenv/Pipfile.lock
    expect(entriesOf(closure.inputs)).toBe(110);
    // jq '[.default, .develop | to_entries[] | {key, version: .value.version, hashes: .value.hashes}] | unique | length' pipenv/Pipfile.lock
    expect(standings(closure)).toEqual({ pinned: 105 });
    // jq '[.default, .develop | .[].hashes | length] | add' pipenv/Pipfile.lock gives 910; 10 of them are in both
    expect(digestCounts(closure)).toEqual({ sha256: 900 });
    expect(closure.inputs.filter(({ groups }) => groups.length === 0)).toHaveLength(5);
  });
});
