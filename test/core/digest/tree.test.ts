import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '../../../core/bytes.ts';
import { crevDigest } from '../../../core/digest/crev-digest.ts';
import { gitBlob } from '../../../core/digest/git-blob.ts';
import { gitTree } from '../../../core/digest/git-tree.ts';
import { formatGoHash, goDirhash, goDirhashOfFiles } from '../../../core/digest/go-dirhash.ts';
import { narSha256 } from '../../../core/digest/nar.ts';
import { swhDir } from '../../../core/digest/swh-dir.ts';
import { treeDigests } from '../../../core/digest/tree-digests.ts';
import type { DirectoryNode, TreeNode } from '../../../core/digest/tree.ts';
import { corpusText, describeWithCorpus } from '../../support/corpus.ts';
import { expectCode } from '../../support/matchers.ts';
import { dir, file, link, sampleTree } from '../../support/trees.ts';

describeWithCorpus("crev's vectors", () => {
  interface Vector {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly emptyDirs: readonly string[];
    readonly symlinks: Readonly<Record<string, string>>;
    readonly ignore: readonly string[];
    readonly digest: string;
  }
  const vectors = JSON.parse(corpusText('vectors', 'crev', 'digest.json')) as Vector[];
  it.each(vectors)('$name', async ({ files, emptyDirs, symlinks, ignore, digest }) => {
    const leaves = new Map<string, TreeNode>([
      ...Object.entries(files).map(([path, text]) => [path, file(text)] as const),
      ...Object.entries(symlinks).map(([path, target]) => [path, link(target)] as const),
      ...emptyDirs.map((path) => [path, dir()] as const),
    ]);
    expect(toBase64Url(fromHex(await crevDigest(nest(leaves), ignore)))).toBe(digest);
  });
});

/** A tree from whole paths. */
function nest(leaves: ReadonlyMap<string, TreeNode>): DirectoryNode {
  const top = new Map<string, TreeNode | Map<string, TreeNode>>();
  for (const [path, node] of leaves) {
    const slash = path.indexOf('/');
    if (slash === -1) top.set(path, node);
    else {
      const name = path.slice(0, slash);
      const inner = top.get(name) ?? new Map<string, TreeNode>();
      if (inner instanceof Map) top.set(name, inner.set(path.slice(slash + 1), node));
    }
  }
  return dir(
    Object.fromEntries(Array.from(top, ([name, node]) => [name, node instanceof Map ? nest(node) : node])),
  );
}

describe("crev's digest", () => {
  it('leaves out only exact paths from the root', async () => {
    const bare = dir({ 'a.txt': file('x'), sub: dir({ target: file('kept') }) });
    const full = dir({
      'a.txt': file('x'),
      '.cargo-ok': file('{"v":1}'),
      target: dir({ debug: dir({ bin: file('junk') }), l: link('x') }),
      sub: dir({ target: file('kept') }),
    });
    expect(await crevDigest(full, ['.cargo-ok', 'target'])).toBe(await crevDigest(bare));
    expect(await crevDigest(full, ['.cargo-ok'])).not.toBe(await crevDigest(bare));
    expect(await crevDigest(full, ['sub/target', '.cargo-ok', 'target'])).toBe(
      await crevDigest(dir({ 'a.txt': file('x'), sub: dir() })),
    );
  });

  it('does not take modes into account, unlike the others', async () => {
    const plain = await treeDigests(dir({ x: file('x') }));
    const executable = await treeDigests(dir({ x: file('x', true) }));
    expect(executable.crevDigest).toBe(plain.crevDigest);
    expect(executable.narSha256).not.toBe(plain.narSha256);
    expect(executable.gitTree).not.toBe(plain.gitTree);
  });

  it('refuses a link target that is not UTF-8, as crev does', async () => {
    await expectCode('tree-unsupported', () => crevDigest(dir({ l: link(Uint8Array.of(0xff)) })));
  });

  it('is the digest of an empty directory for an empty tree', async () => {
    expect(fromHex(await crevDigest(dir()))).toEqual(
      fromBase64Url('BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0'),
    );
  });
});

describe("Go's h1", () => {
  it("is right for the example of in-toto's digest sets", () => {
    const hash = goDirhashOfFiles(
      [
        ['main.go', 'ddc4da627d9a9f45fb29641a1b185d6f53287ecfd921aacbf4fe54b7a86fe8d1'],
        ['README.md', '3a137eef6458bfb76bb2c63fc29ffc7166604d2d2e09ed9d8250a534122a8364'],
        ['go.mod', '28e7c942a036902d981759d0bf5704d2bfc7cb500caf68b84711b234af01c6a5'],
      ].map(([name = '', sha256 = '']) => ({
        name: `github.com/marklodato/go-hello-world@v0.0.1/${name}`,
        sha256,
      })),
    );
    expect(formatGoHash(hash)).toBe('h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=');
  });

  it('refuses links and line feeds', async () => {
    await expectCode('tree-unsupported', () => goDirhash(sampleTree(), 'example.com/x@v1'));
    await expectCode('tree-unsupported', () => goDirhash(dir({ 'a\nb': file('') }), 'example.com/x@v1'));
  });
});

