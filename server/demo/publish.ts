// Publishes certificates and documents over the service's own API, as one batch.

import { z } from 'zod';
import { batchResultSchema, type BatchLine } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';

export interface Published {
  readonly created: number;
  readonly known: number;
}

/** Sends everything and counts what was new; throws server-answer when the service refuses a line. */
export async function publish(address: string, lines: readonly BatchLine[]): Promise<Published> {
  const response = await fetch(`${address}/api/v1/batches`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  const text = await response.text();
  if (!response.ok) throw new TrustError('server-answer', `The service refused the batch: ${text}`);
  const results = z.array(batchResultSchema).parse(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line)),
  );
  for (const result of results) {
    if ('problem' in result) {
      throw new TrustError(
        'server-answer',
        `The service refused line ${result.line}: ${result.problem.detail}`,
      );
    }
  }
  if (results.length !== lines.length)
    throw new TrustError('server-answer', 'The service did not answer every line.');
  const created = results.filter(
    (result) => 'receipt' in result && result.receipt.status === 'created',
  ).length;
  return { created, known: results.length - created };
}
