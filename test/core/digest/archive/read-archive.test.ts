import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createTarPacker } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../../core/bytes.ts';
import { archiveDigests } from '../../../../core/digest/archive-digests.ts';
import { crc32 } from '../../../../core/digest/archive/crc32.ts';
import { readArchive } from '../../../../core/digest/archive/read-archive.ts';
import { fileDigests } from '../../../../core/digest/file-digest.ts';
import { goDirhash } from '../../../../core/digest/go-dirhash.ts';
import { goDirhashOfZip } from '../../../../core/digest/go-dirhash-zip.ts';
import { tarSha256 } from '../../../../core/digest/tar-sha256.ts';
import { treeDigests } from '../../../../core/digest/tree-digests.ts';
import type { DirectoryNode, TreeNode } from '../../../../core/digest/tree.ts';
import {
  concat,
  gnuLong,
  gzip,
  paxHeader,
  tar,
  tarEntry,
  tgz,
  treeEntries,
  zip,
} from '../../../support/archives.ts';
import { expectCode } from '../../../support/matchers.ts';
import { dir, file, link, sampleModule, sampleTree } from '../../../support/trees.ts';

const sample = await treeDigests(sampleTree());

describe('an archive of a tree has the digests of the tree', () => {
  it('as a tar, gzipped and bare', async () => {
    const bytes = tar(...treeEntries(sampleTree(), utf8('pkg-1.0.0')));
    const { sha256 } = await fileDigests([bytes], ['sha256']);
    for (const archive of [bytes, gzip(bytes)]) {
      const { digests, stripped } = await archiveDigests(archive);
      expect(digests).toMatchObject({ ...sample, tarSha256: sha256 });
      expect(stripped).toBe(1);
      expect(await tarSha256(archive)).toBe(sha256);
    }
  });

  it('as a zip', async () => {
    const { digests } = await archiveDigests(
      zip([
        { name: 'p/', mode: 0o040755 },
        { name: 'p/a.txt', content: 'hello\n', method: 0 },
        { name: 'p/run.sh', content: '#!/bin/sh\necho hi\n', mode: 0o100755, descriptor: true },
        { name: 'p/sub.c', content: 'int x;\n' },
        { name: 'p/sub/b', content: 'b\n' },
        { name: 'p/link', content: 'a.txt', mode: 0o120777 },
        { name: 'p/emptydir/', mode: 0o040755 },
      ]),
    );
    expect(digests).toMatchObject(sample);
    expect(digests).not.toHaveProperty('tarSha256');
  });

  it('as a Go module zip, from the zip and from the tree', async () => {
    const prefix = 'example.com/sample@v1.0.0';
    const archive = zip([
      { name: `${prefix}/sub/b`, content: 'b\n' },
      { name: `${prefix}/a.txt`, content: 'hello\n' },
      { name: `${prefix}/sub.c`, content: 'int x;\n' },
      { name: `${prefix}/run.sh`, content: '#!/bin/sh\necho hi\n' },
    ]);
    const expected = await goDirhash(sampleModule(), prefix);
    expect(await goDirhashOfZip(archive)).toBe(expected);
    const { digests } = await archiveDigests(archive, { layout: { kind: 'flat' }, go: true });
    expect(digests.dirHash).toBe(expected);
  });

  const names = fc.oneof(
    fc.stringMatching(/^[a-z0-9._+-]{1,10}$/).filter((text) => !/^\.{1,2}$/.test(text)),
    fc.constantFrom('é', 'long-'.repeat(25), 'sub', 'sub.c'),
  );
  const trees = fc.letrec<{ node: TreeNode; directory: DirectoryNode }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(fc.uint8Array({ maxLength: 1200 }), fc.boolean()).map(([bytes, x]) => file(bytes, x)),
      fc.stringMatching(/^[a-z][a-z0-9/]{0,150}$/).map(link),
      tie('directory'),
    ),
    directory: fc.dictionary(names, tie('node'), { maxKeys: 5, noNullPrototype: true }).map(dir),
  })).directory;

  it('for any tree', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const entries = treeEntries(tree, utf8('top'));
        const archive = tgz(tarEntry({ path: 'top/', type: '5' }), ...entries);
        const { digests } = await archiveDigests(archive, { layout: { kind: 'one-folder', folder: 'top' } });
        expect(digests).toMatchObject(await treeDigests(tree));
        const stripped = await archiveDigests(archive, { layout: { kind: 'strip-one' } });
        expect(stripped.digests).toEqual(digests);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what honest archives hold is read', () => {
  const digestsOf = async (archive: Uint8Array) => treeDigests((await readArchive(archive)).root);
  const plain = digestsOf(tar({ path: 'p/a', content: 'a' }, { path: 'p/b', content: 'a' }));

  it.each([
    ['GNU headers', tar({ path: 'p/a', content: 'a', magic: 'ustar  \0' }, { path: 'p/b', content: 'a' })],
    ['V7 headers', tar({ path: 'p/a', content: 'a', magic: '', type: '\0' }, { path: 'p/b', content: 'a' })],
    [
      'V7 folders',
      tar(
        { path: 'p/', magic: '', type: '\0' },
        { path: 'p/a', content: 'a' },
        { path: 'p/b', content: 'a' },
      ),
    ],
    [
      'a leading dot and folders twice',
      tar(
        { path: './', type: '5' },
        { path: './p', type: '5' },
        { path: './p/', type: '5' },
        { path: './p/a', content: 'a' },
        { path: 'p//b', content: 'a' },
      ),
    ],
    [
      'a comment for all (git archive)',
      tar(
        paxHeader({ comment: 'f'.repeat(40) }, 'g'),
        { path: 'p/a', content: 'a' },
        { path: 'p/b', content: 'a' },
      ),
    ],
    [
      'times of pax',
      tar(
        paxHeader({ mtime: '1.5', 'LIBARCHIVE.x': 'y' }),
        { path: 'p/a', content: 'a' },
        { path: 'p/b', content: 'a' },
      ),
    ],
    [
      'names of pax, prefix and GNU',
      tar(
        paxHeader({ path: 'p/a' }),
        { path: 'cut', content: 'a' },
        { path: 'b', prefix: 'p', content: 'a' },
      ),
    ],
    [
      'a GNU long name',
      tar(gnuLong('L', 'p/a'), { path: 'cut', content: 'a' }, { path: 'p/b', content: 'a' }),
    ],
    [
      'a hard link to an earlier file',
      tar({ path: 'p/a', content: 'a' }, { path: 'p/b', type: '1', target: 'p/a' }),
    ],
    [
      'the same file twice',
      tar({ path: 'p/a', content: 'a' }, { path: 'p/b', content: 'a' }, { path: 'p/a', content: 'a' }),
    ],
    [
      'a base-256 size',
      tar(
        { path: 'p/a', content: 'a', sizeField: Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) },
        { path: 'p/b', content: 'a' },
      ),
    ],
    ['no end mark', concat(tarEntry({ path: 'p/a', content: 'a' }), tarEntry({ path: 'p/b', content: 'a' }))],
    [
      'padding to a large block',
      concat(tar({ path: 'p/a', content: 'a' }, { path: 'p/b', content: 'a' }), new Uint8Array(8192)),
    ],
  ])('%s', async (_, archive) => {
    expect(await digestsOf(archive)).toEqual(await plain);
  });

  it('links inside, also up to the root', async () => {
    const { root } = await readArchive(tar({ path: 'p/q/l', type: '2', target: '../../r/s' }));
    expect(await treeDigests(root)).toEqual(
      await treeDigests(dir({ p: dir({ q: dir({ l: link('../../r/s') }) }) })),
    );
  });

  it('but a link up to the archive root is outside once the top folder is off', async () => {
    const archive = tgz({ path: 'package/l', type: '2', target: '../x' });
    await expect(readArchive(archive)).resolves.toBeDefined();
    await expectCode('archive-unsafe', () => archiveDigests(archive, { layout: { kind: 'strip-one' } }));
  });

  it('as an independent writer makes them', async () => {
    const chunks: Uint8Array[] = [];
    const { readable, controller } = createTarPacker();
    const reading = (async () => {
      for await (const chunk of readable) chunks.push(chunk);
    })();
    const path = `p/${'long-name-'.repeat(20)}.txt`;
    const writer = controller.add({ name: path, size: 5, type: 'file', mode: 0o755 }).getWriter();
    await writer.write(utf8('hello'));
    await writer.close();
    controller.finalize();
    await reading;
    const expected = dir({ p: dir({ [path.slice(2)]: file('hello', true) }) });
    expect(await digestsOf(concat(...chunks))).toEqual(await treeDigests(expected));
  });
});

