// Verify and ingest: statements a second from the HTTP batch endpoint into a real PostgreSQL, published, beside the rate
// at which openpgp.js alone verifies the same documents on all cores. Rounds of the two alternate, so that a machine whose
// speed drifts drifts for both.

import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { verifyDocument } from '../core/statement/verify.ts';
import type { Certificate } from '../core/statement/verified.ts';
import { OpenPgpFloor } from './openpgp-floor.ts';
import { median, milliseconds, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { startService } from './service-process.ts';
import { authorCount, signDocuments } from './sign-documents.ts';
import type { Signed } from './sign-order.ts';
import { batchOf, postBatch } from './submit-batch.ts';

/** Rounds that are run and not counted, of both: code, connections, caches of keys. */
const warmUps = 2;
const rounds = 5;
const perRound = 3000;

/** Measures ingest over HTTP, verification in one thread, and the bare floors of both. */
export async function benchIngest(postgres: BenchPostgres): Promise<BenchRow[]> {
  const { certificates, documents } = await signDocuments((warmUps + rounds) * perRound);
  const floor = new OpenPgpFloor(certificates);
  const service = await startService(await postgres.createDatabase('ingest'));
  try {
    await postBatch(
      service.address,
      batchOf(certificates.map(({ armored }) => ({ certificate: armored }))),
      authorCount,
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
        'ingest over HTTP, published',
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
