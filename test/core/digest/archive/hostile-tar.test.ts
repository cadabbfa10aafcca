import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../../core/bytes.ts';
import { readArchive } from '../../../../core/digest/archive/read-archive.ts';
import type { ErrorCode } from '../../../../core/errors.ts';
import { concat, gnuLong, gzip, paxHeader, tar, tarEntry, tgz } from '../../../support/archives.ts';
import { expectCode } from '../../../support/matchers.ts';

const ok = { path: 'p/a', content: 'a' };

describe('a tar is refused', () => {
  const cases: readonly (readonly [string, ErrorCode, Uint8Array])[] = [
    ['with a path that climbs out', 'archive-unsafe', tar({ path: '../x', content: 'x' })],
    ['with a path that climbs inside', 'archive-unsafe', tar({ path: 'p/../../x' })],
    ['with a path that ends in two dots', 'archive-unsafe', tar({ path: 'p/..', type: '5' })],
    ['with an absolute path', 'archive-unsafe', tar({ path: '/etc/passwd' })],
    ['with a backslash', 'archive-unsafe', tar({ path: 'p\\..\\x' })],
    ['with a drive letter', 'archive-unsafe', tar({ path: 'C:x' })],
    ['with an empty name', 'archive-unsafe', tar({ path: '' })],
    ['with NUL in a pax path', 'archive-unsafe', tar(paxHeader({ path: 'p/a\0b' }), ok)],
    ['with a pax path that climbs out', 'archive-unsafe', tar(paxHeader({ path: '../../x' }), ok)],
    [
      'with a GNU long name that climbs out',
      'archive-unsafe',
      tar(gnuLong('L', `${'a/'.repeat(80)}../x`), ok),
    ],
    ['with a ustar prefix that climbs out', 'archive-unsafe', tar({ path: 'x', prefix: '..' })],
    ['with a file as root', 'archive-unsafe', tar({ path: './', type: '2', target: 'x' })],
    ['with an absolute link', 'archive-unsafe', tar({ path: 'p/l', type: '2', target: '/etc/passwd' })],
    ['with a link that points outside', 'archive-unsafe', tar({ path: 'p/l', type: '2', target: '../../x' })],
    [
      'with a link that climbs behind a name',
      'archive-unsafe',
      tar({ path: 'p/l', type: '2', target: 'q/../../../x' }),
    ],
    [
      'with a link that climbs behind a name, though not far',
      'archive-unsafe',
      tar({ path: 'p/l', type: '2', target: 'q/..' }),
    ],
    ['with a link to nothing', 'archive-unsafe', tar({ path: 'p/l', type: '2' })],
    [
      'with a link through backslashes',
      'archive-unsafe',
      tar({ path: 'p/l', type: '2', target: '..\\..\\x' }),
    ],
    [
      'with a long link target that points outside',
      'archive-unsafe',
      tar(gnuLong('K', '../../x'), { path: 'p/l', type: '2' }),
    ],
    [
      'with an entry behind a link',
      'archive-unsafe',
      tar({ path: 'p/l', type: '2', target: 'q' }, { path: 'p/l/x' }),
    ],
    ['with a link where a folder was', 'archive-unsafe', tar(ok, { path: 'p', type: '2', target: 'q' })],
    ['with a folder where a file was', 'archive-unsafe', tar(ok, { path: 'p/a', type: '5' })],
    ['with a file in a file', 'archive-unsafe', tar(ok, { path: 'p/a/b' })],
    ['with one path for two contents', 'archive-unsafe', tar(ok, { path: 'p/./a', content: 'b' })],
    ['with one path for two modes', 'archive-unsafe', tar(ok, { ...ok, mode: 0o755 })],
    ['with a hard link out', 'archive-unsafe', tar({ path: 'p/h', type: '1', target: '../x' })],
    [
      'with a hard link to an absolute path',
      'archive-unsafe',
      tar({ path: 'p/h', type: '1', target: '/etc/passwd' }),
    ],
    [
      'with a hard link to what comes later',
      'archive-unsafe',
      tar({ path: 'p/h', type: '1', target: 'p/a' }, ok),
    ],
    [
      'with a hard link with content',
      'archive-unsafe',
      tar(ok, { path: 'p/h', type: '1', target: 'p/a', content: 'x' }),
    ],
    ['with a character device', 'archive-unsafe', tar({ path: 'p/d', type: '3' })],
    ['with a block device', 'archive-unsafe', tar({ path: 'p/d', type: '4' })],
    ['with a pipe', 'archive-unsafe', tar({ path: 'p/d', type: '6' })],
    ['with an old sparse file', 'archive-unsafe', tar({ path: 'p/s', type: 'S' })],
    ['with a pax sparse file', 'archive-unsafe', tar(paxHeader({ 'GNU.sparse.major': '1' }), ok)],
    ['with another character set', 'archive-unsafe', tar(paxHeader({ hdrcharset: 'BINARY' }), ok)],
    ['with an unknown type', 'archive-unsafe', tar({ path: 'p/u', type: 'Z' })],
    ['with a global path', 'archive-unsafe', tar(paxHeader({ path: 'p/b' }, 'g'), ok)],
    ['with a folder that has content', 'archive-unsafe', tar({ path: 'p/', type: '5', content: 'x' })],
    ['with a file called like a folder', 'archive-unsafe', tar({ path: 'p/x/', content: 'x' })],
    ['with entries behind its end', 'archive-unsafe', concat(tar(ok), tar({ path: 'p/hidden' }))],
    ['with junk behind its end', 'archive-unsafe', concat(tar(ok), utf8('junk'))],
    ['with a wrong checksum', 'archive-unreadable', tar({ ...ok, badChecksum: true })],
    ['with a size that is no number', 'archive-unreadable', tar({ ...ok, sizeField: utf8('0000000zzzz\0') })],
    ['with a negative size', 'archive-unreadable', tar({ ...ok, sizeField: new Uint8Array(12).fill(0xff) })],
    [
      'with a size beyond integers',
      'archive-unreadable',
      tar({ ...ok, sizeField: Uint8Array.of(0x80, ...new Uint8Array(11).fill(0xff)) }),
    ],
    ['that ends inside a file', 'archive-unreadable', tarEntry({ ...ok, size: 4096 })],
    ['that ends inside a header', 'archive-unreadable', concat(tarEntry(ok), new Uint8Array(100).fill(1))],
    ['with a header that belongs to nothing', 'archive-unreadable', tar(ok, paxHeader({ path: 'p/z' }))],
    [
      'with a pax record that lies about its length',
      'archive-unreadable',
      tar(tarEntry({ path: 'x', type: 'x', content: '99 path=a\n' }), ok),
    ],
    [
      'with a pax record without =',
      'archive-unreadable',
      tar(tarEntry({ path: 'x', type: 'x', content: '7 path\n' }), ok),
    ],
    ['with a pax size that is no number', 'archive-unreadable', tar(paxHeader({ size: '-1' }), ok)],
    ['with a pax size beyond the file', 'archive-unreadable', tar(paxHeader({ size: '5000' }), ok)],
    ['with a huge extended header', 'archive-too-large', tar(paxHeader({ comment: 'x'.repeat(70_000) }), ok)],
    ['with a path that is too long', 'archive-too-large', tar(paxHeader({ path: 'a'.repeat(5000) }), ok)],
    [
      'with folders too deep',
      'archive-too-large',
      tar(paxHeader({ path: 'a/'.repeat(200) }), { path: 'x', type: '5' }),
    ],
  ];
  it.each(cases)('%s', async (_, code, bytes) => {
    await expectCode(code, () => readArchive(bytes));
    await expectCode(code, () => readArchive(gzip(bytes)));
  });
});

