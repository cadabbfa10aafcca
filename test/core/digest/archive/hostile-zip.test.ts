import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../../core/bytes.ts';
import { readArchive } from '../../../../core/digest/archive/read-archive.ts';
import { goDirhashOfZip } from '../../../../core/digest/go-dirhash-zip.ts';
import type { ErrorCode } from '../../../../core/errors.ts';
import { concat, zip } from '../../../support/archives.ts';
import { expectCode } from '../../../support/matchers.ts';

const ok = { name: 'p/a', content: 'hello' };

describe('a zip is refused', () => {
  const overlapping = (): Uint8Array => {
    // Two records of the directory for one local entry: how a flat bomb multiplies its content.
    const bytes = zip([ok, { name: 'p/b', content: 'hello' }]);
    const view = new DataView(bytes.buffer);
    const second = bytes.length - 22 - 46 - 3;
    view.setUint32(second + 42, 0, true);
    return bytes;
  };
  const cases: readonly (readonly [string, ErrorCode, Uint8Array])[] = [
    ['with a path that climbs out', 'archive-unsafe', zip([{ name: '../x' }])],
    ['with an absolute path', 'archive-unsafe', zip([{ name: '/x' }])],
    ['with a backslash', 'archive-unsafe', zip([{ name: '..\\x' }])],
    ['with NUL in a name', 'archive-unsafe', zip([{ name: 'p/a\0.txt' }])],
    [
      'with a link that points outside',
      'archive-unsafe',
      zip([{ name: 'l', content: '../x', mode: 0o120777 }]),
    ],
    ['with a device', 'archive-unsafe', zip([{ name: 'd', mode: 0o020666 }])],
    ['with a folder that has content', 'archive-unsafe', zip([{ name: 'd/', content: 'x' }])],
    ['with the same name twice', 'archive-unsafe', zip([ok, ok])],
    ['with two names for one path', 'archive-unsafe', zip([ok, { name: 'p//a', content: 'other' }])],
    ['with a folder where a file is', 'archive-unsafe', zip([ok, { name: 'p/a/b' }])],
    ['with another name in the local header', 'archive-unsafe', zip([{ ...ok, localName: 'p/b' }])],
    ['with entries that overlap', 'archive-unsafe', overlapping()],
    ['with bytes before it', 'archive-unrecognised', zip([ok], { prefix: utf8('#!/bin/sh\n') })],
    ['with another entry before it', 'archive-unsafe', zip([ok], { prefix: zip([ok]).subarray(0, 40) })],
    [
      'with bytes between its entries',
      'archive-unsafe',
      zip([ok, { name: 'p/b' }], { between: utf8('hidden') }),
    ],
    ['with bytes before its directory', 'archive-unsafe', zip([ok], { beforeDirectory: utf8('hidden') })],
    ['with bytes behind its end', 'archive-unreadable', concat(zip([ok]), utf8('junk'))],
    ['that is cut', 'archive-unreadable', zip([ok]).subarray(0, -30)],
    ['with fewer records than it says', 'archive-unreadable', zip([ok], { count: 2 })],
    ['with more records than it says', 'archive-unsafe', zip([ok, { name: 'p/b' }], { count: 1 })],
    ['with a wrong CRC', 'archive-unreadable', zip([{ ...ok, crc: 1 }])],
    ['with a size that is too small', 'archive-too-large', zip([{ ...ok, size: 2 }])],
    ['with a size that is too large', 'archive-unreadable', zip([{ ...ok, size: 9 }])],
    ['with two sizes for a stored entry', 'archive-unsafe', zip([{ ...ok, method: 0, size: 2 }])],
    ['with an encrypted entry', 'archive-unsafe', zip([{ ...ok, flags: 1 }])],
    ['with an unknown compression', 'archive-unsafe', zip([{ ...ok, method: 12 }])],
    ['as zip64', 'archive-unsafe', zip([{ ...ok, size: 0xffffffff }])],
  ];
  it.each(cases)('%s', async (_, code, bytes) => {
    await expectCode(code, () => readArchive(bytes));
  });

  it('when an entry unpacks to too much for its size', async () => {
    const bomb = zip([{ name: 'z', content: new Uint8Array(3_000_000) }]);
    await expectCode('archive-too-large', () =>
      readArchive(bomb, { limits: { ratio: 10, ratioFloor: 1000 } }),
    );
    await expectCode('archive-too-large', () => readArchive(bomb, { limits: { fileBytes: 2_000_000 } }));
    await expectCode('archive-too-large', () => readArchive(bomb, { limits: { totalBytes: 2_000_000 } }));
    await expectCode('archive-too-large', () =>
      readArchive(zip([ok, { name: 'b' }]), { limits: { entries: 1 } }),
    );
  });
});

describe("Go's hash of a zip", () => {
  it('refuses what no module holds', async () => {
    const link = zip([{ name: 'm@v1/l', content: 'a', mode: 0o120777 }]);
    await expectCode('archive-unsafe', () => goDirhashOfZip(link));
    await expectCode('archive-unsafe', () => goDirhashOfZip(zip([{ name: '../m@v1/a' }])));
    await expectCode('tree-unsupported', () => goDirhashOfZip(zip([{ name: 'm@v1/a\nb' }])));
  });

  it('takes stored, deflated and streamed entries alike', async () => {
    const stored = await goDirhashOfZip(zip([{ ...ok, method: 0 }]));
    expect(await goDirhashOfZip(zip([ok]))).toBe(stored);
    expect(await goDirhashOfZip(zip([{ ...ok, descriptor: true }], { comment: 'made by hand' }))).toBe(
      stored,
    );
  });
});