describe('a tree', () => {
  it.each(['', '.', '..', 'a/b', 'a\0'])('refuses the name %j', async (name) => {
    await expectCode('tree-unsupported', () => narSha256(dir({ [name]: file('x') })));
  });

  it('refuses two entries of one name', async () => {
    const twice: DirectoryNode = {
      kind: 'directory',
      entries: [
        { name: utf8('a'), node: file('1') },
        { name: utf8('a'), node: file('2') },
      ],
    };
    await expectCode('tree-unsupported', () => narSha256(twice));
  });

  it.each([1, 3])('refuses a file that says %i bytes and has two', async (size) => {
    const lying: TreeNode = { kind: 'file', executable: false, size, open: () => [utf8('ab')] };
    await expectCode('tree-unsupported', () => treeDigests(dir({ lying })));
    await expectCode('tree-unsupported', () => gitBlob([utf8('ab')], size));
  });

  it('refuses bottomless nesting', async () => {
    let deep = dir();
    for (let i = 0; i < 300; i++) deep = dir({ d: deep });
    await expectCode('tree-unsupported', () => treeDigests(deep));
  });

  it('keeps bytes apart that are no UTF-8', async () => {
    const named = (byte: number): DirectoryNode => ({
      kind: 'directory',
      entries: [{ name: Uint8Array.of(byte), node: file('x') }],
    });
    expect(await treeDigests(named(0xfe))).not.toEqual(await treeDigests(named(0xff)));
  });

  it('has git keep a root that holds only empty directories as the empty tree', async () => {
    const hollow = dir({ a: dir({ b: dir() }) });
    expect(await gitTree(hollow)).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    expect(await swhDir(hollow)).not.toBe(await gitTree(hollow));
  });
});

const name = fc.oneof(
  fc.constantFrom('a', 'a.b', 'a-b', 'a0', 'B', 'é', 'sub', 'sub.c', 'sub-d', ' ', '~'),
  fc.stringMatching(/^[a-zA-Z0-9_+,=@-]{1,8}$/),
);
const trees = fc.letrec<{ node: TreeNode; directory: DirectoryNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.boolean()).map(([bytes, x]) => file(bytes, x)),
    fc.stringMatching(/^[a-z./]{1,12}$/).map(link),
    tie('directory'),
  ),
  directory: fc.dictionary(name, tie('node'), { maxKeys: 6, noNullPrototype: true }).map(dir),
})).directory;

function writeTree(path: string, node: TreeNode): void {
  if (node.kind === 'symlink') symlinkSync(Buffer.from(node.target), path);
  else if (node.kind === 'file') {
    const content = Buffer.concat(Array.from(node.open() as Iterable<Uint8Array>));
    writeFileSync(path, content, { mode: node.executable ? 0o755 : 0o644 });
  } else {
    mkdirSync(path);
    for (const entry of node.entries)
      writeTree(join(path, Buffer.from(entry.name).toString('utf8')), entry.node);
  }
}

function findGit(): string | undefined {
  try {
    return execFileSync('git', ['--version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}
const git = findGit();
if (git === undefined)
  process.stderr.write('\n!!! NOT TESTED: trees against real git, which is not installed\n');

describe.skipIf(git === undefined)('against real git', () => {
  it.each(['sha1', 'sha256'] as const)('names random trees as a %s repository does', async (format) => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const folder = mkdtempSync(join(tmpdir(), 'git-tree-'));
        const run = (...args: string[]): string =>
          execFileSync('git', ['-C', folder, '-c', 'core.autocrlf=false', ...args], {
            encoding: 'utf8',
            env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
          }).trim();
        try {
          run('init', '--quiet', `--object-format=${format}`);
          for (const entry of tree.entries)
            writeTree(join(folder, Buffer.from(entry.name).toString('utf8')), entry.node);
          run('add', '--force', '--all', '.');
          expect(await gitTree(tree, format)).toBe(run('write-tree'));
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('names blobs as git does', async () => {
    const content = utf8('some\ncontent\n');
    const expected = execFileSync('git', ['hash-object', '--stdin'], {
      input: content,
      encoding: 'utf8',
    }).trim();
    expect(await gitBlob([content.subarray(0, 3), content.subarray(3)], content.length)).toBe(expected);
    expect(toHex(fromHex(expected))).toBe(expected);
  });
});
