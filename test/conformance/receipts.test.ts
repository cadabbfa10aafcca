// Receipts and cosigned checkpoints that our code writes, read by other people's: transparency-dev/formats and merkle.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { utf8 } from '../../core/bytes.ts';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import { formatVerifierKey, makePrivateKey, type KeyType, type PrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { formatNote } from '../../core/log/note.ts';
import { formatTlogProof } from '../../core/log/tlog-proof.ts';
import { computeRoot, proveInclusion } from '../../core/log/tree.ts';
import { buildGo, buildTimeout, describeWithGo, run, useFolder, type GoRun } from '../support/go.ts';
import { flipped, readerOf, treeLevels } from '../support/memory-log.ts';

const origin = 'ledger.example.org/log';
const size = 300;
const leaves = Array.from({ length: size }, (_, i) => utf8(`leaf record ${i}\n`));
const read = readerOf(treeLevels(leaves.map(leafHash)));
const keyOf = (name: string, type: KeyType, byte: number) =>
  makePrivateKey(name, type, new Uint8Array(32).fill(byte));

describeWithGo('receipts and cosigned checkpoints', () => {
  const folder = useFolder();
  let [receipt, cosigned] = ['', ''];
  let log: PrivateKey;
  let others: PrivateKey[] = [];
  let checkpoint = '';

  beforeAll(async () => {
    receipt = await buildGo('./receipt', folder);
    cosigned = await buildGo('./cosigned', folder);
    log = await keyOf(origin, 'ed25519', 1);
    others = [
      await keyOf('witness.example.org', 'cosignature', 2),
      await keyOf('other.example.org/witness', 'mlDsa', 3),
      await keyOf(origin, 'mlDsa', 4),
    ];
    const text = formatCheckpoint({ origin, size, root: computeRoot(size, read) });
    // A log's own second signature states no time.
    const times = [1_767_139_200, 1_767_139_201, 0];
    const signatures = [
      await signNote(log, text, 0),
      ...(await Promise.all(others.map((key, i) => signNote(key, text, times[i] ?? 0)))),
    ];
    checkpoint = formatNote({ text, signatures });
  }, buildTimeout);

  const check = (
    index: number,
    leaf: Uint8Array,
    hashes: readonly Uint8Array[],
    extra?: Uint8Array,
  ): Promise<GoRun> => {
    writeFileSync(join(folder, 'leaf'), leaf);
    const input = formatTlogProof({ index, hashes, checkpoint, extra });
    return run(receipt, [formatVerifierKey(log.key), join(folder, 'leaf')], { input });
  };

  it.each([0, 1, 128, 255, 256, 298, 299])('of entry %i hold, and for no other entry', async (index) => {
    const hashes = proveInclusion(index, size, read);
    expect(await check(index, leaves[index]!, hashes)).toMatchObject({
      status: 0,
      stdout: `entry ${index} of 300\n`,
    });
    expect(await check(index, leaves[index]!, hashes, utf8('context'))).toMatchObject({ status: 0 });
    const wrong = await check(index, leaves[(index + 1) % size]!, hashes);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('inclusion');
    expect(await check(index, leaves[index]!, hashes.with(0, flipped(hashes[0]!, 0)))).toMatchObject({
      status: 1,
    });
  });

  it('are signed by log and witnesses, Ed25519 and ML-DSA-44', async () => {
    const keys = [log, ...others].map(({ key }) => formatVerifierKey(key));
    expect(await run(cosigned, keys, { input: checkpoint })).toMatchObject({
      status: 0,
      stdout: `${origin} 300\n`,
    });
    const stranger = formatVerifierKey((await keyOf('stranger.example.org', 'mlDsa', 5)).key);
    const missing = await run(cosigned, [...keys, stranger], { input: checkpoint });
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('4 of 5');
  });

  it.each([0, 1, 2, 3])('are refused when signature %i of the checkpoint is changed', async (which) => {
    const keys = [log, ...others].map(({ key }) => formatVerifierKey(key));
    const lines = checkpoint.split('\n');
    const position = 4 + which;
    const line = lines[position] ?? '';
    const spot = line.length - 20;
    const changed = line.slice(0, spot) + (line[spot] === 'A' ? 'B' : 'A') + line.slice(spot + 1);
    const input = lines.with(position, changed).join('\n');
    expect(await run(cosigned, keys, { input })).toMatchObject({ status: 1 });
  });
});
