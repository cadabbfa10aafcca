// Real JavaScript lockfiles. Every number was counted by the command beside it, in the folder corpus/lockfiles.

import { expect, it } from 'vitest';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { digestCounts, edgeCount, readCorpus } from '../../support/corpus-lockfile.ts';
import { entriesOf, standings } from '../../support/lockfile.ts';

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
