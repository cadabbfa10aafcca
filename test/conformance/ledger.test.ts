// A real ledger of 70,000 entries in PostgreSQL, served by the real application over HTTP, and audited by programs that we did
// not write the logic of: every leaf and every proof.
//
// It takes one to two minutes on two cores: nearly all of it is filling the ledger, 275 transactions of 256 statements with all projections,
// and building the programs when Go has not built them before. The audits themselves take seconds.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unsigned } from '../../bench/unsigned.ts';
import { receiptSchema, type Receipt } from '../../core/api/statements.ts';
import { discoverySchema, type Discovery } from '../../core/api/ledger.ts';
import { splitIdentity } from '../../core/identity.ts';
import { bundlePath, tilePath } from '../../core/log/tile.ts';
import type { VerifiedStatement } from '../../core/statement/verified.ts';
import { appendStatements } from '../../db/append.ts';
import { openDatabase } from '../../db/connect.ts';
import { readLeaves } from '../../db/entries.ts';
import { listen, type HttpServer } from '../../server/http-server.ts';
import { makeAuthor, review, sign, type Author } from '../server/support/authors.ts';
import { makeWorld, type World } from '../server/support/world.ts';
import { usePlaces } from '../support/database.ts';
import { buildGo, buildTimeout, describeWithGo, run, useFolder, type GoRun } from '../support/go.ts';

const batches = 275;
const batchSize = 256;

/** Reviews as verification would give them; the log does not look at signatures. */
function someReviews(author: Author, from: number, count: number): VerifiedStatement[] {
  return Array.from({ length: count }, (_, i) => {
    const number = from + i;
    return unsigned({
      ...{ kind: 'package review', version: 1, date: '2026-11-01T00:00:00Z' },
      from: splitIdentity(author.identity),
      package: {
        purl: `pkg:npm/package-${number >> 3}@1.${number % 8}.0`,
        digests: { sha512: number.toString(16).padStart(128, '0') },
      },
      review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
    });
  });
}

describeWithGo('a ledger of 70,000 entries', () => {
  const makePlace = usePlaces('postgresql');
  const folder = useFolder();
  let [audit, fsck, receipt, vkey] = ['', '', '', ''];
  let world: World;
  let http: HttpServer;
  let ada: Author;
  let size = 0;
  /** Of statements that were submitted by HTTP, while the ledger was small and when it was full. */
  const receipts: Receipt[] = [];
  /** Passes everything on, but for one bit of one path. */
  let meddler: Server;
  let damage: { readonly path: string; readonly position: number } | undefined;

  const get = async (path: string): Promise<string> => (await fetch(`${http.address}/${path}`)).text();
  const publishedSize = async (): Promise<number> => Number((await get('checkpoint')).split('\n')[1]);
  const submit = async (kind: 'statements' | 'certificates', body: string): Promise<void> => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await fetch(`${http.address}/api/v1/${kind}`, { method: 'POST', headers, body });
    receipts.push(receiptSchema.parse(await answer.json()));
    size++;
  };

  beforeAll(async () => {
    for (const [name, program] of [
      ['./audit', (path: string) => (audit = path)],
      ['./receipt', (path: string) => (receipt = path)],
      ['github.com/transparency-dev/tessera/cmd/fsck', (path: string) => (fsck = path)],
    ] as const) {
      program(await buildGo(name, folder));
    }
  }, buildTimeout);

  beforeAll(async () => {
    world = await makeWorld(await openDatabase(await makePlace()));
    http = await listen(world.app, { host: '127.0.0.1', port: 0 });
    ada = await makeAuthor('Ada');
    await submit('certificates', ada.certificate.armored);
    await submit('statements', await sign(ada, review('pkg:npm/first@1.0.0')));
    for (let batch = 0; batch < batches; batch++) {
      const statements = someReviews(ada, batch * batchSize, batchSize);
      await appendStatements(world.service.db, statements, new Date(world.time.now));
      size += batchSize;
    }
    await submit('statements', await sign(ada, review('pkg:npm/last@1.0.0')));
    const discovery: Discovery = discoverySchema.parse(JSON.parse(await get('.well-known/trust-ledger')));
    vkey = discovery.keys[0] ?? '';
    writeFileSync(join(folder, 'vkey'), vkey);
    meddler = createServer((request, response) => {
      const path = request.url?.slice(1) ?? '';
      void fetch(`${http.address}/${path}`).then(async (answer) => {
        const body = new Uint8Array(await answer.arrayBuffer());
        if (path === damage?.path) body[damage.position] = (body[damage.position] ?? 0) ^ 1;
        response.writeHead(answer.status).end(body);
      });
    }).listen(0, '127.0.0.1');
    while ((await publishedSize()) < size) await sleep(50);
  }, 300_000);

  afterAll(async () => {
    meddler.close();
    meddler.closeAllConnections();
    await http.stop(1);
    await world.service.close();
  });

  const runFsck = (address: string): Promise<GoRun> =>
    // Eight workers, because each ends at the first difference it sees, and fsck (v1.0.4) waits for ever once none is left.
    run(fsck, ['-ui=false', '-N=8', `-storage_url=${address}/`, `-public_key=${join(folder, 'vkey')}`]);
  const meddled = (): string => `http://127.0.0.1:${(meddler.address() as AddressInfo).port}`;

  it("passes an audit by Go's checksum-database code: every leaf, tile and proof, and the service's own proofs", async () => {
    expect(size).toBeGreaterThanOrEqual(70_000);
    const { status, stdout, stderr } = await run(audit, ['-api', http.address, vkey]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain(`${size} entries`);
    process.stderr.write(`\n    Go: ${stdout.trim()}\n`);
  }, 120_000);

  it("passes Tessera's fsck", async () => {
    const { status, stderr } = await runFsck(http.address);
    expect(status).toBe(0);
    expect(stderr).toContain(`Successfully fsck'd log with size ${size}`);
    expect(stderr).not.toContain('failed');
  }, 120_000);

  it('gave receipts that hold without it', async () => {
    expect(receipts.map(({ index }) => index)).toEqual([0, 1, size - 1]);
    for (const { index, proof = '' } of receipts) {
      const [row] = await readLeaves(world.service.db, index, 1);
      writeFileSync(join(folder, 'leaf'), row?.leaf ?? '');
      const checked = await run(receipt, [vkey, join(folder, 'leaf')], { input: proof });
      expect(checked).toMatchObject({ status: 0, stderr: '' });
      expect(checked.stdout).toContain(`entry ${index} of `);
    }
  });

  it.each([
    ['an entry', bundlePath({ index: 137, width: 256 }), 4000],
    ['a tile', tilePath({ level: 0, index: 200, width: 256 }), 77],
  ])(
    'fails both audits when one bit of %s is turned over on the way',
    async (_, path, position) => {
      damage = { path, position };
      const audited = await run(audit, ['-pairs=10', meddled(), vkey]);
      expect(audited.status).toBe(1);
      expect(audited.stderr).not.toBe('');
      const checked = await runFsck(meddled());
      expect(checked.stderr).toContain('fsck failed');
      expect(checked.stderr).not.toContain('Successfully');
    },
    120_000,
  );
});
