import { describe, expect, it } from 'vitest';
import { fromHex, toBase64Url, utf8 } from '../../../core/bytes.ts';
import { crevDigest } from '../../../core/digest/crev-digest.ts';
import { fileDigests } from '../../../core/digest/file-digest.ts';
import { gitBlob } from '../../../core/digest/git-blob.ts';
import { gitTree } from '../../../core/digest/git-tree.ts';
import { formatGoHash, goDirhash } from '../../../core/digest/go-dirhash.ts';
import { narSha256, NarSink } from '../../../core/digest/nar.ts';
import { toNix32 } from '../../../core/digest/nix32.ts';
import { formatSri } from '../../../core/digest/sri.ts';
import { swhDir } from '../../../core/digest/swh-dir.ts';
import { walkTree } from '../../../core/digest/tree.ts';
import { treeDigests } from '../../../core/digest/tree-digests.ts';
import { dir, file, sampleModule, sampleTree } from '../../support/trees.ts';

const nar = '03079854018afa08f6ea66a8113efe21b6c5351d38fa6a69fa595faaf662b294';

describe('digests of the sample tree, as other implementations gave them', () => {
  it('has the NAR of nix, in length, hex, nix32 and SRI', async () => {
    let length = 0;
    await walkTree(sampleTree(), [new NarSink({ update: (bytes) => void (length += bytes.length) })]);
    expect(length).toBe(1440);
    expect(await narSha256(sampleTree())).toBe(nar);
    expect(toNix32(fromHex(nar))).toBe('155jcbvalpsrz9lnmyiq3lswbdi1zqz13a36xbv0iyla05a9h1q3');
    expect(formatSri({ algorithm: 'sha256', hex: nar })).toBe(
      'sha256-AweYVAGK+gj26maoET7+IbbFNR04+mpp+llfqvZispQ=',
    );
  });

  it('has the trees of git in both object formats, without the empty directory', async () => {
    expect(await gitTree(sampleTree())).toBe('90549c26538746972b21fea91a13920212f3646e');
    expect(await gitTree(dir({ b: file('b\n') }))).toBe('6be660545b31f61a82a87d2b1915f0b88bb9f16f');
    expect(await gitTree(sampleTree(), 'sha256')).toBe(
      '9123ab0f7bc016a114946b9e6a9066e6d2be220afbfabca2c579a8ebd963a5f2',
    );
  });

  it('has the directory of Software Heritage, with the empty directory', async () => {
    expect(await swhDir(sampleTree())).toBe('5b8408d3611b979331ee24b434a33f596483e4ba');
  });

  it('has the recursive digest of crev', async () => {
    const digest = await crevDigest(sampleTree());
    expect(toBase64Url(fromHex(digest))).toBe('DZq-u1ipVP3bwbWApwvDe6BRvo9nHZA9j0dMTvrajXw');
  });

  it('has the h1 hash of Go', async () => {
    const hash = await goDirhash(sampleModule(), 'example.com/sample@v1.0.0');
    expect(formatGoHash(hash)).toBe('h1:5vW4gXyrBV5pmEhXKjoZUm2VKjsGkDr9a45w1jCbjGw=');
  });

  it('has the file digests and the blob of a.txt', async () => {
    const content = utf8('hello\n');
    const { sha256, sha1 } = await fileDigests([content], ['sha256', 'sha1']);
    expect(sha256).toBe('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03');
    expect(toNix32(fromHex(sha256))).toBe('00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq');
    expect(toNix32(fromHex(sha1))).toBe('iwjz551fyw0cxcjgf4l6c879zabd6wpm');
    expect(await gitBlob([content], 6)).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  });

  it('gives all kinds of tree in one walk, equal to the single ways', async () => {
    expect(await treeDigests(sampleTree())).toEqual({
      narSha256: nar,
      gitTree: '90549c26538746972b21fea91a13920212f3646e',
      swhDir: '5b8408d3611b979331ee24b434a33f596483e4ba',
      crevDigest: await crevDigest(sampleTree()),
    });
    const module = await treeDigests(sampleModule(), { goModule: 'example.com/sample@v1.0.0' });
    expect(module.dirHash).toBe(await goDirhash(sampleModule(), 'example.com/sample@v1.0.0'));
  });
});
