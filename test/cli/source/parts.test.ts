import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutChecksums } from '../../../cli/source/cargo.ts';
import { eachBounded } from '../../../cli/source/each-bounded.ts';
import { readFileTree } from '../../../cli/source/file-tree.ts';
import { findInFolder } from '../../../cli/source/find-in-folder.ts';
import { escapeModule } from '../../../cli/source/go.ts';
import { tryInGroups } from '../../../cli/source/in-groups.ts';
import { nodeHashers } from '../../../cli/source/node-hashers.ts';
import { lastWords, runClient } from '../../../cli/source/run-client.ts';
import { toHex } from '../../../core/bytes.ts';
import { hashOf, portableHashers, type HashAlgorithm } from '../../../core/digest/hasher.ts';
import { treeDigests } from '../../../core/digest/tree-digests.ts';
import { expectCode } from '../../support/matchers.ts';
import { sampleTree } from '../../support/trees.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a folder on disk', () => {
  it('has the digests of the sample tree, with native hash functions too', async () => {
    writeFileSync(join(folder, 'a.txt'), 'hello\n');
    writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\necho hi\n');
    chmodSync(join(folder, 'run.sh'), 0o755);
    writeFileSync(join(folder, 'sub.c'), 'int x;\n');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'b'), 'b\n');
    mkdirSync(join(folder, 'emptydir'));
    symlinkSync('a.txt', join(folder, 'link'));
    const tree = await readFileTree(folder);
    expect(await treeDigests(tree)).toEqual(await treeDigests(sampleTree()));
    expect(await treeDigests(tree, { hashers: nodeHashers })).toEqual(await treeDigests(sampleTree()));
  });

  it('keeps names that are no UTF-8, and links that lead nowhere', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0xfe)]), 'x');
    symlinkSync(Buffer.of(0x2f, 0xff), join(folder, 'l'));
    const { entries } = await readFileTree(folder);
    expect(entries.map(({ name }) => toHex(name)).sort()).toEqual(['6c', 'fffe']);
    expect(entries.find(({ node }) => node.kind === 'symlink')?.node).toEqual({
      kind: 'symlink',
      target: Uint8Array.of(0x2f, 0xff),
    });
  });

  it('does not follow a link that replaced a file after it was listed', async () => {
    writeFileSync(join(folder, 'a'), 'x');
    const tree = await readFileTree(folder);
    rmSync(join(folder, 'a'));
    symlinkSync('/etc/hostname', join(folder, 'a'));
    await expect(treeDigests(tree)).rejects.toThrow(/ELOOP/);
  });

  it('refuses a file that grew, a pipe, a link as its root, and too much', async () => {
    writeFileSync(join(folder, 'a'), 'x');
    const tree = await readFileTree(folder);
    writeFileSync(join(folder, 'a'), 'xy');
    await expectCode('tree-unsupported', () => treeDigests(tree));
    await expectCode('tree-unsupported', () => readFileTree(folder, { entries: 1, totalBytes: 100 }));
    await expectCode('tree-unsupported', () => readFileTree(folder, { entries: 9, totalBytes: 1 }));
    symlinkSync(folder, join(folder, 'self'));
    await expectCode('source-unavailable', () => readFileTree(join(folder, 'self')));
    await expectCode('source-unavailable', () => readFileTree(join(folder, 'none')));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expectCode('tree-unsupported', () => readFileTree(folder));
  });
});

describe('native hash functions', () => {
  it.each<HashAlgorithm>(['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'blake2b256'])(
    'agree with the portable ones: %s',
    (algorithm) => {
      const parts = [new Uint8Array(1000).fill(7), new Uint8Array(3)];
      expect(toHex(hashOf(nodeHashers, algorithm, ...parts))).toBe(
        toHex(hashOf(portableHashers, algorithm, ...parts)),
      );
    },
  );
});

describe('asking in groups', () => {
  it('finds exactly the bad ones, without asking for each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (good) => {
        const items = good.map((isGood, i) => ({ isGood, i }));
        let attempts = 0;
        const problems = await tryInGroups(items, (group) => {
          attempts++;
          const bad = group.find(({ isGood }) => !isGood);
          return Promise.resolve(bad === undefined ? undefined : `bad ${bad.i}`);
        });
        const bad = items.filter(({ isGood }) => !isGood);
        expect([...problems.keys()].sort((a, b) => a.i - b.i)).toEqual(bad);
        for (const [item, problem] of problems) expect(problem).toBe(`bad ${item.i}`);
        expect(attempts).toBeLessThanOrEqual(
          1 + 2 * bad.length * Math.ceil(Math.log2(Math.max(items.length, 2))),
        );
      }),
    );
  });
});

describe('a few at a time', () => {
  it('never exceeds the limit and does everything', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('finding by pattern', () => {
  it('takes a star for one segment and leaves the folder by no segment', async () => {
    mkdirSync(join(folder, 'in', 'cache', 'x'), { recursive: true });
    writeFileSync(join(folder, 'in', 'cache', 'x', 'f'), '');
    writeFileSync(join(folder, 'secret'), '');
    const inside = join(folder, 'in');
    expect(await findInFolder(inside, [['cache', '*', 'f'], ['cache', 'x', 'f'], ['none']])).toEqual([
      join(inside, 'cache', 'x', 'f'),
    ]);
    expect(await findInFolder(inside, [['..', 'secret'], ['../secret'], ['', 'f']])).toEqual([]);
  });
});

describe('running a client', () => {
  const node = (script: string, timeoutMs = 20_000) =>
    runClient({
      command: process.execPath,
      args: ['-e', script, '--', '$(id)', ';x'],
      cwd: folder,
      timeoutMs,
    });

  it('gives status and output, passing arguments untouched', async () => {
    const result = await node(
      'console.log(process.argv.slice(1).join("|")); console.error("why"); process.exit(3)',
    );
    expect(result).toEqual({ status: 3, stdout: '$(id)|;x\n', stderr: 'why\n' });
    expect(lastWords(result)).toBe('why');
  });

  it('ends one that takes too long or prints too much', async () => {
    await expectCode('source-unavailable', () => node('setInterval(() => {}, 1000)', 300));
    const flood = 'const x = "x".repeat(1e6); const go = () => process.stdout.write(x, go); go()';
    const begun = Date.now();
    await expectCode('source-unavailable', () => node(flood, 50_000));
    expect(Date.now() - begun).toBeLessThan(40_000);
  });

  it('says which client is missing', async () => {
    const missing = { command: 'no-such-client', args: [], cwd: folder, timeoutMs: 1000 };
    const error = await expectCode('source-unavailable', () => runClient(missing));
    expect(error.help).toContain('no-such-client');
  });
});

describe('spelling', () => {
  it('of Go modules marks capitals', () => {
    expect(escapeModule('github.com/BurntSushi/toml')).toBe('github.com/!burnt!sushi/toml');
  });
  it('of a lockfile without checksums, in either form', () => {
    const lock = 'name = "a"\nchecksum = "00"\n[metadata]\n"checksum a 1.0.0 (registry+x)" = "00"\n';
    expect(withoutChecksums(lock)).toBe('name = "a"\n[metadata]\n');
  });
});