describe('layouts', () => {
  const two = tgz({ path: 'a/x', content: '1' }, { path: 'b/y', content: '2' });

  it('take the first part off every path, as npm does', async () => {
    const { digests } = await archiveDigests(two, { layout: { kind: 'strip-one' } });
    expect(digests).toMatchObject(await treeDigests(dir({ x: file('1'), y: file('2') })));
  });

  it('refuse several folders, or another name, where one is expected', async () => {
    await expectCode('archive-unsafe', () => archiveDigests(two));
    const one = tgz({ path: 'serde-1.0.0/x', content: '1' });
    await expectCode('archive-unsafe', () =>
      archiveDigests(one, { layout: { kind: 'one-folder', folder: 'serde-1.0.1' } }),
    );
  });

  it('refuse paths that become the same', async () => {
    const clash = tgz({ path: 'a/x', content: '1' }, { path: 'b/x', content: '2' });
    await expectCode('archive-unsafe', () => archiveDigests(clash, { layout: { kind: 'strip-one' } }));
  });

  it('refuse a file beside the folders', async () => {
    const beside = tgz({ path: 'x', content: '1' }, { path: 'a/x', content: '1' });
    await expectCode('archive-unsafe', () => archiveDigests(beside, { layout: { kind: 'strip-one' } }));
  });

  it('leave everything in place when flat', async () => {
    const { digests, stripped } = await archiveDigests(two, { layout: { kind: 'flat' } });
    expect(stripped).toBe(0);
    expect(digests).toMatchObject(
      await treeDigests(dir({ a: dir({ x: file('1') }), b: dir({ y: file('2') }) })),
    );
  });
});

