import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { computeSources } from '../../../cli/source/compute.ts';
import { DigestCache } from '../../../cli/source/digest-cache.ts';
import type { Input } from '../../../core/closure/input.ts';
import type { DigestSet } from '../../../core/digest/digest-set.ts';
import { treeDigests } from '../../../core/digest/tree-digests.ts';
import { tar, tgz } from '../../support/archives.ts';
import { dir, file } from '../../support/trees.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compute-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const hex = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');
const input = (purl: string, digests: DigestSet, more: Partial<Input> = {}): Input => ({
  purl,
  artefacts: [{ digests }],
  places: [],
  groups: [],
  dependencies: [],
  ...more,
});
const archive = tgz({ path: 'demo-1.0.0/src/lib.rs', content: 'fn x() {}' });
const demo = input('pkg:cargo/demo@1.0.0', { sha256: hex('sha256', archive) });
const expected = await treeDigests(dir({ src: dir({ 'lib.rs': file('fn x() {}') }) }));
const run = (inputs: readonly Input[], more: Partial<Parameters<typeof computeSources>[1]> = {}) =>
  computeSources(inputs, { projectFolder: folder, folders: [folder], ...more });

describe('sources from a folder', () => {
  it.each([['demo-1.0.0.crate'], ['registry/cache/some-index-1/demo-1.0.0.crate']])(
    'are found as %s',
    async (path) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), archive);
      const { inputs, findings, computed } = await run([demo]);
      expect(findings).toEqual([]);
      expect(computed.local).toBe(1);
      const [equivalent] = inputs[0]?.artefacts[0]?.equivalents ?? [];
      expect(equivalent).toMatchObject({ digests: expected, origin: { kind: 'computed' } });
      expect(equivalent?.digests.sha512).toBe(hex('sha512', archive));
      expect(demo.artefacts[0]).not.toHaveProperty('equivalents');
    },
  );

  it('are found by npm names and by the hash in its cache', async () => {
    const packed = tgz({ path: 'package/index.js', content: '1' });
    const sha512 = hex('sha512', packed);
    const scoped = input('pkg:npm/%40s/n@1.0.0', { sha512 });
    const cache = join(folder, '_cacache', 'content-v2', 'sha512', sha512.slice(0, 2), sha512.slice(2, 4));
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, sha512.slice(4)), packed);
    expect((await run([scoped])).computed.local).toBe(1);
    rmSync(join(folder, '_cacache'), { recursive: true });
    expect((await run([scoped])).computed.local).toBe(0);
    writeFileSync(join(folder, 's-n-1.0.0.tgz'), packed);
    expect((await run([scoped])).computed.local).toBe(1);
  });

  it('that are other bytes are a mismatch, and are not unpacked', async () => {
    // Were it unpacked before it is checked, this one would fail as unsafe.
    writeFileSync(join(folder, 'demo-1.0.0.crate'), tar({ path: '../evil' }));
    const { findings, inputs } = await run([demo]);
    expect(findings.map(({ error }) => error.code)).toEqual(['source-mismatch']);
    expect(findings[0]?.error.message).toContain(demo.artefacts[0]?.digests.sha256 ?? '?');
    expect(inputs).toEqual([demo]);
  });

  it('that are what the lockfile names but unsafe give a finding and no digests', async () => {
    const evil = tgz({ path: 'demo-1.0.0/l', type: '2', target: '../../x' });
    writeFileSync(join(folder, 'demo-1.0.0.crate'), evil);
    const { findings } = await run([input('pkg:cargo/demo@1.0.0', { sha256: hex('sha256', evil) })]);
    expect(findings.map(({ error }) => error.code)).toEqual(['archive-unsafe']);
  });

  it('that lie in a folder of another name are refused, as cargo refuses them', async () => {
    const other = tgz({ path: 'other-1.0.0/lib.rs', content: '' });
    writeFileSync(join(folder, 'demo-1.0.0.crate'), other);
    const { findings } = await run([input('pkg:cargo/demo@1.0.0', { sha256: hex('sha256', other) })]);
    expect(findings.map(({ error }) => error.code)).toEqual(['archive-unsafe']);
  });

  it('are taken from the first place that has the right ones', async () => {
    for (const index of ['a', 'b']) mkdirSync(join(folder, 'cache', index), { recursive: true });
    writeFileSync(join(folder, 'cache', 'a', 'demo-1.0.0.crate'), tgz({ path: 'demo-1.0.0/x' }));
    writeFileSync(join(folder, 'cache', 'b', 'demo-1.0.0.crate'), archive);
    expect((await run([demo])).computed.local).toBe(1);
  });

  it('that are unpacked can not be checked against the hash of an archive, and it is said so', async () => {
    mkdirSync(join(folder, 'demo-1.0.0', 'src'), { recursive: true });
    writeFileSync(join(folder, 'demo-1.0.0', 'src', 'lib.rs'), 'fn x() {}');
    const { findings } = await run([demo]);
    expect(findings[0]?.error.code).toBe('source-unavailable');
    expect(findings[0]?.error.message).toContain('is unpacked');
  });

  it('that are not there are findings with a next step', async () => {
    const { findings } = await run([demo]);
    expect(findings[0]?.error.code).toBe('source-unavailable');
    expect(findings[0]?.error.help).toContain('--fetch');
  });

  it('are limited in size', async () => {
    writeFileSync(join(folder, 'demo-1.0.0.crate'), archive);
    const { findings } = await run([demo], { limits: { archiveBytes: 10 } });
    expect(findings.map(({ error }) => error.code)).toEqual(['archive-too-large']);
  });
});

