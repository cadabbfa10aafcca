// A log written by core/log and served as plain files, audited from outside: by our Go program on Go's own checksum-database
// code, and by Tessera's fsck. And what they make of it when one bit is turned over.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { utf8 } from '../../core/bytes.ts';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { growTree, type TileBytes, type TreeHead } from '../../core/log/grow.ts';
import { emptyRoot, leafHash } from '../../core/log/merkle-hash.ts';
import { formatVerifierKey, makePrivateKey, type PrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { formatNote } from '../../core/log/note.ts';
import { bundlePath, tilePath } from '../../core/log/tile.ts';
import { buildGo, buildTimeout, describeWithGo, run, useFolder, type GoRun } from '../support/go.ts';
import { bundleFiles, flipped } from '../support/memory-log.ts';

const origin = 'ledger.example.org/log';
const fsckPackage = 'github.com/transparency-dev/tessera/cmd/fsck';

/** All files of a log of so many entries, grown in uneven steps. */
async function writeLog(size: number, key: PrivateKey): Promise<Map<string, Uint8Array>> {
  const entries = Array.from({ length: size }, (_, i) => utf8(`entry ${i}\n`.repeat(1 + (i % 5))));
  let head: TreeHead = { size: 0, root: emptyRoot };
  const tiles = new Map<string, TileBytes>();
  for (let step = 1; head.size < size; step = (step * 7 + 3) % 1000) {
    const growth = growTree(
      head,
      [...tiles.values()],
      entries.slice(head.size, head.size + step).map(leafHash),
    );
    head = growth.head;
    for (const tile of growth.tiles) tiles.set(`${tile.level}/${tile.index}`, tile);
  }
  const text = formatCheckpoint({ origin, ...head });
  const note = formatNote({ text, signatures: [await signNote(key, text, 0)] });
  return new Map([
    ['checkpoint', utf8(note)],
    ...bundleFiles(entries),
    ...[...tiles.values()].map(
      ({ level, index, hashes }) => [tilePath({ level, index, width: hashes.length / 32 }), hashes] as const,
    ),
  ]);
}

describeWithGo('a log in static files', () => {
  const folder = useFolder();
  let [audit, fsck, address, vkey] = ['', '', '', ''];
  let key: PrivateKey;
  let files = new Map<string, Uint8Array>();
  let server: Server;

  beforeAll(async () => {
    audit = await buildGo('./audit', folder);
    fsck = await buildGo(fsckPackage, folder);
    key = await makePrivateKey(origin, 'ed25519', new Uint8Array(32).fill(1));
    vkey = formatVerifierKey(key.key);
    writeFileSync(join(folder, 'vkey'), vkey);
    server = createServer((request, response) => {
      const body = files.get(request.url?.slice(1) ?? '');
      response.writeHead(body === undefined ? 404 : 200).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }, buildTimeout);
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const runAudit = (): Promise<GoRun> => run(audit, [address, vkey]);
  const runFsck = (): Promise<GoRun> =>
    // Eight workers, because each ends at the first difference it sees, and fsck (v1.0.4) waits for ever once none is left.
    run(fsck, ['-ui=false', '-N=8', `-storage_url=${address}`, `-public_key=${join(folder, 'vkey')}`]);

  // From 65,536 entries on there is a third level of tiles.
  it.each([1, 2, 255, 256, 257, 1000, 65_536, 66_000])('of %i entries passes both audits', async (size) => {
    files = await writeLog(size, key);
    const audited = await runAudit();
    expect(audited).toMatchObject({ status: 0, stderr: '' });
    expect(audited.stdout).toContain(`${size} entries`);
    const checked = await runFsck();
    expect(checked.status, checked.stderr).toBe(0);
    expect(checked.stderr).toContain(`Successfully fsck'd log with size ${size}`);
  });

  it.each([
    ['a full bundle', bundlePath({ index: 1, width: 256 }), 100],
    ['the length of an entry', bundlePath({ index: 0, width: 256 }), 1],
    ['the partial bundle', bundlePath({ index: 3, width: 232 }), 5],
    ['a full tile', tilePath({ level: 0, index: 2, width: 256 }), 8191],
    ['the partial tile', tilePath({ level: 0, index: 3, width: 232 }), 0],
    ['a tile above', tilePath({ level: 1, index: 0, width: 3 }), 64],
    ['the size in the checkpoint', 'checkpoint', origin.length + 1],
    ['the root in the checkpoint', 'checkpoint', origin.length + 12],
  ])('with one bit turned over in %s fails both', async (_, path, position) => {
    files = await writeLog(1000, key);
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    files.set(path, flipped(bytes, position));
    expect((await runAudit()).status).toBe(1);
    // It ends with status 0 in any case (v1.0.4), and says in words what it found.
    const checked = await runFsck();
    expect(checked.stderr).toContain('fsck failed');
    expect(checked.stderr).not.toContain('Successfully');
  });

  it('with an entry too many behind a bundle fails the audit', async () => {
    files = await writeLog(1000, key);
    const path = bundlePath({ index: 0, width: 256 });
    files.set(path, Uint8Array.of(...files.get(path)!, 0, 1, 65));
    expect((await runAudit()).stderr).toContain('257 entries');
  });

  it('of another key fails both', async () => {
    files = await writeLog(10, await makePrivateKey(origin, 'ed25519', new Uint8Array(32).fill(2)));
    expect((await runAudit()).status).toBe(1);
    expect((await runFsck()).stderr).toContain('fsck failed');
  });
});
