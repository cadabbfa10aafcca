// Verify and ingest: statements a second from the HTTP batch endpoint into a real PostgreSQL, committed, beside the rate
// at which openpgp.js alone verifies the same documents on all cores. Rounds of the two alternate, so that a machine whose
// speed drifts drifts for both.

import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { splitIdentity } from '../core/identity.ts';
import { formatStatement } from '../core/statement/canonical.ts';
import { generateKey, openSigner, signCleartext } from '../core/statement/openpgp/sign.ts';
import { verifyDocument } from '../core/statement/verify.ts';
import type { Certificate } from '../core/statement/verified.ts';
import { median, milliseconds, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';

interface Signed {
  readonly document: string;
  readonly author: number;
}

const authors = 40;
/** Rounds that are run and not counted, of both: code, connections, caches of keys. */
const warmUps = 2;
const rounds = 5;
const perRound = 3000;
const signedAt = new Date('2026-11-01T00:00:00Z');

/** Measures ingest over HTTP, verification in one thread, and the bare floors of both. */
export async function benchIngest(postgres: BenchPostgres): Promise<BenchRow[]> {
  const { certificates, documents } = await makeDocuments((warmUps + rounds) * perRound);
  const floor = new Floor(certificates);
  const service = await startService(await postgres.createDatabase('ingest'));
  try {
    await postBatch(
      service.address,
      batchOf(certificates.map(({ armored }) => ({ certificate: armored }))),
      authors,
    );
    const floorRates: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < warmUps + rounds; round++) {
      const slice = documents.slice(round * perRound, (round + 1) * perRound);
      floorRates.push((1000 * perRound) / (await milliseconds(() => floor.run(slice))));
      const body = batchOf(slice.map(({ document }) => ({ document })));
      rates.push((1000 * perRound) / (await milliseconds(() => postBatch(service.address, body, perRound))));
    }
    return [
      beside(
        'ingest over HTTP, committed',
        median(rates.slice(warmUps)),
        'statements/s',
        median(floorRates.slice(warmUps)),
        'openpgp.js verify, all cores',
        'at least 0.70',
      ),
      ...(await benchVerify(certificates, documents.slice(0, perRound))),
    ];
  } finally {
    await floor.stop();
    await service.stop();
  }
}

async function benchVerify(
  certificates: readonly Certificate[],
  documents: readonly Signed[],
): Promise<BenchRow[]> {
  const byIdentity = new Map(certificates.map((certificate) => [certificate.identity, certificate]));
  const context = {
    certificates: (author: Certificate['identity']) => Promise.resolve(byIdentity.get(author)),
    at: new Date(),
  };
  const verifyAll = async (): Promise<void> => {
    for (const { document } of documents) await verifyDocument(document, context);
  };
  await verifyAll();
  const ours = (1000 * documents.length) / (await milliseconds(verifyAll));
  const { key, message, signature } = rawSignature();
  const count = 5000;
  const raw =
    (1000 * count) /
    (await milliseconds(() => {
      for (let i = 0; i < count; i++) verify(null, message, key, signature);
    }));
  return [
    beside(
      'verify one statement, one thread',
      ours,
      'statements/s',
      raw,
      'raw Ed25519 verify, one thread',
      '',
    ),
  ];
}

/** An Ed25519 signature over a statement's length of bytes , with a key made for it. */
function rawSignature(): { key: KeyObject; message: Buffer; signature: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(500, 'a');
  return { key: publicKey, message, signature: sign(null, message, privateKey) };
}

async function makeDocuments(count: number): Promise<{ certificates: Certificate[]; documents: Signed[] }> {
  const keys = await Promise.all(
    Array.from({ length: authors }, (_, i) =>
      generateKey({
        name: `Bench ${i}`,
        email: `bench${i}@bench.example`,
        date: new Date('2026-01-01T00:00:00Z'),
      }),
    ),
  );
  const signers = await Promise.all(keys.map(({ privateKey }) => openSigner(privateKey)));
  const documents: Signed[] = [];
  for (let i = 0; i < count; i++) {
    const author = i % authors;
    const text = formatStatement({
      kind: 'package review',
      version: 1,
      date: '2026-11-01T00:00:00Z',
      from: splitIdentity(keys[author]!.identity),
      package: { purl: `pkg:npm/bench-${i}@1.0.0`, digests: { sha512: i.toString(16).padStart(128, '0') } },
      review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
      comment: 'Read in full; nothing reaches the network or the file system.',
    });
    documents.push({ document: await signCleartext(text, signers[author]!, signedAt), author });
  }
  return { certificates: keys.map(({ certificate }) => certificate), documents };
}

/** openpgp.js on as many threads as there are cores. */
class Floor {
  readonly #workers: readonly Worker[];
  readonly #certificates: readonly string[];

  constructor(certificates: readonly Certificate[]) {
    this.#certificates = certificates.map(({ armored }) => armored);
    this.#workers = Array.from(
      { length: availableParallelism() },
      () => new Worker(new URL('./floor-worker.js', import.meta.url)),
    );
  }

  async run(documents: readonly Signed[]): Promise<void> {
    const share = Math.ceil(documents.length / this.#workers.length);
    await Promise.all(
      this.#workers.map((worker, i) => {
        const answered = once(worker, 'message');
        worker.postMessage({
          documents: documents.slice(i * share, (i + 1) * share),
          certificates: this.#certificates,
        });
        return answered;
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function startService(databaseUrl: string): Promise<{ address: string; stop(): Promise<void> }> {
  const port = 20_000 + (process.pid % 20_000);
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '../server/main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'error',
      RATE_LIMIT_SUBMIT: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 600) throw new Error('The service did not start.');
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok === true) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function batchOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Submits a batch and checks that every one of its lines was acknowledged. */
async function postBatch(address: string, body: string, count: number): Promise<void> {
  const response = await fetch(`${address}/api/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const answers = (await response.text()).trimEnd().split('\n');
  const refused = answers.find((line) => !line.includes('"receipt"'));
  if (!response.ok || answers.length !== count || refused !== undefined) {
    throw new Error(`The batch was not taken whole: ${refused ?? `${answers.length} of ${count} answers`}`);
  }
}

function beside(
  name: string,
  value: number,
  unit: string,
  floor: number,
  floorName: string,
  bar: string,
): BenchRow {
  return { name, value, unit, floor, floorName, ratio: value / floor, ...(bar !== '' && { bar }) };
}
