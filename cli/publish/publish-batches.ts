// Publishing many documents: in batches of bounded size, each result told as it comes.

import { type BatchLine, type Receipt } from '../../core/api/statements.ts';
import type { Problem } from '../../core/api/problem.ts';
import { TrustError } from '../../core/errors.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';
import type { ApiClient } from '../http/api-client.ts';

const maxLines = 500;
const maxCharacters = 4 * 1024 * 1024;

export interface NamedLine {
  /** Where it came from, for reports. */
  readonly name: string;
  readonly line: BatchLine;
  /** The leaf record that it must have, but for its time. */
  readonly leaf: LeafRecord;
}

export interface BatchTotals {
  created: number;
  known: number;
  refused: number;
}

/**
 * Publishes lines in order and adds to `totals` as results come, so that an interruption leaves them true. A line with a
 * receipt is in the ledger; running again is safe.
 */
export async function publishBatches(
  api: ApiClient,
  lines: readonly NamedLine[],
  totals: BatchTotals,
  onResult: (line: NamedLine, result: { readonly receipt: Receipt } | { readonly problem: Problem }) => void,
): Promise<void> {
  for (const batch of cut(lines)) {
    let position = 0;
    for await (const result of api.publishBatch(batch.map(({ line }) => line))) {
      const line = batch[position++];
      if (line === undefined) throw new TrustError('server-answer', 'The batch has more results than lines.');
      if ('receipt' in result) totals[result.receipt.status]++;
      else totals.refused++;
      onResult(line, result);
    }
  }
}

function* cut(lines: readonly NamedLine[]): Generator<NamedLine[]> {
  let batch: NamedLine[] = [];
  let characters = 0;
  for (const line of lines) {
    const size = 'document' in line.line ? line.line.document.length : line.line.certificate.length;
    if (batch.length > 0 && (batch.length >= maxLines || characters + size > maxCharacters)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(line);
    characters += size;
  }
  if (batch.length > 0) yield batch;
}