describe('a compressed tar is refused', () => {
  it('when a second gzip member follows, which some readers see and others do not', async () => {
    const half = tarEntry(ok);
    await expectCode('archive-unsafe', () => readArchive(concat(gzip(half), gzip(tar({ path: 'p/b' })))));
    await expectCode('archive-unsafe', () => readArchive(concat(tgz(ok), gzip(new Uint8Array(0)))));
  });

  it.each([
    ['bytes', utf8('junk behind it')],
    ['zeros', new Uint8Array(512)],
  ])('when %s follow', async (_, tail) => {
    const error = await readArchive(concat(tgz(ok), tail)).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toHaveProperty('code', expect.stringMatching(/^archive-un(?:safe|readable)$/));
  });

  it('when it is cut or damaged', async () => {
    const whole = tgz(ok, { path: 'p/b', content: 'b'.repeat(3000) });
    await expectCode('archive-unreadable', () => readArchive(whole.subarray(0, -5)));
    await expectCode('archive-unreadable', () => readArchive(whole.subarray(0, 30)));
    const damaged = whole.slice();
    damaged[whole.length - 6]! ^= 1;
    await expectCode('archive-unreadable', () => readArchive(damaged));
  });

  it('when it is no archive at all', async () => {
    await expectCode('archive-unrecognised', () => readArchive(utf8('<html>not found</html>')));
    await expectCode('archive-unrecognised', () => readArchive(new Uint8Array(0)));
    await expectCode('archive-unreadable', () => readArchive(gzip(utf8('not a tar'))));
  });
});

describe('limits', () => {
  it('stop a decompression bomb while it unpacks', async () => {
    const bomb = gzip(new Uint8Array(80 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().arrayBuffers;
    await expectCode('archive-too-large', () => readArchive(bomb));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024);
  });

  it('stop a bomb whose file is named in a header, before it is read', async () => {
    const huge = tarEntry({ path: 'p/huge', size: 2 ** 32 });
    await expectCode('archive-too-large', () => readArchive(gzip(huge)));
  });

  const two = tgz(ok, { path: 'p/b', content: 'x'.repeat(2000) });
  it.each([
    ['archive bytes', { archiveBytes: 10 }],
    ['entries', { entries: 1 }],
    ['bytes of a file', { fileBytes: 1999 }],
    ['total bytes', { totalBytes: 1500 }],
    ['bytes of a path', { pathBytes: 2 }],
    ['levels of folders', { depth: 1 }],
    ['ratio', { ratio: 2, ratioFloor: 100 }],
  ])('are parameters: %s', async (_, limits) => {
    await expectCode('archive-too-large', () => readArchive(two, { limits }));
    await expect(readArchive(two)).resolves.toHaveProperty('format', 'tar');
  });
});
