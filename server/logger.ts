// The log: one JSON line an event, on standard output. A message reads alone, and its fields can be queried.

import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** What must never stand in a log, wherever it comes up. */
const secret = [
  'authorization',
  'cookie',
  'email',
  'password',
  'passphrase',
  'databaseUrl',
  'connectionString',
];

/**
 * The service's logger at a level; `silent` gives one that says nothing.
 * @param destination where lines go; standard output when left out.
 */
export function createLogger(level: Config['logLevel'], destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["set-${name}"]`]),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