describe('what is not looked for', () => {
  it.each<[string, Input]>([
    ['the own code', input('pkg:cargo/demo@1.0.0', { sha256: 'ab'.repeat(32) }, { local: true })],
    ['an ecosystem without a provider', input('pkg:pypi/demo@1.0.0', { sha256: 'ab'.repeat(32) })],
    ['a weak digest only', input('pkg:npm/demo@1.0.0', { sha1: 'ab'.repeat(20) })],
    ['a digest of another kind only', input('pkg:npm/demo@1.0.0', { yarnZip: 'ab'.repeat(64) })],
    ['no version', input('pkg:npm/demo', { sha256: 'ab'.repeat(32) })],
    ['an option as a name', input('pkg:npm/--registry@1.0.0', { sha256: 'ab'.repeat(32) })],
    ['a path as a name', input('pkg:npm/..%2F..%2Fx@1.0.0', { sha256: 'ab'.repeat(32) })],
    ['a path in a module', input('pkg:golang/example.com/../x@v1.0.0', { dirHash: 'ab'.repeat(32) })],
    ['a range as a version', input('pkg:npm/demo@%5E1.0.0', { sha256: 'ab'.repeat(32) })],
    ['an address as a version', input('pkg:npm/demo@https:%2F%2Fx', { sha256: 'ab'.repeat(32) })],
    ['quotes in a crate', input('pkg:cargo/a%22b@1.0.0', { sha256: 'ab'.repeat(32) })],
    ['quotes in a version', input('pkg:cargo/a@1.0.0%22', { sha256: 'ab'.repeat(32) })],
    ['a crate from git', input('pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps:%2F%2Fx', { sha256: 'ab'.repeat(32) })],
  ])('%s', async (_, one) => {
    expect(await run([one], { fetch: true })).toEqual({
      inputs: [one],
      findings: [],
      computed: { cache: 0, local: 0, fetched: 0 },
    });
  });
});

describe('the cache of computed digests', () => {
  const cacheFolder = (): string => join(folder, 'computed');
  const entries = (): string[] => (existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : []);

  it('spares the archive the next time, for the same bytes only', async () => {
    writeFileSync(join(folder, 'demo-1.0.0.crate'), archive);
    const cache = new DigestCache(cacheFolder());
    const first = await run([demo], { cache });
    rmSync(join(folder, 'demo-1.0.0.crate'));
    const second = await run([demo], { cache });
    expect(second.computed).toEqual({ cache: 1, local: 0, fetched: 0 });
    expect(second.inputs).toEqual(first.inputs);
    const other = input('pkg:cargo/demo@1.0.0', { sha256: 'ab'.repeat(32) });
    expect((await run([other], { cache })).computed.cache).toBe(0);
  });

  it('holds nothing of bytes that were not those of the lockfile', async () => {
    writeFileSync(join(folder, 'demo-1.0.0.crate'), archive);
    const cache = new DigestCache(cacheFolder());
    await run([input('pkg:cargo/demo@1.0.0', { sha256: 'ab'.repeat(32) })], { cache });
    expect(entries()).toEqual([]);
  });

  it('is not fooled by a name: the same bytes read in another way are another entry', async () => {
    writeFileSync(join(folder, 'demo-1.0.0.crate'), archive);
    const cache = new DigestCache(cacheFolder());
    await run([demo], { cache });
    const asNpm = input('pkg:npm/demo@1.0.0', demo.artefacts[0]?.digests ?? {});
    const asOther = input('pkg:cargo/demo@1.0.1', demo.artefacts[0]?.digests ?? {});
    expect((await run([asNpm, asOther], { cache, folders: [] })).computed.cache).toBe(0);
  });

  it.each([
    ['is no JSON', () => 'nonsense'],
    ['has another key', (text: string) => text.replace('one-folder', 'two-folder')],
    ['contradicts the lockfile', (text: string) => text.replace(/"sha256":"[0-9a-f]{4}/, '"sha256":"0000')],
    ['lacks the digest of the lockfile', (text: string) => text.replace(/"sha256":"[0-9a-f]*",/, '')],
  ])('does not count an entry that %s', async (_, damage) => {
    writeFileSync(join(folder, 'demo-1.0.0.crate'), archive);
    const cache = new DigestCache(cacheFolder());
    await run([demo], { cache });
    const [name = ''] = entries();
    const path = join(cacheFolder(), name);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, damage(before));
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    expect((await run([demo], { cache })).computed).toEqual({ cache: 0, local: 1, fetched: 0 });
  });
});
