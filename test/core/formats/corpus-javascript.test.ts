// Real JavaScript lockfiles. Every number was counted by the command beside it, in the folder corpus/lockfiles.

import { expect, it } from 'vitest';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { digestCounts, edgeCount, readCorpus } from '../../support/corpus-lockfile.ts';
import { entriesOf, inputOf, standings } from '../../support/lockfile.ts';

describeWithCorpus('yarn lockfiles of the corpus', () => {
  it('node-postgres, yarn 1: 1,336 entries, 287 of them sha1 only', () => {
    const closure = readCorpus('node-postgres', 'yarn.lock');
    expect(closure.format).toBe('yarn.lock v1');
    // grep -c '^  version ' node-postgres/yarn.lock
    expect(entriesOf(closure.inputs)).toBe(1336);
    // grep -c '^  integrity sha1' node-postgres/yarn.lock gives 287, grep -c '^  integrity sha512' 1049; three of the
    // entries have the name, version and digests of another one (python3: distinct of those four)
    expect(standings(closure)).toEqual({ pinned: 1049 - 3, weak: 287 });
    // python3: of the distinct entries, those with sha512- in integrity, and those with sha1- there or behind # of resolved
    expect(digestCounts(closure)).toEqual({ sha512: 1046, sha1: 866 });
    // python3: distinct pairs of entries through the header patterns; one dependency (pg-protocol@*) is a workspace
    expect(edgeCount(closure)).toBe(2339);
  });

  it('node-postgres, yarn 1: every place is the line of its header', () => {
    const lines = corpusText('corpus', 'lockfiles', 'node-postgres', 'yarn.lock').split('\n');
    for (const { places } of readCorpus('node-postgres', 'yarn.lock').inputs) {
      for (const { line, path = '' } of places) {
        expect(lines[(line ?? 0) - 1]?.replaceAll('"', '')).toBe(`${path}:`);
      }
    }
  });

  it('babel, yarn 4: 1,749 entries, 112 packages for one platform without checksum', () => {
    const closure = readCorpus('babel', 'yarn.lock');
    expect(closure.format).toBe('yarn.lock metadata 10');
    // grep -c '^  resolution: ' babel/yarn.lock
    expect(entriesOf(closure.inputs)).toBe(1749);
    // grep -oE '^  resolution: ".+@(npm|workspace|patch|link):' babel/yarn.lock | grep -oE '[a-z]+:$' | sort | uniq -c
    // gives 1573 npm, 163 workspace, 9 patch, 4 link (two of which are of one name); grep -c '^  checksum: ' gives 1470
    expect(standings(closure)).toEqual({ local: 163 + 4 - 1, 'other-kind': 1470, unpinned: 112 });
    expect(1573 + 9 - 1470).toBe(112);
    expect(digestCounts(closure)).toEqual({ yarnZip: 1470 });
    // python3: distinct pairs through the header patterns, yarn's own patches counted beside what they patch
    expect(edgeCount(closure)).toBe(4038);
    expect(closure.remarks).toEqual([
      'Packages for one platform that have no checksum, so that yarn takes whatever the registry gives: 112.',
    ]);
  });
});

describeWithCorpus('pnpm lockfiles of the corpus', () => {
  it('pnpm, version 9: two documents with 1,687 packages, one of them a runtime with 11 variants', () => {
    const closure = readCorpus('pnpm', 'pnpm-lock.yaml');
    expect(closure.format).toBe('pnpm-lock v9.0');
    // grep -c '^    resolution: {integrity: sha512-' pnpm/pnpm-lock.yaml gives 1686, grep -c 'type: variations' 1;
    // python3 with PyYAML: importers of the two documents are 1 and 215, 36 of which share their last folder's name
    expect(standings(closure)).toEqual({ pinned: 1686, binary: 1, local: 180 });
    expect(entriesOf(closure.inputs)).toBe(1686 + 1 + 1 + 215);
    // grep -c '^            integrity: sha256-' pnpm/pnpm-lock.yaml
    expect(digestCounts(closure)).toEqual({ sha512: 1686, sha256: 11 });
    expect(inputOf(closure, 'pkg:generic/node@26.7.0').artefacts).toHaveLength(11);
    // python3 with PyYAML: distinct pairs of packages (peers cut) and importers (by last folder) in both documents
    expect(edgeCount(closure)).toBe(5534);
    // python3 with PyYAML: packages whose every snapshot is reached from devDependencies and from no dependencies
    expect(closure.inputs.filter(({ groups }) => groups.includes('dev'))).toHaveLength(425);
  });

  it('bazel-examples, version 6: 1,809 entries of 1,784 packages', () => {
    const closure = readCorpus('bazel-examples', 'pnpm-lock.yaml');
    expect(closure.format).toBe('pnpm-lock v6.0');
    // grep -c '^    resolution: {integrity: sha512-' bazel-examples/pnpm-lock.yaml; python3: 9 importers
    expect(entriesOf(closure.inputs)).toBe(1809 + 9);
    // grep -E '^  /' bazel-examples/pnpm-lock.yaml | sed -E 's/\(.*//; s/:$//' | sort -u | wc -l
    expect(standings(closure)).toEqual({ pinned: 1784, local: 9 });
    expect(digestCounts(closure)).toEqual({ sha512: 1784 });
    // python3 with PyYAML, as above
    expect(edgeCount(closure)).toBe(4206);
    expect(closure.inputs.filter(({ groups }) => groups.includes('dev'))).toHaveLength(1072);
  });
});

describeWithCorpus('bun lockfiles of the corpus', () => {
  it('hono: 1,152 packages, all with integrity, 384 of them nested', () => {
    const closure = readCorpus('hono', 'bun.lock');
    expect(closure.format).toBe('bun.lock v1');
    // grep -cE '^    "[^"]+": \["' hono/bun.lock, and the workspace
    expect(entriesOf(closure.inputs)).toBe(1152 + 1);
    // grep -E '^    "[^"]+": \["' hono/bun.lock | sed -E 's/^    "[^"]+": \["([^"]+)".*"(sha512-[^"]+)"\],?$/\1 \2/' | sort -u | wc -l
    expect(standings(closure)).toEqual({ pinned: 1012, local: 1 });
    expect(digestCounts(closure)).toEqual({ sha512: 1012 });
    // python3: distinct pairs, each name looked up from its path outwards
    expect(edgeCount(closure)).toBe(1438);
    // jq: hono has devDependencies only
    expect(closure.inputs.filter(({ groups }) => groups.includes('dev'))).toHaveLength(1012);
    const lines = corpusText('corpus', 'lockfiles', 'hono', 'bun.lock').split('\n');
    for (const { places } of closure.inputs.slice(1)) {
      for (const { line, path = '' } of places) expect(lines[(line ?? 0) - 1]).toContain(`    "${path}": [`);
    }
  });
});