describe('CRC-32', () => {
  it('is the one of zip, in one piece or many', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 31) & 0xff);
    expect(crc32(bytes.subarray(333), crc32(bytes.subarray(0, 333)))).toBe(crc32(bytes));
  });
});

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const hasXz = has('xz') && has('tar');
if (!hasXz) process.stderr.write('\n!!! NOT TESTED: .tar.xz, tar and xz are not installed\n');

describe.skipIf(!hasXz)('a .tar.xz', () => {
  it('is read, and refused when cut or damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xz-'));
    try {
      const bytes = tar(...treeEntries(sampleTree(), utf8('p')));
      writeFileSync(join(folder, 'a.tar'), bytes);
      execFileSync('xz', [join(folder, 'a.tar')]);
      const archive = new Uint8Array(readFileSync(join(folder, 'a.tar.xz')));
      const { digests } = await archiveDigests(archive);
      expect(digests).toMatchObject({ ...sample, tarSha256: await tarSha256(bytes) });
      await expectCode('archive-unreadable', () => readArchive(archive.subarray(0, -8)));
      await expectCode('archive-unreadable', () => readArchive(concat(archive, utf8('junk'))));
      const damaged = archive.slice();
      damaged[60]! ^= 1;
      await expectCode('archive-unreadable', () => readArchive(damaged));
      expect(toHex(archive.subarray(0, 2))).toBe('fd37');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
