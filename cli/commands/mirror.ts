// trust-check mirror: a full copy of a ledger that checks everything, and from which every command works offline.

import { isAbsolute, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { toBase64 } from '../../core/bytes.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { configuredPolicy } from '../config/log-options.ts';
import { connectToServer, resolveSettings, type Settings } from '../config/settings.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { openKnownLedger } from '../ledger/known-ledger.ts';
import { startRate } from '../mirror/rate.ts';
import { reindexMirror } from '../mirror/reindex.ts';
import { runMirror } from '../mirror/run-mirror.ts';
import { defaultThreads, openPool, type VerifyPool } from '../mirror/verify-pool.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';

const schema = z.object({
  from: z.string().min(1).optional(),
  threads: z.coerce.number('--threads takes a whole number.').int().min(1).max(256).optional(),
  follow: z.coerce
    .number('--follow takes a number of seconds.')
    .min(1, '--follow takes a number of seconds from 1.')
    .max(86_400, '--follow is at most a day.')
    .optional(),
  reindex: z.boolean().default(false),
});
type Options = z.output<typeof schema>;

export const mirrorCommand: CommandSpec = {
  name: 'mirror',
  arguments: [['[dir]', 'the folder; without it, the one of --mirror or of the settings']],
  summary: 'keep a full, checked copy of the ledger to work from offline',
  description:
    'Follows a ledger into a folder: its checkpoint, tiles, entries and documents, in the layout in which any web server can ' +
    'serve them on. Every entry is checked: its place in the tree under the signed checkpoint, its document, the signature ' +
    'as of its time, and that nothing was taken back since the last run. The first entry that does not hold ends it with ' +
    'status 3, and nothing from there on is accepted.\n' +
    '\n' +
    'A run that was stopped, in whatever way, goes on where it was. Afterwards, --mirror DIR (or TRUST_CHECK_MIRROR, or ' +
    '`mirror:` in trust-check.yaml) lets every command that reads answer from the folder, without any network.',
  examples: [
    ['trust-check mirror ./ledger', 'copy the configured ledger, or bring the copy up to date'],
    ['trust-check mirror ./ledger --follow 60', 'keep it up to date, asking every minute'],
    ['trust-check --mirror ./ledger', 'check the lockfiles here, offline'],
    ['trust-check mirror ./ledger --from /media/ledger', 'from a copy on a disk'],
  ],
  options: [
    { flags: '--from <folder>', description: 'follow the ledger in this folder instead of a server' },
    { flags: '--follow <seconds>', description: 'keep following, asking so often' },
    { flags: '--threads <n>', description: 'threads that check signatures (as many as the machine has)' },
    { flags: '--reindex', description: "make the copy's index anew from its files, without any network" },
  ],
  async run(context, args, options) {
    const given = schema.parse(options);
    const settings = await resolveSettings(context, options);
    const folder = folderOf(context, args[0], settings);
    if (!settings.log.check) {
      throw new TrustError('usage', 'A mirror always checks the log.', { help: 'Leave out --no-log-check.' });
    }
    const pool = openPool(given.threads ?? defaultThreads());
    try {
      if (given.reindex) await reindex(context, folder, pool);
      else await follow(context, settings, given, folder, pool);
    } finally {
      await pool.close();
    }
    return exitCodes.met;
  },
};

async function follow(
  context: Context,
  settings: Settings,
  { from, follow: every }: Options,
  folder: string,
  pool: VerifyPool,
): Promise<void> {
  const { io, terminal, signal } = context;
  const source =
    from === undefined ? connectToServer(context, settings).source : makeFolderSource(resolve(io.cwd, from));
  for (;;) {
    try {
      await once(context, settings, source, folder, pool);
    } catch (error) {
      // What will pass by itself must not end a copy that is kept up to date.
      if (every === undefined || signal.aborted || exitCodeOf(error) !== exitCodes.network) throw error;
      terminal.warn(escapeTerminal(error instanceof Error ? error.message : String(error)));
    }
    if (every === undefined) return;
    await sleep(every * 1000, undefined, { signal });
  }
}

async function once(
  context: Context,
  settings: Settings,
  source: RawLedgerSource,
  folder: string,
  pool: VerifyPool,
): Promise<void> {
  const { io, terminal, format, signal } = context;
  const configured = await configuredPolicy(settings.log, (path) => resolve(io.cwd, path));
  const known = openKnownLedger(io, source.place, configured, (line) => {
    terminal.note(line);
  });
  const started = performance.now();
  const progress = terminal.progress('Mirroring');
  try {
    const checkpoint = await known.advance(source);
    const policy = await known.policy();
    if (policy === undefined) throw new TrustError('internal', 'Nothing was pinned');
    const rate = startRate(progress);
    const outcome = await runMirror({
      ...{ folder, source, checkpoint, policy, pool, signal },
      clock: io.clock,
      progress: rate,
    });
    progress.stop();
    const { status, size, added, lastRecordedAt } = outcome;
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    if (format === 'json') {
      terminal.print(
        jsonText({
          ...{ schema: 1, place: source.place, origin: checkpoint.origin, status, size, added, seconds },
          checkpoint: { size: checkpoint.size, root: toBase64(checkpoint.root) },
          ...(lastRecordedAt !== undefined && { lastRecordedAt: lastRecordedAt.toISOString() }),
        }),
      );
      return;
    }
    const what =
      status === 'behind'
        ? `The ledger shows ${checkpoint.size} entries, fewer than this mirror knows of: a copy that lags, or one that was set back.`
        : added === 0
          ? `Up to date: ${size} entries.`
          : `${added} entries checked and added in ${seconds} s; ${size} in all.`;
    terminal.print(what);
  } finally {
    progress.stop();
  }
}

async function reindex(
  { io, terminal, format, signal }: Context,
  folder: string,
  pool: VerifyPool,
): Promise<void> {
  const progress = terminal.progress('Indexing');
  try {
    const state = await reindexMirror({
      folder,
      pool,
      signal,
      clock: io.clock,
      progress: startRate(progress),
    });
    progress.stop();
    const { size } = state.tree;
    if (format === 'json') terminal.print(jsonText({ schema: 1, status: 'reindexed', size }));
    else terminal.print(`The index of ${size} entries was made anew.`);
  } finally {
    progress.stop();
  }
}

function folderOf({ io }: Context, given: string | undefined, settings: Settings): string {
  const path = given ?? (settings.all.get('mirror')?.value as string | undefined);
  if (path !== undefined) return isAbsolute(path) ? path : resolve(io.cwd, path);
  throw new TrustError('usage', 'No folder for the mirror is named.', {
    help: 'trust-check mirror ./ledger, or set --mirror, TRUST_CHECK_MIRROR or `mirror:` in trust-check.yaml.',
  });
}
