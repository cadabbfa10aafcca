// The options of `trust-check log audit`, read and checked.

import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import type { OptionSpec } from '../command-spec.ts';
import type { Io } from '../io.ts';
import { ledgersFolder } from '../ledger/state-folder.ts';
import { readBounded, readTextBounded } from '../read-bounded.ts';
import { watchLines } from './watch-list.ts';
import { parseWebhookUrl } from './webhook.ts';

export const auditOptions: readonly OptionSpec[] = [
  {
    flags: '--watch <what>',
    description: 'identity, identity#set, purl, digest:<key>:<hex> or statement:<id>; repeatable',
    repeat: true,
  },
  {
    flags: '--watch-file <file>',
    description: 'the same, one a line, # for comments; repeatable',
    repeat: true,
  },
  { flags: '--from <folder>', description: 'follow a folder in the static layout instead of a server' },
  { flags: '--from-start', description: 'on the first run, read from the first entry on' },
  { flags: '--from-index <n>', description: 'on the first run, read from entry n on (else: from the end)' },
  { flags: '--follow <seconds>', description: 'stay, and look again every so many seconds' },
  {
    flags: '--max-age <duration>',
    description: '30m, 24h, 7d or none: alarm when nothing fresh is shown (24h with witnesses, else none)',
  },
  { flags: '--state <dir>', description: 'what was seen (trust-check/audit in your state folder)' },
  { flags: '--webhook <url>', description: 'POST events there: https, or http to this machine' },
  { flags: '--webhook-secret-file <file>', description: 'sign them with HMAC-SHA256 under this secret' },
  { flags: '--fail-on-match', description: 'exit with 1 when something watched was added' },
];

const schema = z.object({
  watch: z.array(z.string()).default([]),
  watchFile: z.array(z.string()).default([]),
  from: z.string().optional(),
  fromStart: z.boolean().default(false),
  fromIndex: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,14})$/, '--from-index takes the index of an entry, 0 or more.')
    .transform(Number)
    .optional(),
  follow: z.coerce
    .number('--follow takes a number of seconds.')
    .min(1, '--follow takes a number of seconds of at least 1.')
    .max(86_400, '--follow is at most a day.')
    .optional(),
  maxAge: z
    .string()
    .regex(/^(?:[1-9]\d{0,5}[smhd]|none)$/, '--max-age takes a duration such as 30m, 24h or 7d, or none.')
    .transform(readDuration)
    .optional(),
  state: z.string().optional(),
  webhook: z.string().optional(),
  webhookSecretFile: z.string().optional(),
  failOnMatch: z.boolean().default(false),
});

export interface AuditOptions {
  readonly watches: readonly string[];
  readonly from: string | undefined;
  /** Where the first run begins; undefined for the end. */
  readonly fromIndex: number | undefined;
  readonly followMs: number | undefined;
  /** Infinity for none; undefined when it was not said. */
  readonly maxAgeMs: number | undefined;
  readonly state: string | undefined;
  readonly webhook: { readonly url: URL; readonly secret: Uint8Array | undefined } | undefined;
  readonly failOnMatch: boolean;
}

const maxWatchFileBytes = 16 * 1024 * 1024;
const maxSecretBytes = 4096;
const minSecretBytes = 16;

/** Checks the options and reads the files that they name. Throws usage and ZodError. */
export async function readAuditOptions(
  io: Io,
  options: Readonly<Record<string, unknown>>,
): Promise<AuditOptions> {
  const given = schema.parse(options);
  if (given.fromStart && given.fromIndex !== undefined) {
    throw new TrustError('usage', 'Give --from-start or --from-index, not both.');
  }
  const files = await Promise.all(
    given.watchFile.map((file) => readTextBounded(resolve(io.cwd, file), maxWatchFileBytes)),
  );
  const secret = await readSecret(io, given.webhookSecretFile);
  if (secret !== undefined && given.webhook === undefined) {
    throw new TrustError('usage', '--webhook-secret-file needs --webhook.');
  }
  return {
    watches: [...given.watch, ...files.flatMap(watchLines)],
    from: given.from === undefined ? undefined : resolve(io.cwd, given.from),
    fromIndex: given.fromStart ? 0 : given.fromIndex,
    followMs: given.follow === undefined ? undefined : given.follow * 1000,
    maxAgeMs: given.maxAge,
    state: given.state === undefined ? undefined : resolve(io.cwd, given.state),
    webhook: given.webhook === undefined ? undefined : { url: parseWebhookUrl(given.webhook), secret },
    failOnMatch: given.failOnMatch,
  };
}

/** Where a monitor of the ledger at this place keeps its state unless it is told. */
export function defaultStateFolder(io: Io, place: string): string {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 32);
  return join(dirname(ledgersFolder(io)), 'audit', name);
}

async function readSecret(io: Io, file: string | undefined): Promise<Uint8Array | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readBounded(resolve(io.cwd, file), maxSecretBytes);
  // The line end that an editor leaves behind.
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end--;
  if (bytes[end - 1] === 0x0d) end--;
  if (end >= minSecretBytes) return bytes.subarray(0, end);
  throw new TrustError('usage', `The secret of the webhook has fewer than ${minSecretBytes} bytes.`, {
    help: 'Make one with: openssl rand -hex 32',
  });
}

/** Milliseconds of a duration; Infinity for none. */
function readDuration(text: string): number {
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 };
  const unit = text.slice(-1);
  if (text === 'none' || !(unit in seconds)) return Infinity;
  return Number(text.slice(0, -1)) * seconds[unit as keyof typeof seconds] * 1000;
}
