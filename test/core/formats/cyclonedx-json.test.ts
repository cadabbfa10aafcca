import { describe, expect, it } from 'vitest';
import { dependenciesOf, entriesOf, inputOf, readLock } from '../../support/lockfile.ts';
import { expectCode } from '../../support/matchers.ts';

const bom = (rest: object, specVersion = '1.6'): object => ({
  bomFormat: 'CycloneDX',
  specVersion,
  version: 1,
  ...rest,
});
const sha256 = (digit: string): object => ({ alg: 'SHA-256', content: digit.repeat(64) });

describe('CycloneDX JSON', () => {
  it.each(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'])('reads version %s', (version) => {
    const closure = readLock('bom.json', bom({ components: [{ type: 'library', name: 'a' }] }, version));
    expect(closure.format).toBe(`CycloneDX ${version}`);
    expect(closure.inputs.map((input) => input.purl)).toEqual(['pkg:generic/a']);
  });

  it('reads purl, hashes in either case, scope and line, and marks the digests as declared', () => {
    const closure = readLock(
      'bom.json',
      bom({
        components: [
          {
            name: 'a',
            version: '1',
            purl: 'pkg:npm/a@1',
            scope: 'optional',
            isExternal: true,
            hashes: [
              { alg: 'SHA-256', content: 'AB'.repeat(32) },
              { alg: 'MD5', content: 'cd'.repeat(16) },
              { alg: 'SHA3-256', content: 'ef'.repeat(32) },
            ],
          },
        ],
      }),
    );
    expect(closure.inputs).toEqual([
      {
        purl: 'pkg:npm/a@1',
        artefacts: [{ digests: { sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) }, declared: true }],
        places: [{ line: 6, path: 'components[0]' }],
        groups: ['optional', 'external'],
        dependencies: [],
      },
    ]);
    expect(closure.remarks).toEqual([
      'Components with hashes of whatever the producer of this list hashed, taken for digests of the archives: 1 of 1.',
    ]);
  });

  it('walks nested components, takes the subject and its parts for the project’s own, and leaves tools out', () => {
    const closure = readLock(
      'bom.json',
      bom({
        metadata: {
          tools: { components: [{ name: 'tool' }] },
          component: { name: 'own', version: '1', 'bom-ref': 'own', components: [{ name: 'part' }] },
        },
        components: [
          {
            name: 'outer',
            components: [{ name: 'inner', components: [{ group: 'g', name: 'core', version: '2' }] }],
          },
        ],
      }),
    );
    expect(closure.inputs.map((input) => [input.purl, input.local ?? false, input.places[0]?.path])).toEqual([
      ['pkg:generic/own@1', true, 'metadata.component'],
      ['pkg:generic/part', true, 'metadata.component.components[0]'],
      ['pkg:generic/outer', false, 'components[0]'],
      ['pkg:generic/inner', false, 'components[0].components[0]'],
      ['pkg:generic/g/core@2', false, 'components[0].components[0].components[0]'],
    ]);
  });

  it('builds the graph of bom-refs, and counts references to nothing', () => {
    const closure = readLock(
      'bom.json',
      bom({
        metadata: { component: { name: 'own', 'bom-ref': 'root' } },
        components: [
          { name: 'a', 'bom-ref': 'A', hashes: [sha256('a')] },
          { name: 'b', 'bom-ref': 'B', hashes: [sha256('b')] },
        ],
        dependencies: [
          { ref: 'root', dependsOn: ['A', 'gone'] },
          { ref: 'A', dependsOn: ['B'] },
          { ref: 'B', dependsOn: null },
          { ref: 'gone', dependsOn: ['A'] },
        ],
      }),
    );
    expect(dependenciesOf(closure, 'pkg:generic/own')).toEqual(['pkg:generic/a']);
    expect(dependenciesOf(closure, 'pkg:generic/a')).toEqual(['pkg:generic/b']);
    expect(closure.remarks).toContain('Dependencies between components of which one is not in this list: 2.');
  });

  it.each([
    ['unpinned', {}],
    ['unpinned', { hashes: null }],
    ['weak', { hashes: [{ alg: 'SHA-1', content: 'ab'.repeat(20) }] }],
    ['other-kind', { hashes: [{ alg: 'BLAKE3', content: 'ab'.repeat(32) }] }],
    ['placeholder', { hashes: [{ alg: 'SHA-256', content: '' }] }],
  ])('calls a component %s that has %j', (reason, rest) => {
    const closure = readLock('bom.json', bom({ components: [{ name: 'a', ...rest }] }));
    expect(closure.inputs[0]?.unverifiable?.reason).toBe(reason);
  });

  it('reads SWHIDs', () => {
    const id = '0123456789abcdef0123456789abcdef01234567';
    const closure = readLock(
      'bom.json',
      bom({ components: [{ name: 'a', swhid: [`swh:1:dir:${id}`, `swh:1:rev:${id}`] }] }),
    );
    expect(closure.inputs[0]?.artefacts[0]?.digests).toEqual({ swhDir: id, gitCommit: id });
    expect(closure.inputs[0]?.unverifiable).toBeUndefined();
  });

  it('merges components with the same purl and hashes, and reports those with other hashes', () => {
    const one = { name: 'a', purl: 'pkg:npm/a@1', hashes: [sha256('a')] };
    const closure = readLock('bom.json', bom({ components: [one, one, { ...one, hashes: [sha256('b')] }] }));
    expect(closure.inputs).toHaveLength(2);
    expect(entriesOf(closure.inputs)).toBe(3);
    expect(closure.remarks.join()).toContain('two different digests');
  });

  it('names a component generically whose purl breaks the rules, and says so', () => {
    const closure = readLock(
      'bom.json',
      bom({ components: [{ name: 'a', version: '1', purl: 'pkg:cargo/x/y@1' }] }),
    );
    expect(inputOf(closure, 'pkg:generic/a@1')).toBeDefined();
    expect(closure.remarks.join()).toContain('"pkg:cargo/x/y@1"');
  });

  it('says what it does not read, and what the list says of its own completeness', () => {
    const closure = readLock(
      'bom.json',
      bom({
        components: [
          { name: 'a', externalReferences: [{ type: 'distribution', url: 'x', hashes: [sha256('a')] }] },
        ],
        formulation: [],
        compositions: [{ aggregate: 'incomplete' }, { aggregate: 'complete' }],
      }),
    );
    expect(closure.remarks).toEqual([
      'Components with hashes on external references, which are not read: 1.',
      'The formulation (how it was built) is not read.',
      'The list says about its own completeness: incomplete, complete.',
    ]);
  });

  it.each(['1.1', '1.8', '2.0', ''])('names specVersion %j, which it does not know', async (version) => {
    const error = await expectCode('lockfile-version-unknown', () => readLock('bom.json', bom({}, version)));
    expect(error.message).toContain(`specVersion ${version}`);
  });

  it.each([
    [{ components: {} }, 'line 1: "components" must be a list'],
    [{ components: [1] }, 'must be a list of objects'],
    [{ components: [{ name: 'a', hashes: [{ alg: 'SHA-256', content: 'xyz' }] }] }, 'line 9: no sha256: xyz'],
    [{ components: [{ name: 'a', hashes: [sha256('a'), sha256('b')] }] }, 'two values of sha256'],
    [{ components: [{ version: '1' }] }, 'is no generic package'],
  ])('refuses %j', async (rest, message) => {
    const error = await expectCode('lockfile-invalid', () => readLock('bom.json', bom(rest)));
    expect(error.message).toContain(message);
  });
});
