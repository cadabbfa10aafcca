// What a witness says about itself and its requests: to whoever runs it, and to whoever opens its address in a browser.

import { formatVerifierKey, type VerifierKey } from '../../core/log/note-key.ts';
import type { OutputFormat } from '../command-spec.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { reasonOf } from './durable-file.ts';
import type { RequestRecord } from './witness-server.ts';

/** One line for a request: JSON with --json, else short words. */
export function requestLine(record: RequestRecord, format: OutputFormat, time: Date): string {
  const { method, status, ms, reason, asked } = record;
  const path = record.path.slice(0, 200);
  const failure = 'failure' in record ? reasonOf(record.failure) : undefined;
  if (format === 'json') {
    return JSON.stringify({
      ...{ time: time.toISOString(), event: 'request', method, path, status, ms },
      ...asked,
      ...(reason !== undefined && { reason }),
      ...(failure !== undefined && { failure }),
    });
  }
  const what = asked === undefined ? '' : ` ${asked.origin} ${asked.oldSize} to ${asked.size}`;
  const why = [reason, failure].filter((text) => text !== undefined).join(' ');
  const line = `${method} ${path}${what}: ${status} in ${ms} ms${why === '' ? '' : `: ${why}`}`;
  return escapeTerminal(line);
}

/** The start page. */
export function aboutWitness(
  name: string,
  keys: readonly VerifierKey[],
  logs: readonly { readonly origin: string; readonly hash: string; readonly size: number | undefined }[],
): string {
  const rows = logs.map(({ origin, hash, size }) =>
    size === undefined
      ? `  ${origin}\n    nothing signed yet`
      : `  ${origin}\n    ${size} entries; newest checkpoint: /${hash}/checkpoint`,
  );
  return [
    `This is the witness ${name}.`,
    '',
    'It signs checkpoints of the logs below, each only if it continues the one that it signed before. Whoever finds its',
    'signature on a checkpoint knows that this witness has seen one history of that log, and no other.',
    '',
    'Verifier keys:',
    ...keys.map((key) => `  ${formatVerifierKey(key)}`),
    '',
    'Logs:',
    ...rows,
    '',
    'Logs send their checkpoints to /add-checkpoint (c2sp.org/tlog-witness).',
    '',
  ].join('\n');
}

/** Lines for the policy file of a log (C2SP tlog-policy) that is to ask this witness. */
export function policyLines(name: string, keys: readonly VerifierKey[], address: string): string[] {
  const short = name.replace(/[^A-Za-z0-9.-]+/g, '-');
  return keys.map(
    (key) => `witness ${short}${key.type === 'mlDsa' ? '-ml-dsa' : ''} ${formatVerifierKey(key)} ${address}`,
  );
}
