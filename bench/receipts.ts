// From submission to published receipt: 100 statements a second, one request each, sent at their times whether or not the
// ones before were answered, to the service in a process of its own on PostgreSQL. Signatures are made beforehand.

import { generateKey, openSigner, signCleartext } from '../core/statement/openpgp/sign.ts';
import { formatStatement } from '../core/statement/canonical.ts';
import { splitIdentity } from '../core/identity.ts';
import { percentile, type BenchRow } from './row.ts';
import type { BenchPostgres } from './scratch-postgres.ts';
import { startService } from './service-process.ts';

const perSecond = 100;
const warmUp = 300;
const count = 2500;

/** Measures the latency of receipts at a steady rate, without witnesses. */
export async function benchReceipts(postgres: BenchPostgres): Promise<BenchRow[]> {
  const key = await generateKey({
    name: 'Bench',
    email: 'bench@bench.example',
    date: new Date('2026-01-01T00:00:00Z'),
  });
  const signer = await openSigner(key.privateKey);
  const documents: string[] = [];
  for (let i = 0; i < warmUp + count; i++) {
    const text = formatStatement({
      kind: 'package review',
      version: 1,
      date: '2026-11-01T00:00:00Z',
      from: splitIdentity(key.identity),
      package: { purl: `pkg:npm/receipt-${i}@1.0.0`, digests: { sha512: i.toString(16).padStart(128, '0') } },
      review: { thoroughness: 'medium', understanding: 'medium', rating: 'positive' },
    });
    documents.push(await signCleartext(text, signer, new Date('2026-11-01T00:00:00Z')));
  }
  const service = await startService(await postgres.createDatabase('receipts'));
  try {
    await submit(`${service.address}/api/v1/certificates`, key.certificate.armored);
    const start = performance.now();
    const times = await Promise.all(
      documents.map(async (document, i) => {
        await new Promise((resolve) =>
          setTimeout(resolve, start + (1000 * i) / perSecond - performance.now()),
        );
        const sent = performance.now();
        const receipt = await submit(`${service.address}/api/v1/statements`, document);
        if (receipt.proof === undefined) throw new Error('A receipt came without its proof.');
        return performance.now() - sent;
      }),
    );
    const measured = times.slice(warmUp);
    const label = `receipt at ${perSecond} submissions/s, from sending to its proof`;
    return [
      { name: `${label}: median`, value: percentile(measured, 50), unit: 'ms' },
      { name: `${label}: p99`, value: percentile(measured, 99), unit: 'ms', bar: 'under 500' },
    ];
  } finally {
    await service.stop();
  }
}

async function submit(url: string, body: string): Promise<{ proof?: string }> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`Not taken: ${text}`);
  return JSON.parse(text) as { proof?: string };
}
