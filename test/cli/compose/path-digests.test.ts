import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pathDigests } from '../../../cli/compose/path-digests.ts';
import { crevRegistryIgnore } from '../../../core/digest/crev-digest.ts';

const folder = mkdtempSync(join(tmpdir(), 'trust-check-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeCrate(name: string, extra: readonly string[] = []): string {
  const path = join(folder, name);
  for (const file of ['src/lib.rs', 'Cargo.toml', ...extra]) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), `content of ${file}\n`);
  }
  return path;
}

describe('digests of a folder', () => {
  it('are those of the archive, whatever cargo left in the unpacked crate', async () => {
    const clean = await pathDigests(writeCrate('clean'), { crevIgnore: crevRegistryIgnore });
    const used = writeCrate('used', ['.cargo-ok', 'target/debug/out']);
    expect(await pathDigests(used, { crevIgnore: crevRegistryIgnore })).toEqual(clean);
    expect(clean.digests).toHaveProperty('narSha256');
  });

  it('take everything in where no package manager is known', async () => {
    const clean = await pathDigests(writeCrate('plain'));
    const more = await pathDigests(writeCrate('more', ['.cargo-ok']));
    for (const key of ['crevDigest', 'narSha256', 'gitTree'] as const) {
      expect(more.digests[key]).not.toBe(clean.digests[key]);
    }
  });

  it('leave names out in the root only', async () => {
    const clean = await pathDigests(writeCrate('shallow'), { crevIgnore: crevRegistryIgnore });
    const deep = writeCrate('deep', ['src/target/x']);
    const { digests } = await pathDigests(deep, { crevIgnore: crevRegistryIgnore });
    expect(digests.gitTree).not.toBe(clean.digests.gitTree);
  });
});
