import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { archiveDigests } from '../../core/digest/archive-digests.ts';
import { digestLines, hashArchive } from '../../public/modules/archive-hashes.ts';
import { tgz } from '../support/archives.ts';

describe('hashing an archive in the browser', () => {
  it('gives every digest that the command line gives', async () => {
    const bytes = tgz({ path: 'package/index.js', content: 'module.exports = 1;\n' });
    const { digests, note } = await hashArchive(bytes);
    expect(note).toBeUndefined();
    expect(digests).toEqual((await archiveDigests(bytes)).digests);
    expect(digestLines(digests)).toContain(`sha512: ${digests.sha512 ?? '?'}`);
    expect(digestLines(digests)).not.toMatch(/^(?:sha1|md5):/m);
  });

  it('takes an archive without one folder at its top as it is', async () => {
    const { digests, note } = await hashArchive(
      tgz({ path: 'a', content: '1' }, { path: 'b', content: '2' }),
    );
    expect([note, digests.gitTree?.length]).toEqual([undefined, 40]);
  });

  it('hashes the file alone when it is no archive that can be read, and says so', async () => {
    const bytes = new TextEncoder().encode('not an archive');
    const { digests, note } = await hashArchive(bytes);
    expect(note).toContain('Only the file itself was hashed.');
    expect(digests.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(digests.gitTree).toBeUndefined();
  });

  it('tells how far it is with a large one', async () => {
    const told: number[] = [];
    await hashArchive(new Uint8Array(5 * 1024 * 1024), { onBytes: (bytes) => told.push(bytes) });
    expect(told.length).toBeGreaterThan(0);
  });
});
